import type { Update, UserFromGetMe } from 'telegraf/types'
import { type Platform, PlatformError } from '../../platform.ts'
import { createAsk } from '../ask.ts'
import { watchTime } from '../clock-check.ts'
import { createLanes } from '../lanes.ts'
import { createLife } from '../life.ts'
import { keepMenu } from '../menu.ts'
import type { PlatformOptions } from '../options.ts'
import { createStatus } from '../status.ts'
import { createApi } from './api.ts'
import { judge } from './failure.ts'
import { createHandler } from './handler.ts'
import { learnMe } from './me.ts'
import { syncMenu } from './menu.ts'
import { createPhotos } from './photos.ts'
import { createPictures } from './pictures.ts'
import { poll } from './polling.ts'
import { createReplies } from './replies.ts'
import { createWebhook, watchWebhook } from './webhook.ts'

export interface TelegramOptions extends PlatformOptions {
  /** Where Telegram reaches us; without it we poll. */
  readonly webhookUrl?: string
}

/** Longest that the menu waits for the first answers, in milliseconds. */
const BEGIN_MS = 1000

/** Longest wait for a picture, in milliseconds: what comes after it in its chat waits as well. */
const PICTURE_MS = 8000

/** Longest wait at the end until Telegram knows what was taken, in milliseconds. */
const CONFIRM_MS = 2000

/** The bot on Telegram. */
export function createTelegramPlatform(options: TelegramOptions): Platform {
  const { bot, clock, log, token, webhookUrl, term, time } = options
  const { timeoutMs = 20_000, drainMs = 8_000, onReply, proven = new Set() } = options
  const life = createLife(clock, drainMs, term)
  const status = createStatus('telegram', log)
  const lanes = createLanes('telegram', log)
  const api = {
    ...{ token, timeoutMs },
    ...(options.apiUrl && { apiUrl: options.apiUrl }),
    ...(term && { term }),
    ...(time && { time }),
  }
  const call = createApi({ ...api, signal: life.sending })
  // What only serves to take more ends with the first signal.
  const listen = createApi({ ...api, signal: life.taking })
  const sending = { ...api, call, signal: life.sending }
  const callWithPhoto = createPhotos({ ...sending, pictures: options.pictures })
  const replies = createReplies({ ...sending, bot, callWithPhoto, clock, log, onReply })
  const pictureOf = createPictures({ ...sending, timeoutMs: PICTURE_MS })
  const ask = createAsk(bot, log, term)
  const handle = createHandler({ bot, ask, call, log, lanes, replies, pictureOf, time })
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
  let running: Promise<void> | undefined

  async function serve(): Promise<void> {
    const common = { call: listen, clock, status, signal: life.taking }
    const self = await learnMe({ ...common, log, isProven: proven.has('telegram') })
    if (!self) return
    me = self
    proven.add('telegram')
    Promise.race([begun, clock.pause(BEGIN_MS, life.taking)]).then(menu.refresh)
    if (time) watchTime({ time, ask: () => listen('getMe', {}), clock, signal: life.taking })
    if (webhookUrl) {
      begin()
      await watchWebhook({ ...common, url: webhookUrl, token })
      return
    }
    let isFirst = true
    const offset = await poll({
      ...common,
      log,
      timeoutMs,
      async onUpdates(updates) {
        const taken = await Promise.all(updates.map(update => handle(update, self)))
        if (isFirst) lanes.idle().then(begin)
        isFirst = false
        return !taken.includes(false)
      },
    })
    // Confirmed, or whoever starts next would answer them again.
    const confirm = { offset, limit: 1, timeout: 0 }
    await call('getUpdates', confirm, Math.min(timeoutMs, CONFIRM_MS)).catch(error => {
      const fields = { event: 'updates.unconfirmed', platform: 'telegram', code: judge(error).code }
      log.warn(fields, 'Telegram was not told what was taken; the next start may answer it again.')
    })
  }

  /** False where nothing can be taken: Telegram brings it again. */
  async function takeFromWebhook(update: Update): Promise<boolean> {
    if (!me || life.taking.aborted) return false
    return handle(update, me)
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
