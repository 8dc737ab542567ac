import type { Update } from 'telegraf/types'
import type { Clock } from '../../clock.ts'
import { PlatformError } from '../../platform.ts'
import { backoffMs, namedWaitMs, StrangeAnswer } from '../attempt.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { judge } from './failure.ts'
import type { Taken } from './taken.ts'
import { isUpdate, UPDATES } from './updates.ts'

/** How long Telegram may hold an empty answer back, in seconds. */
const HOLD_S = 50

export interface PollingOptions {
  readonly call: Call
  readonly clock: Clock
  readonly status: Status
  readonly signal: AbortSignal
  /** Longest wait for an answer that is not held back, in milliseconds. */
  readonly timeoutMs: number
  readonly taken: Taken
  /** Called after each answer of Telegram, when its updates are done, or after a short wait for them. */
  readonly onRound: () => void
  /** Resolves when more may be taken in. */
  readonly room: () => Promise<void>
}

/** Most updates in one answer (Bot API, getUpdates). */
const MOST = 100

/** Longest wait for updates that are not done before Telegram is asked again, in milliseconds. */
const RECHECK_MS = 150

/** Longest wait at the end for updates that are not done, in milliseconds. */
const LAST_MS = 2000

/**
 * Asks for updates until the signal aborts, and hands over each once. An offset confirms every update before
 * it: one that is not done holds it back, and comes again after a crash. Telegram then shows up to 100
 * updates from that one on; if those are full, what is not done is passed over. Resolves to the last offset;
 * throws {@link PlatformError} where asking again would not help.
 */
export async function poll(options: PollingOptions): Promise<number> {
  const { call, clock, status, signal, timeoutMs, taken, onRound, room } = options
  let failed = 0
  // At first, and after trouble, only for what waits already: it is known at once that Telegram is there.
  let hold = 0
  while (!signal.aborted) {
    try {
      await room()
      if (signal.aborted) break
      const waitS = taken.areDone() ? hold : 0
      const request = { offset: taken.offset(), timeout: waitS, allowed_updates: UPDATES }
      const updates = await call<Update[]>('getUpdates', request, timeoutMs + waitS * 1000)
      if (!Array.isArray(updates) || !updates.every(isUpdate)) throw new StrangeAnswer()
      failed = 0
      hold = HOLD_S
      status.running()
      const isNew = taken.take(updates)
      await taken.done(RECHECK_MS)
      const isStuck = updates.length >= MOST && !isNew
      if (isStuck || taken.count() > MOST / 2) await taken.pass()
      onRound()
    } catch (error) {
      if (signal.aborted) break
      failed += 1
      hold = 0
      const pauseMs = await recover(error, options, failed)
      await clock.pause(pauseMs, signal)
    }
  }
  await taken.done(LAST_MS)
  await taken.close()
  return taken.offset()
}

/** How long to wait before the next try, in milliseconds. */
async function recover(
  error: unknown,
  { call, status }: PollingOptions,
  failed: number,
): Promise<number> {
  const failure = judge(error)
  if (failure.next === 'stop') throw new PlatformError(failure.message)
  const unreachable = (code: string) =>
    status.trouble('Telegram cannot be reached; it is tried again.', code)
  if (failure.code !== '409') {
    unreachable(failure.code)
  } else if (/webhook is active/i.test((error as Error).message)) {
    // Left behind by an earlier life of this bot.
    await call('deleteWebhook', {}).catch(reason => unreachable(judge(reason).code))
  } else {
    status.trouble(
      'Another process polls Telegram with the same token; it is tried again. If that stays so, end the other one.',
      failure.code,
    )
  }
  return namedWaitMs(failure) ?? backoffMs(failed)
}
