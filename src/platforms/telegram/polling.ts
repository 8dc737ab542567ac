import type { Update } from 'telegraf/types'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { backoffMs, StrangeAnswer } from '../attempt.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { type Conflict, createConflict } from './conflict.ts'
import { judge } from './failure.ts'
import { confirm, tell } from './me.ts'
import { isUpdate, UPDATES } from './updates.ts'

const UNREAD = 'An update has no id; it is passed over.'
const UNKEPT = 'What Telegram tells could not be kept; it is asked for again.'

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
  /**
   * Must not wait for anything that is sent: the next updates are asked for when it is done. False
   * where one of them has to come again.
   */
  readonly onUpdates: (updates: readonly Update[]) => Promise<boolean>
}

/**
 * Asks for updates until the signal aborts, and hands over each. Resolves to the offset behind the
 * last one; throws {@link PlatformError} if Telegram refuses the token for two minutes.
 */
export async function poll(options: PollingOptions): Promise<number> {
  const { call, clock, log, signal, timeoutMs, onUpdates } = options
  const conflict = createConflict(options)
  let offset = 0
  let failed = 0
  let unkept = 0
  // At first, and after trouble, only for what waits already: it is known at once that Telegram is there.
  let hold = 0
  while (!signal.aborted) {
    try {
      const request = { offset, timeout: hold, allowed_updates: UPDATES }
      const answer = await call<unknown>('getUpdates', request, timeoutMs + hold * 1000)
      const updates = readUpdates(answer, log)
      failed = 0
      hold = HOLD_S
      conflict.answered()
      if (await onUpdates(updates)) {
        offset = Math.max(offset, ...updates.map(({ update_id }) => update_id + 1))
        unkept = 0
      } else {
        unkept += 1
        if (unkept === 1) log.warn({ event: 'platform.unkept', platform: 'telegram' }, UNKEPT)
        await clock.pause(backoffMs(unkept), signal)
      }
    } catch (error) {
      if (signal.aborted) break
      failed += 1
      hold = 0
      const pauseMs = await recover(error, options, conflict, failed)
      await clock.pause(pauseMs, signal)
    }
  }
  return offset
}

/** An update without an id cannot be confirmed. Beside others it is passed over with them. */
function readUpdates(answer: unknown, log: Log): Update[] {
  if (!Array.isArray(answer)) throw new StrangeAnswer()
  const updates = answer.filter(isUpdate)
  if (updates.length === answer.length) return updates
  if (updates.length === 0) throw new StrangeAnswer()
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
  const failure = judge(error)
  const isConflict = failure.code === '409'
  if (isConflict && !/webhook is active/i.test((error as Error).message)) return conflict.met()
  conflict.failed()
  if (failure.next === 'stop') {
    await confirm(failure, options)
    return failed > 1 ? backoffMs(failed) : 0
  }
  if (!isConflict) return tell(failure, failed, options)
  // Left behind by an earlier life of this bot.
  await options.call('deleteWebhook', {}).catch(reason => tell(judge(reason), failed, options))
  return backoffMs(failed)
}
