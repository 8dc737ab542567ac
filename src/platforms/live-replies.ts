import { BoundedMap } from '../async/bounded-map.ts'
import type { Live } from '../bot.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Message } from '../message.ts'

/** Most messages that change by themselves at a time. The change of an older one ends. */
const MAX_MESSAGES = 1000

/** Changes answers after they were sent: each of them at the times that it names. */
export interface LiveReplies {
  /**
   * Shows the later versions of a message. `key` names the message, and `show` edits it; it resolves to false if the
   * message cannot be edited any more.
   */
  follow(key: string, live: Live, show: (message: Message) => Promise<boolean>): void
  /** Ends the changes of a message, because another answer replaces it. */
  end(key: string): void
}

export function createLiveReplies({
  clock,
  log,
  signal,
}: {
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}): LiveReplies {
  const following = new BoundedMap<string, AbortController>(MAX_MESSAGES)

  async function run(
    { at, message }: Live,
    own: AbortSignal,
    show: (message: Message) => Promise<boolean>,
  ) {
    for (const [index, time] of at.entries()) {
      const waitMs = time.since(clock.now()).total('milliseconds')
      if (waitMs > 0) await clock.pause(waitMs, own)
      if (own.aborted) return
      const next = at[index + 1]
      // After a stall of the process, only the newest version is shown.
      if (next && Temporal.Instant.compare(next, clock.now()) <= 0) continue
      const version = await message(clock.now())
      if (own.aborted || !(await show(version))) return
    }
  }

  return {
    follow(key, live, show) {
      following.get(key)?.abort()
      const ending = new AbortController()
      following.set(key, ending)
      run(live, AbortSignal.any([signal, ending.signal]), show).catch(err => {
        log.warn({ event: 'live.failed', err }, 'Couldn’t update a message.')
      })
    },
    end: key => following.get(key)?.abort(),
  }
}
