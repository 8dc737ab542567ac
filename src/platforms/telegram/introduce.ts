import type { UserFromGetMe } from 'telegraf/types'
import { backoffMs } from '../../async/backoff.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { PlatformError } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { mayPass, namedWaitMs, tryOnce, UnexpectedResponse } from '../retry.ts'
import { troubleOf } from '../retry-after.ts'
import type { Status } from '../status.ts'
import { confirmRefusal } from '../token-check.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'

export interface MeOptions {
  readonly call: Call
  readonly clock: Clock
  readonly status: Status
  readonly signal: AbortSignal
}

/** Resolves to the bot's own account. Rejects as `call` does, and with {@link UnexpectedResponse}. */
export async function getMe(call: Call): Promise<UserFromGetMe> {
  const me = await call<Partial<UserFromGetMe> | undefined>('getMe', {})
  if (!Number.isSafeInteger(me?.id) || typeof me?.username !== 'string')
    throw new UnexpectedResponse()
  return me as UserFromGetMe
}

/**
 * Resolves to the bot's own account, and logs its address. Retries without limit; resolves to undefined if the signal
 * aborts first. Throws {@link PlatformError} at the first refusal, or, if the token `isProven`, after two minutes of
 * refusals.
 */
export async function learnMe(
  options: MeOptions & { readonly log: Log; readonly isProven: boolean },
): Promise<UserFromGetMe | undefined> {
  const { call, clock, log, signal, isProven } = options
  for (let failed = 1; !signal.aborted; failed++) {
    const outcome = await tryOnce(() => getMe(call), classifyError)
    if (signal.aborted) break
    if (outcome.ok) {
      introduce(outcome.value, log)
      return outcome.value
    }
    const { failure } = outcome
    if (!isProven) throwIfFinal(failure)
    if (failure.next === 'stop') await confirm(failure, options)
    else await clock.pause(reportFailure(failure, failed, options), signal)
  }
  return undefined
}

function throwIfFinal(failure: Failure): void {
  if (failure.next === 'stop') throw new PlatformError(failure.message)
  if (mayPass(failure) && failure.code !== '404') return
  // A wrong token and a wrong server both lead to 404, because the token is part of the path.
  throw new PlatformError(
    `Telegram doesn’t know this bot (${failure.code}). Check TELEGRAM_TOKEN and, if set, TELEGRAM_API_URL.`,
  )
}

/** Sets the status to `trouble` after a temporary failure. Returns the pause before the next try, in milliseconds. */
export function reportFailure(
  failure: Failure,
  failed: number,
  { clock, status }: Pick<MeOptions, 'clock' | 'status'>,
): number {
  const pauseMs = namedWaitMs(failure) ?? backoffMs(failed)
  const nextAt = clock.now().add({ milliseconds: Math.ceil(pauseMs) })
  status.trouble(troubleOf('Telegram', failure, nextAt), failure.code)
  return pauseMs
}

/** Calls getMe until Telegram accepts the token. Throws {@link PlatformError} after two minutes of refusals. */
export async function confirm(
  { code }: Pick<Failure, 'code'>,
  { call, clock, status, signal }: MeOptions,
): Promise<void> {
  status.trouble(DOUBTED, code)
  const refusal = await confirmRefusal({ ask: () => getMe(call), classifyError, clock, signal })
  if (refusal !== undefined) throw new PlatformError(refusal)
}

const DOUBTED = 'Telegram rejected the token. Checking it for two minutes before stopping.'

/** Logs the address of the bot, and the permissions that it lacks. */
function introduce(me: UserFromGetMe, log: Log): void {
  const link = `https://t.me/${me.username}`
  log.info(
    { event: 'telegram.started', bot: `@${me.username}`, link, invite: `${link}?startgroup=true` },
    `Telegram: @${me.username} is online. Chat: ${link} · Add to a group: ${link}?startgroup=true`,
  )
  const missing = missingFor(me)
  if (missing.length === 0) return
  log.warn({ event: 'telegram.missing', missing }, `Telegram: not allowed: ${missing.join(', ')}.`)
}

/** Returns the permissions that the bot lacks, with BotFather's command for each. Pure. */
export function missingFor(me: UserFromGetMe): string[] {
  return [
    ...(me.supports_inline_queries ? [] : ['inline mode (BotFather: /setinline)']),
    ...(me.can_join_groups ? [] : ['joining groups (BotFather: /setjoingroups)']),
  ]
}
