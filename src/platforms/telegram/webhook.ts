import { createHash, timingSafeEqual } from 'node:crypto'
import type { Update, WebhookInfo } from 'telegraf/types'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { type HttpRoute, PlatformError } from '../../platform.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'
import { confirm, tell } from './introduce.ts'
import { isUpdate, UPDATES } from './updates.ts'

/** How often it is looked whether Telegram still reaches us, in milliseconds. */
const WATCH_MS = 60_000

/** What Telegram sends along to prove itself: the same in every process that knows the token. */
export function webhookSecret(token: string): string {
  return createHash('sha256').update(`sitrep webhook ${token}`).digest('base64url')
}

/**
 * Takes updates at the path of `url`. `onUpdate` resolves to false where it cannot take one now.
 * Answered with 200 when the update is kept, not when it is answered.
 */
export function createWebhook(
  url: string,
  token: string,
  onUpdate: (update: Update) => Promise<boolean>,
): HttpRoute {
  const secret = webhookSecret(token)
  return {
    path: new URL(url).pathname,
    async handle(request) {
      if (request.method !== 'POST') return refuse(405, 'Only Telegram posts here.')
      const given = request.headers.get('x-telegram-bot-api-secret-token') ?? ''
      if (!isSame(given, secret)) return refuse(401, 'Only Telegram posts here.')
      const update = await readBody(request)
      if (!update) return refuse(400, 'Expected an update.')
      if (!(await onUpdate(update))) return refuse(503, 'Not now; please bring it again.')
      return new Response(null, { status: 200 })
    },
  }
}

export interface WatchOptions {
  readonly call: Call
  readonly clock: Clock
  readonly log: Log
  readonly status: Status
  readonly signal: AbortSignal
  readonly url: string
  readonly token: string
  /** Whether an update was refused, so that Telegram brings it again, since this was asked last. */
  readonly didRefuse: () => boolean
}

/**
 * Tells Telegram where we are, and looks every minute whether it still knows and reaches us, until
 * the signal aborts. Throws {@link PlatformError} where only an operator can help.
 */
export async function watchWebhook(options: WatchOptions): Promise<void> {
  const { call, clock, log, status, signal, url, token, didRefuse } = options
  const webhook = { url, secret_token: webhookSecret(token), allowed_updates: UPDATES }
  let failed = 0
  // Of an earlier life Telegram may still tell a failure: only one that comes later is ours.
  let since: number | undefined
  let known = false
  let wasKnown = false
  /** Another address that Telegram has told; undefined once it is replaced. */
  let other: string | undefined
  while (!signal.aborted) {
    let pauseMs = WATCH_MS
    try {
      if (!known) {
        if (!wasKnown) other = await otherWebhook(call, url)
        await call('setWebhook', webhook)
        if (other) logReplaced(log, other, 'replaced by TELEGRAM_WEBHOOK_URL')
        other = undefined
      }
      const info = await call<Partial<WebhookInfo> | undefined>('getWebhookInfo', {})
      known = info?.url === url
      if (!known) other = info?.url
      wasKnown ||= known
      const { last_error_date, last_error_message: reason } = info ?? {}
      const failedAt = Number.isSafeInteger(last_error_date) ? Number(last_error_date) : 0
      // Telegram reaches us if the last failure is a refusal of our own.
      const isOwn = didRefuse() && /\b503\b/.test(String(reason))
      if (failedAt > (since ?? failedAt) && !isOwn) status.trouble(UNREACHABLE, String(reason))
      else if (known) status.running()
      since = failedAt
      failed = 0
    } catch (error) {
      if (signal.aborted) return
      failed += 1
      known = false
      const failure = classifyError(error)
      // An address that Telegram has taken before is not wrong: the refusal may be a proxy's.
      if (failure.next === 'rejected' && !wasKnown) throw new PlatformError(REFUSED)
      if (failure.next === 'stop') await confirm(failure, options)
      pauseMs = failure.next === 'stop' ? 0 : tell(failure, failed, options)
    }
    await clock.pause(pauseMs, signal)
  }
}

const REFUSED =
  'Telegram refuses the webhook: TELEGRAM_WEBHOOK_URL must be an https address that the internet can reach, on port 443, 80, 88 or 8443.'

const UNREACHABLE =
  'Telegram does not reach TELEGRAM_WEBHOOK_URL: see that whatever serves HTTPS there passes it on to HOST and PORT.'

/** The webhook of the token, if it is another one; undefined if Telegram does not tell. */
async function otherWebhook(call: Call, url: string): Promise<string | undefined> {
  const ask = call<Partial<WebhookInfo> | undefined>('getWebhookInfo', {})
  const info = await ask.catch(() => undefined)
  return info?.url && info.url !== url ? info.url : undefined
}

/** Takes the token's webhook away, and logs whose it was. Rejects as `call` does. */
export async function removeWebhook({ call, log }: Pick<WatchOptions, 'call' | 'log'>) {
  const other = await otherWebhook(call, '')
  await call('deleteWebhook', {})
  logReplaced(log, other, 'removed, because this bot polls for updates')
}

/** Logs the host of another webhook; its path and its user may be secrets. */
function logReplaced(log: Log, url: unknown, what: string): void {
  const host = hostOf(url)
  const where = host === undefined ? 'an unknown address' : host
  log.warn(
    { event: 'telegram.webhook', ...(host !== undefined && { host }) },
    `Telegram sent this token’s updates to a webhook at ${where}. It is ${what}. If another program set it, give that program another token.`,
  )
}

function hostOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host || undefined : undefined
}

/** In constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

async function readBody(request: Request): Promise<Update | undefined> {
  try {
    const update: unknown = JSON.parse(await request.text())
    return isUpdate(update) ? update : undefined
  } catch {
    return undefined
  }
}

function refuse(status: number, text: string): Response {
  return new Response(`${text}\n`, { status })
}
