import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { StoreError } from '../store/error.ts'
import type { Floods } from '../store/floods.ts'
import type { Pace } from './pace.ts'
import { type Consequence, pauseMs } from './step.ts'

export interface TroubleOptions {
  readonly platform: string
  readonly pace: Pace
  readonly floods: Pick<Floods, 'keep'>
  readonly clock: Clock
  readonly log: Log
}

/** What a platform's trouble means for everybody who is still to be sent to. */
export interface Trouble {
  /** A call has failed that says nothing of its chat. */
  met(): void
  /** A call has done what it should. */
  over(): void
  /** Nothing is posted, in this chat or in any, until then. */
  hold(chat: string, hold: NonNullable<Consequence['hold']>): Promise<void>
}

/** So many failures in a row, whatever the chats: the platform is left alone for a while. */
const IN_A_ROW = 5

export function createTrouble(options: TroubleOptions): Trouble {
  const { platform, pace, floods, clock, log } = options
  const now = () => clock.now().epochMilliseconds
  let failures = 0

  return {
    met() {
      failures += 1
      if (failures < IN_A_ROW) return
      pace.hold(now() + pauseMs(failures - IN_A_ROW + 1, Math.random()), now())
    },
    over() {
      failures = 0
    },
    async hold(chat, { until, isAlone, isNamed }) {
      const at = until.epochMilliseconds
      if (isAlone) return pace.holdChat(chat, at, now())
      const isNews = pace.wait(now()) < at - now()
      pace.hold(at, now())
      // Others that were under way are told the same.
      if (!isNamed || !isNews) return
      const fields = { event: 'delivery.flooded', platform, until: until.toString() }
      log.warn(fields, 'The platform asks us to wait; nothing is posted there until then.')
      try {
        await floods.keep(platform, until)
      } catch (error) {
        // Whoever takes over learns it from the platform.
        if (!(error instanceof StoreError)) throw error
      }
    },
  }
}
