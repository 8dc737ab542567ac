import type { Update } from 'telegraf/types'
import { backoffMs } from '../../async/backoff.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { UnexpectedResponse } from '../retry.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { type Conflict, createConflict } from './conflict.ts'
import { classifyError } from './failure.ts'
import { confirm, reportFailure } from './introduce.ts'
import type { PendingUpdates } from './update-inbox.ts'
import { isUpdate, UPDATES } from './updates.ts'
import { removeWebhook } from './webhook.ts'

const UNREAD = 'Skipped an update without an ID.'

/** How long Telegram may hold back an empty response, in seconds. A poll whose connection hangs delays updates so long. */
const LONG_POLL_S = 15

/** Longest wait for the response after that, in milliseconds. A repeated poll asks for the same updates again. */
const LATE_MS = 6000

export interface PollingOptions {
  readonly call: Call
  readonly clock: Clock
  readonly log: Log
  readonly status: Status
  readonly signal: AbortSignal
  /** Longest wait for a response of the API, in milliseconds. */
  readonly timeoutMs: number
  readonly pending: PendingUpdates
  /** Called after each response, when its updates are done, or after a short wait for them. */
  readonly onRound: () => void
  /** Resolves when there is room for more replies. */
  readonly room: () => Promise<void>
}

/** Most updates in one response (Bot API, getUpdates). */
const MOST = 100

/** An empty response is early if it takes less than this share of the time for which Telegram may hold it back. */
const EARLY = 0.1

/** Longest pause after an early response, in milliseconds. */
const LONGEST_EARLY_MS = 5000

const HASTY =
  'Telegram answers at once instead of holding an empty answer back, so Sitrep pauses between its questions. If a server or proxy stands in TELEGRAM_API_URL, let it pass `timeout` on.'

/** Longest wait for updates in progress before the next getUpdates, in milliseconds. */
const RECHECK_MS = 150

/** Longest wait for updates in progress when polling ends, in milliseconds. */
const LAST_MS = 2000

/**
 * Polls for updates until the signal aborts, and hands over each update once. The offset of a poll confirms every
 * update before it, so it stays at the first update that is not done, which Telegram redelivers after a crash. Telegram
 * returns up to 100 updates from the offset on. If more than half of those are pending, or if they leave no room for
 * new ones, the pending updates move into the inbox and the offset passes them. Resolves to the last offset. Throws
 * {@link PlatformError} if Telegram refuses the token for two minutes.
 */
export async function poll(options: PollingOptions): Promise<number> {
  const { call, clock, log, signal, timeoutMs, pending, onRound, room } = options
  const conflict = createConflict(options)
  const pauseAfterEarly = createEarlyPause(options)
  let failed = 0
  // The first poll, and the first after a failure, is short: its response shows at once that Telegram can be reached.
  let longPollS = 0
  try {
    while (!signal.aborted) {
      try {
        await room()
        if (signal.aborted) break
        const waitS = pending.areDone() ? longPollS : 0
        const request = { offset: pending.offset(), timeout: waitS, allowed_updates: UPDATES }
        const askedAt = performance.now()
        const withinMs = Math.min(timeoutMs, LATE_MS) + waitS * 1000
        const answer = await call<unknown>('getUpdates', request, withinMs)
        const heldMs = performance.now() - askedAt
        const updates = readUpdates(answer, log)
        failed = 0
        longPollS = LONG_POLL_S
        conflict.onResponse()
        const isNew = pending.take(updates)
        await pending.done(RECHECK_MS)
        const isStuck = updates.length >= MOST && !isNew
        if (isStuck || pending.count() > MOST / 2) await pending.pass()
        onRound()
        await pauseAfterEarly(isNew, heldMs, waitS * 1000)
      } catch (error) {
        if (signal.aborted) break
        failed += 1
        longPollS = 0
        const pauseMs = await recover(error, options, conflict, failed)
        await clock.pause(pauseMs, signal)
      }
    }
  } finally {
    await pending.done(LAST_MS)
    await pending.close()
  }
  return pending.offset()
}

/**
 * Returns a function that pauses after an early response. A server, proxy or cache that never holds responses back
 * would otherwise get over a thousand requests a second.
 */
function createEarlyPause({ clock, log, signal }: PollingOptions) {
  let early = 0
  let isLogged = false
  return async (isNew: boolean, heldMs: number, askedMs: number): Promise<void> => {
    if (isNew) early = 0
    if (isNew || askedMs === 0) return
    if (heldMs >= askedMs * EARLY) {
      early = 0
      isLogged = false
      return
    }
    early += 1
    if (early > 1 && !isLogged) {
      isLogged = true
      log.warn({ event: 'telegram.hasty', heldMs: Math.round(heldMs), askedMs }, HASTY)
    }
    await clock.pause(Math.min(backoffMs(early), LONGEST_EARLY_MS), signal)
  }
}

/** Reads the updates of a response. Drops an update without an id: the offset behind the others confirms it too. */
function readUpdates(answer: unknown, log: Log): Update[] {
  if (!Array.isArray(answer)) throw new UnexpectedResponse()
  const updates = answer.filter(isUpdate)
  if (updates.length === answer.length) return updates
  if (updates.length === 0) throw new UnexpectedResponse()
  log.error({ event: 'update.unread', platform: 'telegram' }, UNREAD)
  return updates
}

/** Handles a failed poll. Returns how long to wait before the next one, in milliseconds. */
async function recover(
  error: unknown,
  options: PollingOptions,
  conflict: Conflict,
  failed: number,
): Promise<number> {
  const failure = classifyError(error)
  const isConflict = failure.code === '409'
  if (isConflict && !/webhook is active/i.test((error as Error).message))
    return conflict.onInterrupted()
  conflict.onFailure()
  if (failure.next === 'stop') {
    await confirm(failure, options)
    return failed > 1 ? backoffMs(failed) : 0
  }
  if (!isConflict) return reportFailure(failure, failed, options)
  const removed = removeWebhook(options)
  await removed.catch(reason => reportFailure(classifyError(reason), failed, options))
  return backoffMs(failed)
}
