import type { UserFromGetMe, WebhookInfo } from 'telegraf/types'
import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { ChatRef } from '../../platform.ts'
import { quote } from '../../redact.ts'
import { counted } from '../../texts/plurals.ts'
import { createClockMeter } from '../clock-meter.ts'
import type { ResponseHead } from '../platform-options.ts'
import { tryOnce } from '../retry.ts'
import {
  type ChatVerdict,
  checkChats,
  failedReport,
  type SetupCheckOptions,
  type SetupReport,
} from '../setup-check.ts'
import { type Call, createApi } from './api.ts'
import { classifyError } from './failure.ts'
import { getMe, missingFor } from './introduce.ts'
import { probe } from './probe.ts'
import { hostOf } from './webhook.ts'

const results = resultsOf('telegram')
const { ok, warning, error } = results

/** Waiting updates from which on nothing seems to take them. */
const MANY_UPDATES = 100

/** Age up to which a failure of the webhook counts, in seconds. */
const RECENT_S = 3600

/** Checks the bot of a token, its webhook and its rights. Does not ask for updates, which would disturb a running bot. */
export async function checkTelegram(
  options: SetupCheckOptions & { readonly webhookUrl?: string },
): Promise<SetupReport> {
  const { token, apiUrl, webhookUrl, clock, signal, timeoutMs } = options
  const meter = createClockMeter(clock)
  let head: ResponseHead | undefined
  const call = createApi({
    ...{ token, signal, timeoutMs, time: meter.time, ...(apiUrl && { apiUrl }) },
    onResponse: each => {
      head = each
    },
  })
  const [me, info] = await Promise.all([
    tryOnce(() => getMe(call), classifyError),
    tryOnce(() => call<unknown>('getWebhookInfo', {}), classifyError),
  ])
  const aheadMs = meter.aheadMs()
  const times = aheadMs === undefined ? {} : { aheadMs }
  if (!me.ok) return failedReport('telegram', { ...options, failure: me.failure, head }, times)
  const { value } = me
  return {
    results: [
      ...judgeBot(value, token),
      ...(info.ok
        ? judgeWebhook(Object(info.value), {
            webhookUrl,
            token,
            nowMs: clock.now().epochMilliseconds,
          })
        : [warning('Telegram doesn’t say which webhook the bot has.', 'Try again in a minute.')]),
      ...(await checkChats(results, options, chat => verdictOn(call, value.id, chat))),
    ],
    ...times,
  }
}

/** Judges the bot's own account. Pure. */
function judgeBot(me: UserFromGetMe, token: string): CheckResult[] {
  const name = quote(me.username, [token])
  const missing = missingFor(me)
  return [
    ok(`Telegram accepts the token of @${name}.`),
    ...(missing.length === 0
      ? []
      : [
          warning(
            `Telegram doesn’t allow @${name}: ${missing.join(', ')}.`,
            'Send @BotFather the command in brackets.',
          ),
        ]),
  ]
}

interface WebhookFacts {
  readonly webhookUrl: string | undefined
  readonly token: string
  readonly nowMs: number
}

/** Judges the webhook against the configuration, by an answer of any form. Pure. */
export function judgeWebhook(
  info: Partial<Record<keyof WebhookInfo, unknown>>,
  { webhookUrl, token, nowMs }: WebhookFacts,
): CheckResult[] {
  const url = typeof info.url === 'string' ? info.url : ''
  // The path and the user info may be secrets.
  const host = quote(hostOf(url) ?? 'an unknown address', [token])
  const pending = Number.isSafeInteger(info.pending_update_count)
    ? Number(info.pending_update_count)
    : 0
  const waiting = `${counted(pending, 'update waits', 'updates wait')} at Telegram.`
  const failedS = nowMs / 1000 - Number(info.last_error_date)
  const said = quote(String(info.last_error_message ?? ''), [token])
  return [
    webhookResult(url, host, webhookUrl),
    ...(url !== '' && failedS <= RECENT_S
      ? [
          error(
            `Telegram couldn’t reach the webhook: ${said || 'no reason given'}.`,
            'Let the HTTPS proxy at that address pass the path on to HOST and PORT, with a valid certificate.',
          ),
        ]
      : []),
    pending >= MANY_UPDATES
      ? warning(waiting, 'Start the bot, or wait if it has just started. Then run this again.')
      : ok(waiting),
  ]
}

function webhookResult(url: string, host: string, webhookUrl: string | undefined): CheckResult {
  const another =
    'Start the bot, which changes it. If another program set it, give that program another token.'
  if (webhookUrl === undefined) {
    return url === ''
      ? ok('The bot polls, and no webhook is set.')
      : warning(`A webhook at ${host} gets the updates, but the bot polls.`, another)
  }
  if (url === webhookUrl) return ok(`The webhook at ${host} is set.`)
  return url === ''
    ? warning('The webhook of TELEGRAM_WEBHOOK_URL isn’t set.', 'Start the bot, which sets it.')
    : warning(`A webhook at ${host} is set instead of TELEGRAM_WEBHOOK_URL.`, another)
}

async function verdictOn(call: Call, own: number, chat: ChatRef): Promise<ChatVerdict> {
  const outcome = await probe(call, own, chat)
  if (outcome.ok) return undefined
  const { failure } = outcome
  if (failure.next !== 'gone') return 'unknown'
  return { lacks: failure.right ? `it lacks ${failure.right}` : 'it isn’t a member' }
}
