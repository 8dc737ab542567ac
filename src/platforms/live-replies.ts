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
  follow(key: string, live: Live, show: ShowVersion): void
  /**
   * Ends the changes of a message, because another answer replaces it. Resolves when no edit is under way, so that an
   * old version cannot overwrite the answer.
   */
  end(key: string): Promise<void>
}

/** Edits a message. The signal ends retries when another answer replaces the message. */
export type ShowVersion = (message: Message, signal: AbortSignal) => Promise<boolean>

interface Following {
  readonly ending: AbortController
  /** Settles when the last edit has. */
  readonly ended: Promise<void>
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

  async function run({ at, message }: Live, own: AbortSignal, show: ShowVersion) {
    for (const [index, time] of at.entries()) {
      const waitMs = time.since(clock.now()).total('milliseconds')
      if (waitMs > 0) await clock.pause(waitMs, own)
      if (own.aborted) return
      const next = at[index + 1]
      // After a stall of the process, only the newest version is shown.
      if (next && Temporal.Instant.compare(next, clock.now()) <= 0) continue
      const version = await message(clock.now())
      if (own.aborted || !(await show(version, own))) return
    }
  }

  return {
    follow(key, live, show) {
      following.get(key)?.ending.abort()
      const [oldest] = following.size >= MAX_MESSAGES ? following.values() : []
      oldest?.ending.abort()
      const ending = new AbortController()
      const ended = run(live, AbortSignal.any([signal, ending.signal]), show)
        .catch(err => {
          log.warn({ event: 'live.failed', err }, 'Couldn’t update a message.')
        })
        .finally(() => {
          if (following.get(key)?.ending === ending) following.delete(key)
        })
      following.set(key, { ending, ended })
    },
    async end(key) {
      const found = following.get(key)
      found?.ending.abort()
      await found?.ended
    },
  }
}
