import type { Update } from 'telegraf/types'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { PlatformError } from '../../platform.ts'
import { backoffMs, namedWaitMs, StrangeAnswer } from '../attempt.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { judge } from './failure.ts'
import { isUpdate, UPDATES } from './updates.ts'

const UNKEPT = 'What Telegram tells could not be kept; it is asked for again.'

const NUMBERLESS = 'An update without a number could not be read; it is passed over.'

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
 * last one; throws {@link PlatformError} where asking again would not help.
 */
export async function poll(options: PollingOptions): Promise<number> {
  const { call, clock, log, status, signal, timeoutMs, onUpdates } = options
  let offset = 0
  let failed = 0
  let unkept = 0
  // At first, and after trouble, only for what waits already: it is known at once that Telegram is there.
  let hold = 0
  while (!signal.aborted) {
    try {
      const request = { offset, timeout: hold, allowed_updates: UPDATES }
      const given = await call<Update[]>('getUpdates', request, timeoutMs + hold * 1000)
      if (!Array.isArray(given)) throw new StrangeAnswer()
      const updates = given.filter(isUpdate)
      if (updates.length < given.length) {
        // The offset behind one of the others confirms it; alone it would come at once again.
        if (updates.length === 0) throw new StrangeAnswer()
        log.error({ event: 'update.unread', platform: 'telegram' }, NUMBERLESS)
      }
      failed = 0
      hold = HOLD_S
      status.running()
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
      const pauseMs = await recover(error, options, failed)
      await clock.pause(pauseMs, signal)
    }
  }
  return offset
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
