import { createHash, timingSafeEqual } from 'node:crypto'
import type { Update, WebhookInfo } from 'telegraf/types'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { type HttpRoute, PlatformError } from '../../platform.ts'
import type { Status } from '../status.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'
import { confirm, reportFailure } from './introduce.ts'
import { isUpdate, UPDATES } from './updates.ts'

/** Pause between two checks of the webhook, in milliseconds. */
const WATCH_MS = 60_000

/** Returns the secret that Telegram sends with each update. All processes with the same token share it. */
export function webhookSecret(token: string): string {
  return createHash('sha256').update(`sitrep webhook ${token}`).digest('base64url')
}

/**
 * Creates the route that receives updates at the path of `url`. Responds with 200 when the request of an update is
 * done, even if its reply is not sent yet. Responds with 503 if `onUpdate` resolves to false, so Telegram redelivers.
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
      const token = request.headers.get('x-telegram-bot-api-secret-token') ?? ''
      if (!isSame(token, secret)) return refuse(401, 'Only Telegram posts here.')
      const update = await readBody(request)
      if (!update) return refuse(400, 'Expected an update.')
      if (!(await onUpdate(update))) return refuse(503, 'Not now. Please send it again.')
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
  /** Whether an update was refused since the last call, so that Telegram redelivers it. */
  readonly didRefuse: () => boolean
}

/**
 * Sets the webhook, and checks every minute whether Telegram still has it and reaches it, until the signal aborts.
 * Throws {@link PlatformError} if only an operator can fix the cause.
 */
export async function watchWebhook(options: WatchOptions): Promise<void> {
  const { call, clock, log, status, signal, url, token, didRefuse } = options
  const webhook = { url, secret_token: webhookSecret(token), allowed_updates: UPDATES }
  let failed = 0
  /** When the last failure reported by Telegram occurred, in seconds since the epoch. The first check only sets it. */
  let lastFailedAt: number | undefined
  let isSet = false
  let wasSet = false
  /** The address of a foreign webhook; undefined once it is replaced. */
  let other: string | undefined
  while (!signal.aborted) {
    let pauseMs = WATCH_MS
    try {
      if (!isSet) {
        if (!wasSet) other = await otherWebhook(call, url)
        await call('setWebhook', webhook)
        if (other) logReplaced(log, other, 'replaced by TELEGRAM_WEBHOOK_URL')
        other = undefined
      }
      const info = await call<Partial<WebhookInfo> | undefined>('getWebhookInfo', {})
      isSet = info?.url === url
      if (!isSet) other = info?.url
      wasSet ||= isSet
      const { last_error_date, last_error_message: reason } = info ?? {}
      const failedAt = Number.isSafeInteger(last_error_date) ? Number(last_error_date) : 0
      // If the last failure is a refusal by this process, Telegram does reach it.
      const isOwn = didRefuse() && /\b503\b/.test(String(reason))
      if (failedAt > (lastFailedAt ?? failedAt) && !isOwn)
        status.trouble(UNREACHABLE, String(reason))
      else if (isSet) status.running()
      lastFailedAt = failedAt
      failed = 0
    } catch (error) {
      if (signal.aborted) return
      failed += 1
      isSet = false
      const failure = classifyError(error)
      // Telegram accepted the address before, so it is right and the refusal may be a proxy's.
      if (failure.next === 'rejected' && !wasSet) throw new PlatformError(REFUSED)
      if (failure.next === 'stop') await confirm(failure, options)
      pauseMs = failure.next === 'stop' ? 0 : reportFailure(failure, failed, options)
    }
    await clock.pause(pauseMs, signal)
  }
}

const REFUSED =
  'Telegram rejected the webhook. TELEGRAM_WEBHOOK_URL must be a public https URL on port 443, 80, 88 or 8443.'

const UNREACHABLE =
  'Telegram can’t reach TELEGRAM_WEBHOOK_URL. Check that your HTTPS proxy forwards it to HOST and PORT.'

/** Resolves to the address of the token's webhook if it is not `url`; undefined if it is, or if the call fails. */
async function otherWebhook(call: Call, url: string): Promise<string | undefined> {
  const ask = call<Partial<WebhookInfo> | undefined>('getWebhookInfo', {})
  const info = await ask.catch(() => undefined)
  return info?.url && info.url !== url ? info.url : undefined
}

/** Removes the token's webhook, and logs its host. Rejects as `call` does. */
export async function removeWebhook({ call, log }: Pick<WatchOptions, 'call' | 'log'>) {
  const other = await otherWebhook(call, '')
  await call('deleteWebhook', {})
  logReplaced(log, other, 'removed, because this bot polls for updates')
}

/** Logs the host of a foreign webhook. Its path and its user info may be secrets. */
function logReplaced(log: Log, url: unknown, what: string): void {
  const host = hostOf(url)
  const where = host === undefined ? 'an unknown address' : host
  log.warn(
    { event: 'telegram.webhook', ...(host !== undefined && { host }) },
    `Telegram sent this token’s updates to a webhook at ${where}. It is ${what}. If another program set it, give that program another token.`,
  )
}

/** Returns the host of an address; undefined if there is none. Pure. */
export function hostOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host || undefined : undefined
}

/** Compares two texts in constant time, even if their lengths differ. */
function isSame(actual: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(actual), digest(expected))
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
