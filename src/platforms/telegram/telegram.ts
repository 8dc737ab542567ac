import type { Update, UserFromGetMe } from 'telegraf/types'
import { atMost } from '../../async/at-most.ts'
import { createDrain } from '../../async/drain.ts'
import { createKeyedQueue } from '../../async/keyed-queue.ts'
import { retry } from '../../async/retry.ts'
import { systemClock } from '../../clock.ts'
import { type Platform, PlatformError, type Term } from '../../platform.ts'
import { createAsk } from '../answer-queue.ts'
import { watchTime } from '../clock-check.ts'
import { keepMenu } from '../menu.ts'
import type { PlatformOptions } from '../platform-options.ts'
import { createQueues } from '../request-queues.ts'
import { UnexpectedResponse } from '../retry.ts'
import { createStatus } from '../status.ts'
import { createApi } from './api.ts'
import { classifyError } from './failure.ts'
import { createHandler, type Handler } from './handler.ts'
import { learnMe } from './introduce.ts'
import { type MenuMemory, syncMenu } from './menu.ts'
import { createPictures } from './pictures.ts'
import { poll } from './polling.ts'
import { createReplies } from './replies.ts'
import { createRightsMemory } from './rights-memory.ts'
import { createFiles, createPhotos } from './send-photo.ts'
import { createPendingUpdates, type Inbox } from './update-inbox.ts'
import { createWebhook, watchWebhook } from './webhook.ts'

export interface TelegramOptions extends PlatformOptions {
  /** Public address of the webhook. Without it the platform polls. */
  readonly webhookUrl?: string
  /** Stores pending updates that polling has passed. Without an inbox, a crash loses them. */
  readonly inbox?: Inbox
  /** The chats with a menu for moderators. Without it, a former moderator's chat keeps its menu. */
  readonly menus?: MenuMemory
  /** Longest wait for a check of who may manage a chat, in milliseconds. */
  readonly checkMs?: number
}

/** Longest wait of the menu for the first replies, in milliseconds. */
const BEGIN_MS = 1000

/** Longest wait for the download of a picture, in milliseconds. */
const PICTURE_MS = 8000

/** Longest wait before a webhook request gets its response, in milliseconds. Telegram opens at most 40 connections. */
const WEBHOOK_MS = 400

/** Most pending updates of a webhook. */
const MOST_UNDONE = 400

/** Longest wait for the last confirmation of updates when the platform stops, in milliseconds. */
const CONFIRM_MS = 2000

/** Creates the platform Telegram. It serves through polling, or through a webhook if `webhookUrl` is set. */
export function createTelegramPlatform(options: TelegramOptions): Platform {
  const { bot, clock, log, token, webhookUrl, term, time } = options
  const { timeoutMs = 20_000, drainMs = 8_000, checkMs = 3000, proven = new Set() } = options
  const drain = createDrain(clock, drainMs, term?.signal)
  const status = createStatus('telegram', log)
  const lanes = createKeyedQueue('telegram', log)
  const api = { ...options, timeoutMs }
  const call = createApi({ ...api, signal: drain.sending })
  // Calls that only serve to receive updates end when the platform stops accepting.
  const listen = createApi({ ...api, signal: drain.accepting })
  const sending = { ...api, call, signal: drain.sending }
  const callWithPhoto = createPhotos(sending)
  const callWithFile = createFiles(sending)
  const pictureOf = createPictures({ ...sending, timeoutMs: PICTURE_MS })
  const queues = createQueues(log)
  const ask = createAsk(log, term, queues, options.onAnswered)
  const rights = createRightsMemory({ call, clock, log, patienceMs: checkMs })
  const menu = keepMenu({
    platform: 'telegram',
    sync: () => syncMenu(listen, bot, options.menus),
    classifyError,
    clock,
    log,
    signal: drain.accepting,
  })
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  /** Undefined until the account of the bot is known. */
  let handle: Handler | undefined
  let undone = 0
  let hasRefused = false
  let running: Promise<void> | undefined

  async function serve(): Promise<void> {
    const watching = { call: listen, clock, status, signal: drain.accepting }
    const me = await learnMe({ ...watching, log, isProven: proven.has('telegram') })
    if (!me) return
    const handler = openHandler(me)
    handle = handler
    proven.add('telegram')
    Promise.race([begun, clock.pause(BEGIN_MS, drain.accepting)]).then(menu.refresh)
    if (time) watchTime({ time, ask: () => listen('getMe', {}), clock, signal: drain.accepting })
    if (webhookUrl) {
      begin()
      await watchWebhook({ ...watching, log, url: webhookUrl, token, didRefuse })
      return
    }
    let isFirst = true
    const inbox = inTerm(options.inbox, term)
    const pending = createPendingUpdates({ inbox, log, onUpdate: handler })
    const { signal } = watching
    // Resume before any newer update arrives. The store logs its own failures, and `poll` ends if the platform stops.
    await retry(pending.resume, { clock, signal, mayPass: () => true }).catch(() => {})
    const offset = await poll({
      ...watching,
      log,
      timeoutMs,
      pending,
      room: lanes.room,
      onRound() {
        if (isFirst) lanes.idle().then(begin)
        isFirst = false
      },
    })
    // Confirms the last updates. Otherwise the next process would answer them again.
    const confirm = { offset, limit: 1, timeout: 0 }
    await call('getUpdates', confirm, Math.min(timeoutMs, CONFIRM_MS)).catch(error => {
      const fields = {
        event: 'updates.unconfirmed',
        platform: 'telegram',
        code: classifyError(error).code,
      }
      log.warn(
        fields,
        'Couldn’t confirm the last updates. Some may be answered twice after a restart.',
      )
    })
  }

  /** Returns a handler that also resolves to false if the platform stopped before the request of an update was done. */
  function openHandler(me: UserFromGetMe): Handler {
    const common = { ...sending, me }
    const replies = createReplies({ ...common, callWithPhoto, callWithFile })
    const handler = createHandler({ ...common, ask, rights, lanes, queues, replies, pictureOf })
    return async update =>
      (await handler(update)) && !drain.sending.aborted && term?.holds() !== false
  }

  /** Resolves to false if the update is not done in time. Telegram then redelivers it, while the work continues. */
  async function takeFromWebhook(update: Update): Promise<boolean> {
    const isFull = undone >= MOST_UNDONE || !lanes.hasRoom()
    if (!handle || drain.accepting.aborted || isFull) return refuse()
    undone += 1
    const accepting = handle(update).finally(() => {
      undone -= 1
    })
    return (await atMost(WEBHOOK_MS, accepting, systemClock)) || refuse()
  }

  function refuse(): false {
    hasRefused = true
    return false
  }

  /** Whether an update was refused since the last call. */
  function didRefuse(): boolean {
    const did = hasRefused
    hasRefused = false
    return did
  }

  async function stop(): Promise<void> {
    // `run()` already reports the failure.
    await drain.end(Promise.allSettled([running, lanes.idle()]))
    begin()
    await menu.idle()
    status.stopped()
  }

  return {
    name: 'telegram',
    run() {
      running = serve().catch(error => {
        drain.close()
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

/** Returns the inbox, or an empty one. Writes are refused after the lease term, because a new holder owns the inbox. */
function inTerm(inbox: Inbox | undefined, term: Term | undefined): Inbox {
  return {
    read: async () => inbox?.read(),
    write: async updates => {
      if (!inbox || term?.holds() === false) throw new UnexpectedResponse()
      await inbox.write(updates)
    },
  }
}
