import { onTestFinished } from 'vitest'
import { refreshed } from '../../src/briefing/countdown.ts'
import { createReachability } from '../../src/chats/reachability.ts'
import { type Clock, type ClockTrust, systemClock, TRUSTED } from '../../src/clock.ts'
import { createDelivery, type Delivery } from '../../src/delivery/delivery.ts'
import { createRateLimiter, UNLIMITED } from '../../src/delivery/rate-limiter.ts'
import { createUnsavedOutcomes } from '../../src/delivery/unsaved-outcomes.ts'
import { type Message, message, paragraph } from '../../src/message.ts'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createTelegramPoster } from '../../src/platforms/telegram/poster.ts'
import type { DeliveryState, NewBroadcast } from '../../src/store/ledger/broadcast.ts'
import type { Store } from '../../src/store/store.ts'
import { storePictures } from '../pictures.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import type { ManualClock } from '../platforms/pauses.ts'
import { openTelegramServer, TOKEN as TELEGRAM_TOKEN } from '../platforms/telegram/server.ts'
import { query } from '../store/raw.ts'
import { type Dialect, newDatabase, openTestStore } from '../store/stores.ts'

const PLATFORMS = ['telegram', 'discord'] as const

export function saying(...sentences: string[]): Message {
  return message(sentences.map(sentence => paragraph(sentence)))
}

/** Returns a message that needs several parts on Telegram. */
export function longMessage(paragraphs: number): Message {
  const sentence = 'A paragraph that is long enough to be one of many. '.repeat(40)
  return message(
    Array.from({ length: paragraphs }, (_, index) => paragraph(`${index + 1}: ${sentence}`)),
  )
}

let keys = 0

/** An announcement for everybody who follows announcements. */
export function announcement(more: Partial<NewBroadcast> = {}): NewBroadcast {
  keys += 1
  return {
    key: `test ${keys}`,
    kind: 'announcement',
    audience: { topic: 'announcements', platforms: PLATFORMS },
    message: saying('Hello.'),
    ...more,
  }
}

/** One delivery with the address of its chat, as stored. */
export interface LedgerRow {
  readonly broadcast_id: number
  readonly platform: string
  readonly address: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly repeated: number
  readonly part: number
  readonly revision_sent: number
  readonly message_ids: string | null
  readonly tried_at: number | null
  readonly left_at: number | null
  readonly error: string | null
}

export interface SceneOptions {
  readonly dialect?: Dialect
  readonly clock?: Clock
  readonly trust?: ClockTrust
  /** Posts a second; without it as fast as they are answered, without any limit. */
  readonly rate?: number
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs?: number
  readonly url?: string
  /** See `SqliteOptions`. */
  readonly maxPages?: number
  /** Changes the store that deliveries see. */
  readonly through?: (store: Store) => Store
}

/** A store, both platforms on this machine, and deliveries through the real clients. */
export async function openScene(options: SceneOptions = {}) {
  const { dialect = 'sqlite', clock = systemClock, rate, timeoutMs = 15_000 } = options
  const { through = (store: Store) => store } = options
  const url = options.url ?? (await newDatabase(dialect))
  const size = options.maxPages === undefined ? {} : { maxPages: options.maxPages }
  const { store, ...memory } = await openTestStore({ url, clock, ...size })
  const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
  onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
  const reachability = createReachability({ store, now: clock.now, log: memory.log })

  /** Begins to deliver, as the next holder of the lease: a new process, or one that has held it before. */
  async function begin(processMemory = createUnsavedOutcomes()): Promise<Running> {
    const taken = await store.lease.acquire('active', 'test', 600_000)
    if (!('epoch' in taken)) throw new Error('The lease is held.')
    const over = new AbortController()
    const term = { signal: over.signal, holds: () => !over.signal.aborted }
    const common = { term, timeoutMs, pictures: storePictures(through(store)) }
    const posters = [
      createTelegramPoster({ token: TELEGRAM_TOKEN, apiUrl: telegram.url, ...common }),
      createDiscordPoster({ token: DISCORD_TOKEN, apiUrl: discord.url, ...common }),
    ]
    const delivery = createDelivery({
      ...{
        store: through(store),
        reachability,
        clock,
        log: memory.log,
        retentionMs: 90 * 86_400_000,
      },
      trust: options.trust ?? TRUSTED,
      term: { ...term, epoch: taken.epoch, lease: 'active' },
      unsaved: processMemory,
      days: { refreshed },
      posters,
      limiters: new Map(
        posters.map(({ platform, limits }) => [
          platform,
          createRateLimiter(rate === undefined ? UNLIMITED : { rate, limits }, clock),
        ]),
      ),
    })
    const running = delivery.run()
    // The test awaits `running`, which reports the error.
    running.catch(() => {})
    onTestFinished(async () => {
      over.abort()
      await running
    })
    return { delivery, running, epoch: taken.epoch, crash: () => over.abort() }
  }

  return {
    ...{ ...memory, store, url, telegram, discord, reachability, begin },
    /** Returns the number of messages that Telegram got. */
    sends: () => telegram.calls.filter(({ method }) => method === 'sendMessage').length,
    /** Resolves when nothing is left to be done for a broadcast. */
    async finished(id: number): Promise<void> {
      while (!(await store.broadcasts.find(id))?.isFinished) await systemClock.pause(10)
    },
    rows: (id: number) => ledgerRows(url, id),
  }
}

/** Reads the deliveries of a broadcast, in the order of their chats. */
export async function ledgerRows(url: string, broadcast: number): Promise<LedgerRow[]> {
  return (await query(
    url,
    `select d.*, c.address from deliveries d join chats c on c.id = d.chat_id
     where d.broadcast_id = ${broadcast} order by d.chat_id`,
  )) as LedgerRow[]
}

/** Waits for what others bring about, letting a clock go on meanwhile. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  clock?: Pick<ManualClock, 'advance'>,
): Promise<void> {
  while (!(await isSo())) {
    await clock?.advance({ milliseconds: 50 })
    await new Promise(resolve => setImmediate(resolve))
  }
}

export interface Running {
  readonly delivery: Delivery
  readonly running: Promise<void>
  readonly epoch: number
  /** Ends without settling anything, as a process that is killed. */
  crash(): void
}
