import { type CheckResult, type ResultsOf, resultsOf } from '../check-result.ts'
import type { Clock } from '../clock.ts'
import type { ChatRef } from '../platform.ts'
import type { Failure } from '../poster.ts'
import { platformTitle } from '../texts/platform-titles.ts'
import { alternatives, chats as countedChats } from '../texts/plurals.ts'
import type { ResponseHead } from './platform-options.ts'

/** Most chats of a platform in which the rights of the bot are checked. A running bot shares the limits of the calls. */
const MOST_CHATS = 20

/** Most chats that are checked at once. */
const AT_ONCE = 5

/** Longest total of all checks of chats, in milliseconds. */
const CHATS_MS = 5000

export interface SetupCheckOptions {
  readonly token: string
  readonly apiUrl?: string
  readonly clock: Clock
  /** The chats whose rights are checked, known while the token is checked. */
  readonly chats: Promise<readonly ChatRef[]>
  /** Ends the calls. */
  readonly signal: AbortSignal
  /** Longest wait for a response, in milliseconds. */
  readonly timeoutMs: number
}

/** The answers of a platform about the bot of a token. The check posts nothing and takes no updates. */
export interface SetupReport {
  readonly results: readonly CheckResult[]
  /** How far this machine's clock is ahead of the platform's, in milliseconds; absent if the platform does not tell. */
  readonly aheadMs?: number
}

/** Why the bot cannot post in a chat: the missing right, or a sentence part; undefined if it can, or nothing is known. */
export type ChatVerdict = { readonly lacks: string } | 'unknown' | undefined

export interface TokenFailure extends Pick<SetupCheckOptions, 'apiUrl' | 'timeoutMs'> {
  readonly failure: Failure
  /** The last response to any call of the check; undefined if there was none. */
  readonly head: ResponseHead | undefined
}

/** Reports a token that could not be checked. The clock of another program in the platform's place does not count. Pure. */
export function failedReport(
  platform: string,
  options: TokenFailure,
  times: Pick<SetupReport, 'aheadMs'>,
): SetupReport {
  const { head, failure } = options
  const results = [failedToken(platform, options)]
  return head && isForeign(head, failure) ? { results } : { results, ...times }
}

/** Describes the failure of the call that a token is checked with. Pure. */
export function failedToken(platform: string, options: TokenFailure): CheckResult {
  const { failure, head, apiUrl, timeoutMs } = options
  const { error } = resultsOf(platform)
  const [title, name] = [platformTitle(platform), platform.toUpperCase()]
  const server = `Check ${name}_API_URL, if it is set.`
  const proxyAdvice = `${apiUrl === undefined ? 'Look' : `Check ${name}_API_URL. Otherwise look`} for a proxy or a login page in this machine’s network.`
  if (failure.code === '429') {
    return error(`${title} asks to wait, so the token isn’t checked.`, 'Try again in some minutes.')
  }
  if (head && isForeign(head, failure)) {
    return error(`Another program answers in ${title}’s place, with ${kindOf(head)}.`, proxyAdvice)
  }
  if (failure.next === 'stop') {
    const where =
      platform === 'telegram'
        ? 'Get it from @BotFather (/mybots > API Token)'
        : 'Reset it in the Developer Portal (Bot > Reset Token)'
    return error(
      `${title} rejects the token.`,
      `${where}, and put it into ${name}_TOKEN or its file.`,
    )
  }
  if (failure.code === '404') {
    return error(
      `${title} doesn’t know this bot (404).`,
      `Check ${name}_TOKEN or its file. ${server}`,
    )
  }
  if (/CERT|SIGNATURE|SSL|EPROTO/.test(failure.code)) {
    return error(
      `The server in ${title}’s place has no valid certificate (${safeCode(failure.code)}).`,
      `${proxyAdvice} A wrong clock has the same effect.`,
    )
  }
  const seconds = timeoutMs / 1000
  const isLate = /abort|timeout/i.test(failure.code)
  const why = isLate ? `no answer in ${seconds} seconds` : safeCode(failure.code)
  return error(
    `Can’t reach ${title} (${why}).`,
    `Check this machine’s network, DNS and firewall. ${server}`,
  )
}

/** Codes of a body that is not JSON, or is JSON without an object. */
const UNREADABLE = ['strange', 'invalid-json', 'SyntaxError', 'TypeError']

/** Whether a response is not the platform's. A proxy of the platform itself may answer a 5xx with a page. Pure. */
function isForeign({ status, type = '' }: ResponseHead, { code }: Failure): boolean {
  if (UNREADABLE.includes(code) || isRedirect(status)) return true
  return status < 500 && !type.includes('json')
}

const isRedirect = (status: number) => status >= 300 && status < 400

/** Describes a response to an operator. Pure. */
function kindOf({ status, type = '' }: ResponseHead): string {
  if (isRedirect(status)) return `a redirect (${status})`
  if (type.includes('html')) return `a web page (${status})`
  return type.includes('json')
    ? `unexpected JSON (${status})`
    : `another kind of response (${status})`
}

/** Returns the code of a failure if it has the form of one. Pure. */
function safeCode(code: string): string {
  return /^[\w ]{1,40}$/.test(code) ? code : 'unknown error'
}

/**
 * Checks up to {@link MOST_CHATS} chats, a few at once, and returns a warning for each in which the bot cannot post, and
 * one line about the rest. Never rejects.
 */
export async function checkChats(
  results: ResultsOf,
  { chats, signal }: Pick<SetupCheckOptions, 'chats' | 'signal'>,
  check: (chat: ChatRef) => Promise<ChatVerdict>,
): Promise<CheckResult[]> {
  const all = await chats
  const queue = all.slice(0, MOST_CHATS)
  const verdicts = new Map<ChatRef, ChatVerdict>()
  const ending = AbortSignal.any([signal, AbortSignal.timeout(CHATS_MS)])
  const ended = new Promise<'unknown'>(resolve => {
    ending.addEventListener('abort', () => resolve('unknown'), { once: true })
  })

  async function run(): Promise<void> {
    for (let chat = queue.shift(); chat && !ending.aborted; chat = queue.shift()) {
      verdicts.set(chat, await Promise.race([check(chat), ended]))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
  return judgeChats(results, all, verdicts)
}

/** Pure. Chats of which none could be checked are a warning. */
function judgeChats(
  { ok, warning }: ResultsOf,
  all: readonly ChatRef[],
  verdicts: ReadonlyMap<ChatRef, ChatVerdict>,
): CheckResult[] {
  const known = [...verdicts].filter(([, verdict]) => verdict !== 'unknown')
  const lacking = known.flatMap(([chat, verdict]) =>
    typeof verdict === 'object' ? [{ chat, ...verdict }] : [],
  )
  const rest = all.length - known.length
  const good = known.length - lacking.length
  const others = [
    ...(good > 0 ? [`The bot can post in ${countedChats(good)}.`] : []),
    ...(rest > 0 ? [`The rights in ${countedChats(rest)} are not checked.`] : []),
  ].join(' ')
  return [
    ...lacking.map(({ chat: { address, within }, lacks }) =>
      warning(
        `The bot can’t post in chat ${address}${within ? ` of ${within}` : ''}: ${lacks}.`,
        `Give the bot the right there, or send ${alternatives(['/stop', '/pause'])} there.`,
      ),
    ),
    ...(others === '' ? [] : [known.length > 0 ? ok(others) : warning(others, 'Run this again.')]),
  ]
}
