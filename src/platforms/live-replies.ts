import { createWakeTimer } from '../async/wake-timer.ts'
import type { Live } from '../bot.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Message } from '../message.ts'

/** Most messages of a platform that change by themselves at a time. The change of an older one ends. */
export const MAX_MESSAGES = 1000

/** Changes answers after they were sent: each of them at the times that it names. */
export interface LiveReplies {
  /**
   * Shows the later versions of a message. `key` names the message, and `show` edits it; it resolves to false if the
   * message cannot be edited any more.
   */
  follow(key: string, live: Live, show: ShowVersion): void
  /**
   * Ends the changes of a message, because another answer replaces it. Resolves when no edit is under way, so that an
   * old version cannot overwrite the answer, to whether one was.
   */
  end(key: string): Promise<boolean>
}

/** Edits a message. The signal ends retries when another answer replaces the message. */
export type ShowVersion = (message: Message, signal: AbortSignal) => Promise<boolean>

interface Following {
  readonly ending: AbortController
  /** Settles when the last edit has. */
  readonly ended: Promise<void>
  readonly isEditing: () => boolean
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
  const following = new Map<string, Following>()

  const msUntil = ([time]: readonly Temporal.Instant[]) =>
    time?.since(clock.now()).total('milliseconds') ?? 0

  async function run({ at, message, onChange }: Live, own: AbortSignal, show: ShowVersion) {
    const timer = createWakeTimer(clock, own)
    let isChanged = false
    const stop = onChange?.(() => {
      isChanged = true
      timer.wake()
    })
    try {
      let left = at
      while (left.length > 0 && !own.aborted) {
        // A timer can end a fraction early, and the last version may never be shown too early.
        for (let waitMs = msUntil(left); waitMs > 0 && !isChanged; waitMs = msUntil(left)) {
          await timer.sleep(Math.ceil(waitMs))
          if (own.aborted) return
        }
        isChanged = false
        // After a stall of the process, only the newest version is shown.
        left = left.filter(time => msUntil([time]) > 0)
        if (!(await shown(message, own, show))) return
      }
    } finally {
      stop?.()
    }
  }

  /** Shows the version of now. Resolves to whether a later one can be shown. */
  async function shown(message: Live['message'], own: AbortSignal, show: ShowVersion) {
    try {
      const version = await message(clock.now())
      return !own.aborted && (await show(version, own))
    } catch (err) {
      // The next version is tried again: a message that counts down must not stand still.
      log.warn({ event: 'live.failed', err }, 'Couldn’t update a message.')
      return true
    }
  }

  return {
    follow(key, live, show) {
      following.get(key)?.ending.abort()
      const [oldest] = following.size >= MAX_MESSAGES ? following.values() : []
      oldest?.ending.abort()
      const ending = new AbortController()
      let edits = 0
      const edit: ShowVersion = async (...version) => {
        edits += 1
        return show(...version).finally(() => {
          edits -= 1
        })
      }
      const ended = run(live, AbortSignal.any([signal, ending.signal]), edit).finally(() => {
        if (following.get(key)?.ending === ending) following.delete(key)
      })
      following.set(key, { ending, ended, isEditing: () => edits > 0 })
    },
    async end(key) {
      const found = following.get(key)
      const wasEditing = found?.isEditing() === true
      found?.ending.abort()
      await found?.ended
      return wasEditing
    },
  }
}
