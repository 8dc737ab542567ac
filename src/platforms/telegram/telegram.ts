import type { Update, UserFromGetMe } from 'telegraf/types'
import { systemClock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { type Platform, PlatformError, type Term } from '../../platform.ts'
import { createAsk } from '../ask.ts'
import { attempt, backoffMs, StrangeAnswer } from '../attempt.ts'
import { createLanes } from '../lanes.ts'
import { createLife } from '../life.ts'
import { keepMenu } from '../menu.ts'
import type { PlatformOptions } from '../options.ts'
import { createQueues } from '../queues.ts'
import { createStatus } from '../status.ts'
import { type Call, createApi } from './api.ts'
import { judge } from './failure.ts'
import { createHandler } from './handler.ts'
import { syncMenu } from './menu.ts'
import { createPhotos } from './photos.ts'
import { createPictures } from './pictures.ts'
import { poll } from './polling.ts'
import { createReplies } from './replies.ts'
import { createRightsMemory } from './rights-memory.ts'
import { createTaken, type Inbox, type Taken } from './taken.ts'
import { createWebhook, watchWebhook } from './webhook.ts'

export interface TelegramOptions extends PlatformOptions {
  /** Where Telegram reaches us; without it we poll. */
  readonly webhookUrl?: string
  /** Without one a crash loses what polling has passed over. */
  readonly inbox?: Inbox
  /** Longest wait until Telegram has told who may manage a chat, in milliseconds. */
  readonly checkMs?: number
}

/** Longest that the menu waits for the first answers, in milliseconds. */
const BEGIN_MS = 1000

/** Longest wait for a picture, in milliseconds. */
const PICTURE_MS = 8000

/** Longest wait until a webhook is answered, in milliseconds. Telegram has at most 40 connections. */
const WEBHOOK_MS = 400

/** Most updates of a webhook that are not done. */
const MOST_UNDONE = 400

/** Longest wait at the end until Telegram knows what was taken, in milliseconds. */
const CONFIRM_MS = 2000

/** The bot on Telegram. */
export function createTelegramPlatform(options: TelegramOptions): Platform {
  const { bot, clock, log, token, webhookUrl, term } = options
  const { timeoutMs = 20_000, drainMs = 8_000, checkMs = 3000, onReply } = options
  const life = createLife(clock, drainMs, term)
  const status = createStatus('telegram', log)
  const lanes = createLanes('telegram', log)
  const api = {
    ...{ token, timeoutMs },
    ...(options.apiUrl && { apiUrl: options.apiUrl }),
    ...(term && { term }),
  }
  const call = createApi({ ...api, signal: life.sending })
  // What only serves to take more ends with the first signal.
  const listen = createApi({ ...api, signal: life.taking })
  const sending = { ...api, call, signal: life.sending }
  const callWithPhoto = createPhotos({ ...sending, pictures: options.pictures })
  const replies = createReplies({ ...sending, bot, callWithPhoto, clock, log, onReply })
  const pictureOf = createPictures({ ...sending, timeoutMs: PICTURE_MS })
  const queues = createQueues(log)
  const ask = createAsk(bot, log, term, queues)
  const rights = createRightsMemory({ call, clock, log, patienceMs: checkMs })
  const common = { bot, ask, rights, clock, log, lanes, queues, replies, pictureOf }
  const handle = createHandler({ ...common, signal: life.sending })
  const menu = keepMenu({
    platform: 'telegram',
    sync: () => syncMenu(listen, bot.menu()),
    judge,
    clock,
    log,
    signal: life.taking,
  })
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  let me: UserFromGetMe | undefined
  let undone = 0
  let hasRefused = false
  let running: Promise<void> | undefined

  /** Who we are, for as long as it takes to learn it; nothing where we are stopped meanwhile. */
  async function introduceSelf(): Promise<UserFromGetMe | undefined> {
    const outcome = await attempt(() => getMe(listen), {
      judge,
      clock,
      signal: life.taking,
      tries: Number.POSITIVE_INFINITY,
      onRetry: ({ code }) => status.trouble('Telegram cannot be reached; it is tried again.', code),
    })
    if (life.taking.aborted) return undefined
    if (outcome.ok) {
      introduce(outcome.value, log)
      return outcome.value
    }
    const { failure } = outcome
    if (failure.next === 'stop') throw new PlatformError(failure.message)
    // An address with a wrong token in it leads nowhere, as one of another server does.
    throw new PlatformError(
      `Telegram knows no such bot (${failure.code}): check TELEGRAM_TOKEN, and TELEGRAM_API_URL where it is set.`,
    )
  }

  async function serve(): Promise<void> {
    const self = await introduceSelf()
    if (!self) return
    me = self
    Promise.race([begun, clock.pause(BEGIN_MS, life.taking)]).then(menu.refresh)
    const watching = { call: listen, clock, status, signal: life.taking }
    if (webhookUrl) {
      begin()
      await watchWebhook({ ...watching, url: webhookUrl, token, didRefuse })
      return
    }
    let isFirst = true
    const taken = createTaken({ inbox: inTerm(options.inbox, term), log, onUpdate: take(self) })
    await resume(taken)
    const offset = await poll({
      ...{ ...watching, timeoutMs, taken, room: lanes.room },
      onRound() {
        if (isFirst) lanes.idle().then(begin)
        isFirst = false
      },
    })
    // Confirmed, or whoever starts next would answer them again.
    const confirm = { offset, limit: 1, timeout: 0 }
    await call('getUpdates', confirm, Math.min(timeoutMs, CONFIRM_MS)).catch(error => {
      const fields = { event: 'updates.unconfirmed', platform: 'telegram', code: judge(error).code }
      log.warn(fields, 'Telegram was not told what was taken; the next start may answer it again.')
    })
  }

  /** Whether what an update asks for is done. What ends with the platform has to come again. */
  function take(self: UserFromGetMe) {
    return async (update: Update) =>
      (await handle(update, self)) && !life.sending.aborted && term?.holds() !== false
  }

  /** Takes up what an earlier process has left, before anything newer. */
  async function resume(taken: Taken): Promise<void> {
    for (let failed = 1; !life.taking.aborted; failed++) {
      try {
        return await taken.resume()
      } catch {
        // The store logs its own failures.
        await clock.pause(backoffMs(failed), life.taking)
      }
    }
  }

  /** False if it is not done in time: Telegram brings it again. Until then the work goes on. */
  async function takeFromWebhook(update: Update): Promise<boolean> {
    if (!me || life.taking.aborted || undone >= MOST_UNDONE || !lanes.hasRoom()) return refuse()
    undone += 1
    const taking = take(me)(update).finally(() => {
      undone -= 1
    })
    const patience = new AbortController()
    const { signal } = patience
    const late = systemClock.pause(WEBHOOK_MS, signal).then(() => false)
    const isTaken = await Promise.race([taking, late])
    patience.abort()
    return isTaken || refuse()
  }

  function refuse(): false {
    hasRefused = true
    return false
  }

  /** Whether an update was refused since this was asked last. */
  function didRefuse(): boolean {
    const did = hasRefused
    hasRefused = false
    return did
  }

  async function stop(): Promise<void> {
    // How it has failed is told to whoever runs it.
    await life.end(Promise.allSettled([running, lanes.idle()]))
    begin()
    await menu.idle()
    status.stopped()
  }

  return {
    name: 'telegram',
    run() {
      running = serve().catch(error => {
        life.close()
        status.stopped(error instanceof PlatformError ? error.message : undefined)
        begin()
        throw error
      })
      return running
    },
    begun,
    stop,
    state: status.get,
    refresh: menu.refresh,
    ...(webhookUrl && { http: createWebhook(webhookUrl, token, takeFromWebhook) }),
  }
}

/** Only the holder of the lease writes into the inbox. */
function inTerm(inbox: Inbox | undefined, term: Term | undefined): Inbox {
  return {
    read: async () => inbox?.read(),
    write: async updates => {
      if (!inbox || term?.holds() === false) throw new StrangeAnswer()
      await inbox.write(updates)
    },
  }
}

async function getMe(call: Call): Promise<UserFromGetMe> {
  const me = await call<Partial<UserFromGetMe> | undefined>('getMe', {})
  if (typeof me?.id !== 'number' || typeof me.username !== 'string') throw new StrangeAnswer()
  return me as UserFromGetMe
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
