import type { Update } from 'telegraf/types'
import { backoffMs } from '../../async/backoff.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { UnexpectedResponse } from '../retry.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { type Conflict, createConflict } from './conflict.ts'
import { classifyError } from './failure.ts'
import { confirm, tell } from './introduce.ts'
import type { Taken } from './update-inbox.ts'
import { isUpdate, UPDATES } from './updates.ts'
import { removeWebhook } from './webhook.ts'

const UNREAD = 'An update has no id; it is passed over.'

/** How long Telegram may hold an empty answer back, in seconds. */
const HOLD_S = 50

export interface PollingOptions {
  readonly call: Call
  readonly clock: Clock
  readonly log: Log
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

/** An empty answer within this share of the time that Telegram may hold it back comes early. */
const EARLY = 0.1

/** Longest pause after an early answer, in milliseconds. */
const LONGEST_EARLY_MS = 5000

const HASTY =
  'Telegram answers at once instead of holding an empty answer back, so Sitrep pauses between its questions. If a server or proxy stands in TELEGRAM_API_URL, let it pass `timeout` on.'

/** Longest wait for updates that are not done before Telegram is asked again, in milliseconds. */
const RECHECK_MS = 150

/** Longest wait at the end for updates that are not done, in milliseconds. */
const LAST_MS = 2000

/**
 * Asks for updates until the signal aborts, and hands over each once. An offset confirms every update before
 * it, so it stays at the first update that is not done: a crash brings that one again. Telegram shows up to
 * 100 updates from the offset on; if those are full, the updates that are not done are passed over. Resolves
 * to the last offset; throws {@link PlatformError} if Telegram refuses the token for two minutes.
 */
export async function poll(options: PollingOptions): Promise<number> {
  const { call, clock, log, signal, timeoutMs, taken, onRound, room } = options
  const conflict = createConflict(options)
  const pauseAfterEarly = createFloor(options)
  let failed = 0
  // At first, and after trouble, only for what waits already: it is known at once that Telegram is there.
  let hold = 0
  try {
    while (!signal.aborted) {
      try {
        await room()
        if (signal.aborted) break
        const waitS = taken.areDone() ? hold : 0
        const request = { offset: taken.offset(), timeout: waitS, allowed_updates: UPDATES }
        const askedAt = performance.now()
        const answer = await call<unknown>('getUpdates', request, timeoutMs + waitS * 1000)
        const heldMs = performance.now() - askedAt
        const updates = readUpdates(answer, log)
        failed = 0
        hold = HOLD_S
        conflict.answered()
        const isNew = taken.take(updates)
        await taken.done(RECHECK_MS)
        const isStuck = updates.length >= MOST && !isNew
        if (isStuck || taken.count() > MOST / 2) await taken.pass()
        onRound()
        await pauseAfterEarly(isNew, heldMs, waitS * 1000)
      } catch (error) {
        if (signal.aborted) break
        failed += 1
        hold = 0
        const pauseMs = await recover(error, options, conflict, failed)
        await clock.pause(pauseMs, signal)
      }
    }
  } finally {
    await taken.done(LAST_MS)
    await taken.close()
  }
  return taken.offset()
}

/**
 * Pauses where a server, a proxy or a cache answers at once without anything new. Without a pause it would be
 * asked over a thousand times a second.
 */
function createFloor({ clock, log, signal }: PollingOptions) {
  let early = 0
  let isTold = false
  return async (isNew: boolean, heldMs: number, askedMs: number): Promise<void> => {
    if (isNew) early = 0
    if (isNew || askedMs === 0) return
    if (heldMs >= askedMs * EARLY) {
      early = 0
      isTold = false
      return
    }
    early += 1
    if (early > 1 && !isTold) {
      isTold = true
      log.warn({ event: 'telegram.hasty', heldMs: Math.round(heldMs), askedMs }, HASTY)
    }
    await clock.pause(Math.min(backoffMs(early), LONGEST_EARLY_MS), signal)
  }
}

/** An update without an id cannot be confirmed. Beside others it is passed over with them. */
function readUpdates(answer: unknown, log: Log): Update[] {
  if (!Array.isArray(answer)) throw new UnexpectedResponse()
  const updates = answer.filter(isUpdate)
  if (updates.length === answer.length) return updates
  if (updates.length === 0) throw new UnexpectedResponse()
  log.error({ event: 'update.unread', platform: 'telegram' }, UNREAD)
  return updates
}

/** How long to wait before the next try, in milliseconds. */
async function recover(
  error: unknown,
  options: PollingOptions,
  conflict: Conflict,
  failed: number,
): Promise<number> {
  const failure = classifyError(error)
  const isConflict = failure.code === '409'
  if (isConflict && !/webhook is active/i.test((error as Error).message)) return conflict.met()
  conflict.failed()
  if (failure.next === 'stop') {
    await confirm(failure, options)
    return failed > 1 ? backoffMs(failed) : 0
  }
  if (!isConflict) return tell(failure, failed, options)
  const removed = removeWebhook(options)
  await removed.catch(reason => tell(classifyError(reason), failed, options))
  return backoffMs(failed)
}
