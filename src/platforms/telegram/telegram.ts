import type { Update, UserFromGetMe } from 'telegraf/types'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import { type Bot, type Platform, PlatformError } from '../../platform.ts'
import { renderText } from '../../render/text.ts'
import { ask } from '../ask.ts'
import { attempt } from '../attempt.ts'
import { createLanes } from '../lanes.ts'
import { createStatus } from '../status.ts'
import { createApi } from './api.ts'
import { judge } from './failure.ts'
import { inlineResults } from './inline.ts'
import { syncMenu } from './menu.ts'
import { poll } from './polling.ts'
import { createReplies } from './replies.ts'
import { type Incoming, readUpdate, UPDATES } from './updates.ts'
import { createWebhook, webhookSecret } from './webhook.ts'

export interface TelegramOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  readonly token: string
  readonly apiUrl?: string
  /** Where Telegram reaches us; without it we poll. */
  readonly webhookUrl?: string
  /** Longest wait for an answer of the Bot API, in milliseconds. */
  readonly timeoutMs?: number
  /** Longest wait at the end for what is under way, in milliseconds. */
  readonly drainMs?: number
}

/** Updates remembered by their ids: a webhook brings one again when we were slow to take it. */
const SEEN = 10_000

/** The bot on Telegram. */
export function createTelegramPlatform(options: TelegramOptions): Platform {
  const { bot, clock, log, token, webhookUrl } = options
  const { timeoutMs = 20_000, drainMs = 8_000 } = options
  const taking = new AbortController()
  const sending = new AbortController()
  const status = createStatus('telegram', log)
  const lanes = createLanes(err => log.error({ event: 'reply.failed', err }, 'A reply has failed.'))
  const api = { token, timeoutMs, ...(options.apiUrl && { apiUrl: options.apiUrl }) }
  const call = createApi({ ...api, signal: sending.signal })
  const replies = createReplies({ call, clock, log, signal: sending.signal })
  const seen = new Set<number>()
  const { promise: me, resolve: setMe } = Promise.withResolvers<UserFromGetMe>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  let running: Promise<void> | undefined
  let syncing: Promise<void> = Promise.resolve()

  /** Resolves when what the update asks for is taken; the answer goes out by itself. */
  async function take(update: Update): Promise<void> {
    if (seen.has(update.update_id)) return
    seen.add(update.update_id)
    for (const first of seen) {
      if (seen.size <= SEEN) break
      seen.delete(first)
    }
    const self = await me
    const incoming = readUpdate(update, self)
    if (incoming) await react(incoming, self)
  }

  async function react(incoming: Incoming, self: UserFromGetMe): Promise<void> {
    if (incoming.kind === 'inline') {
      const { id, user, words } = incoming
      lanes.add(`inline ${user}`, async () =>
        replies.answerInline(id, await inlineResults(bot, words, self)),
      )
      return
    }
    const { line, user } = incoming
    const asked = incoming.kind === 'line' ? { asked: incoming.asked } : {}
    const asking = ask(bot, { line, user, ...asked }, log)
    if (incoming.kind === 'line') {
      const { target, addressed } = incoming
      lanes.add(target.chat, async () => {
        const reply = await asking
        if (!reply || reply.rush === 'again' || !(addressed || reply.understood)) return
        await replies.send(target, reply)
      })
    } else {
      const { id, on } = incoming
      // Not in the chat's lane: the button waits for nobody.
      lanes.add(`press ${id}`, async () => {
        const reply = await asking
        await replies.acknowledge(id, reply?.rush && plainText(reply.message))
      })
      lanes.add('shared' in on ? `shared ${on.shared}` : on.target.chat, async () => {
        const reply = await asking
        if (reply && !reply.rush) await replies.replace(on, line, reply, self)
      })
    }
    // Kept before it is acknowledged, answered after: a crash may lose a reply, never a wish.
    await asking
  }

  /** For as long as it takes. */
  async function insist<T>(method: string, payload: object): Promise<T | undefined> {
    const outcome = await attempt(() => call<T>(method, payload), {
      judge,
      clock,
      signal: taking.signal,
      tries: Number.POSITIVE_INFINITY,
      onRetry: ({ code }) => status.trouble('Telegram cannot be reached; it is tried again.', code),
    })
    if (outcome.ok) return outcome.value
    if (outcome.failure.next === 'stop') throw new PlatformError(outcome.failure.message)
    if (taking.signal.aborted) return undefined
    throw new PlatformError(
      `Telegram refuses ${method} (${outcome.failure.code}): check TELEGRAM_API_URL and TELEGRAM_WEBHOOK_URL.`,
    )
  }

  function refresh(): void {
    if (taking.signal.aborted) return
    syncing = syncing
      .then(() => syncMenu(call, bot.menu()))
      .catch(error => {
        if (sending.signal.aborted) return
        const { code } = judge(error)
        const fields = { event: 'menu.failed', platform: 'telegram', code }
        log.warn(fields, 'Telegram has not taken the menu; it is tried again at the next change.')
      })
  }

  async function serve(): Promise<void> {
    const self = await insist<UserFromGetMe>('getMe', {})
    if (!self) return
    setMe(self)
    introduce(self, log)
    begun.then(refresh)
    if (webhookUrl) {
      const secret_token = webhookSecret(token)
      await insist('setWebhook', { url: webhookUrl, secret_token, allowed_updates: UPDATES })
      status.running()
      begin()
      await aborted(taking.signal)
      return
    }
    const offset = await poll({
      call: createApi({ ...api, signal: taking.signal }),
      clock,
      status,
      signal: taking.signal,
      async onUpdates(updates) {
        await Promise.all(updates.map(take))
        lanes.idle().then(begin)
      },
    })
    // Confirmed, or whoever starts next would answer them again.
    await call('getUpdates', { offset, limit: 1, timeout: 0 }).catch(() => {})
  }

  async function stop(): Promise<void> {
    taking.abort()
    await running?.catch(() => {})
    const patience = new AbortController()
    await Promise.race([lanes.idle(), clock.pause(drainMs, patience.signal)])
    patience.abort()
    sending.abort()
    begin()
    await syncing
    status.stopped()
  }

  return {
    name: 'telegram',
    run() {
      running = serve().catch(error => {
        status.stopped(error instanceof PlatformError ? error.message : undefined)
        begin()
        throw error
      })
      return running
    },
    begun,
    stop,
    state: status.get,
    refresh,
    ...(webhookUrl && { http: createWebhook(webhookUrl, token, take) }),
  }
}

/** What an operator wants to know first: where the bot is, and what it may not do. */
function introduce(me: UserFromGetMe, log: Log): void {
  const link = `https://t.me/${me.username}`
  log.info(
    { event: 'telegram.started', bot: `@${me.username}`, link, invite: `${link}?startgroup=true` },
    `Telegram: @${me.username} answers at ${link}; ${link}?startgroup=true adds it to a group.`,
  )
  const missing = [
    ...(me.supports_inline_queries ? [] : ['inline mode (BotFather: /setinline)']),
    ...(me.can_join_groups ? [] : ['joining groups (BotFather: /setjoingroups)']),
  ]
  if (missing.length === 0) return
  log.warn({ event: 'telegram.missing', missing }, `Telegram: not allowed: ${missing.join(', ')}.`)
}

function plainText(message: Message): string {
  return renderText(message, { columns: 200, style: 'cards', colour: false })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
