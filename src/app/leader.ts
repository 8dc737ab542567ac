import { createCards, type ShownCards } from '../announcements/progress-messages.ts'
import { refreshed } from '../briefing/countdown.ts'
import { type Clock, type ClockCheck, TRUSTED } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Edition } from '../content/edition.ts'
import { createDelivery, type PosterAtRate } from '../delivery/delivery.ts'
import type { Presence } from '../delivery/presence.ts'
import { createMemory, type Memory } from '../delivery/unsaved-outcomes.ts'
import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'
import type { KnownRights, Poster } from '../poster.ts'
import { createSchedule } from '../schedule/schedule.ts'
import { createNews, type News } from '../schedule/update-round.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import type { HeldTerm } from './lease.ts'

export interface PostingOptions {
  readonly config: Config
  readonly store: Store
  readonly presence: Presence
  readonly clock: Clock
  readonly log: Log
  readonly held: HeldTerm
  /** The lease's name. */
  readonly lease: string
  /** What the content says at this moment. */
  readonly edition: () => Edition
  /** The local chat's, where that is all that is served. */
  readonly local?: Poster | undefined
  /** Without one there is no other clock, and the own one is trusted. */
  readonly clockCheck?: ClockCheck
  readonly discordRights?: KnownRights
  /** See `Overrides`. */
  readonly isUnlimited: boolean
  readonly memory: PostingMemory
}

/** Facts that outlive a lease term: one for the process. */
export interface PostingMemory {
  readonly delivery: Memory
  readonly cards: ShownCards
}

export const createPostingMemory = (): PostingMemory => ({
  delivery: createMemory(),
  cards: new Map(),
})

/** Everything that is posted without being asked: the schedule decides what is due, deliveries send it. */
export interface Posting {
  /** Until it is stopped or the term is over. Rejects with what nobody has foreseen. */
  run(): Promise<void>
  /** The content has changed. */
  edited(): void
  /** Something was confirmed, paused, stopped. */
  announced(): void
  /** See `Delivery.replied`. */
  replied(platform: string, address: string): void
  /** Platforms on which posting is in trouble, as parts of the bot: `delivery.telegram`. */
  states(): Record<string, PlatformState>
  /** Ends in order; may be called again. */
  stop(): Promise<void>
}

/** Puts together what posts by itself, for as long as one term lasts. */
export async function createPosting(options: PostingOptions): Promise<Posting> {
  const { config, store, presence, clock, log, held, lease, edition, local, memory } = options
  const { timeZone, retentionMs, reminders, settleMs } = config
  const { signal, holds, epoch } = held
  const trust = options.clockCheck ?? TRUSTED
  const posters = await makePosters(options)
  const delivery = createDelivery({
    ...{ store, presence, clock, log, posters, retentionMs, trust },
    ...{ mandate: { signal, holds, epoch, lease }, memory: memory.delivery },
    days: { refreshed },
  })
  const stopping = new AbortController()
  const schedule = createSchedule({
    ...{ store, clock, log, timeZone, edition, reminders, settleMs, trust },
    term: { signal: AbortSignal.any([signal, stopping.signal]), holds },
    platforms: posters.map(({ poster }) => poster.platform),
    onPosted: delivery.wake,
    mayPost: async () => !local || isOwn(store),
  })
  const cards = createCards({
    ...{ store, clock, log, timeZone, term: held, onPosted: delivery.replied },
    shown: memory.cards,
    posters: posters.map(({ poster }) => poster),
  })
  let running: Promise<unknown> | undefined

  return {
    async run() {
      running = Promise.all([delivery.run(), schedule.run(), cards.run()])
      await running
    },
    edited: schedule.wake,
    announced() {
      delivery.wake()
      cards.wake()
    },
    replied: delivery.replied,
    states() {
      const states = Object.entries(delivery.states()).filter(
        ([, { status }]) => status === 'trouble',
      )
      return Object.fromEntries(states.map(([name, state]) => [`delivery.${name}`, state]))
    },
    async stop() {
      stopping.abort()
      // A card shows what has been done when it is stopped; whoever comes next goes on with it.
      await Promise.all([delivery.stop(), cards.stop()])
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running])
    },
  }
}

export interface NewsOptions extends Pick<PostingOptions, 'config' | 'store' | 'clock' | 'log'> {
  readonly platforms: readonly string[]
  readonly isLocal: boolean
}

/**
 * What is decided about edits; nothing for a local chat on a bot's database: it cannot reach whoever
 * subscribes there, and would take their news away.
 */
export async function openNews(options: NewsOptions): Promise<News | undefined> {
  const { config, store, clock, log, platforms, isLocal } = options
  if (isLocal && !(await isOwn(store))) {
    log.info({ event: 'local.silent' }, texts.localSilent)
    return undefined
  }
  const { settleMs, timeZone } = config
  return createNews({ store, clock, log, platforms, settleMs, timeZone })
}

/** Whether no bot has ever used the database, nor does so now. */
async function isOwn({ chats, lease }: Store): Promise<boolean> {
  if (await lease.isHeld('active')) return false
  return (await chats.platforms()).every(name => name === 'web')
}

/** Posts a second in the local chat: as many as anybody would watch. */
const LOCAL_RATE = 25

/** The platforms' own clients are loaded by those who post there. */
async function makePosters(options: PostingOptions): Promise<PosterAtRate[]> {
  const { config, store, held, isUnlimited, local, clockCheck, discordRights: rights } = options
  const { telegram, discord } = config
  const common = (platform: string) => ({
    ...{ term: held, pictures: store.pictures },
    ...(clockCheck && { time: clockCheck.of(platform) }),
  })
  const posters: PosterAtRate[] = local ? [{ poster: local, rate: LOCAL_RATE }] : []
  if (telegram) {
    const { createTelegramPoster } = await import('../platforms/telegram/poster.ts')
    const poster = createTelegramPoster({ ...telegram, ...common('telegram') })
    posters.push({ poster, rate: telegram.rate })
  }
  if (discord) {
    const { createDiscordPoster } = await import('../platforms/discord/poster.ts')
    const poster = createDiscordPoster({
      ...{ ...discord, ...common('discord') },
      ...(rights && { rights }),
    })
    posters.push({ poster, rate: discord.rate })
  }
  if (!isUnlimited) return posters
  const none = { ceiling: Number.POSITIVE_INFINITY, chat: () => [] }
  return posters.map(({ poster }) => ({
    poster: { ...poster, limits: { ...poster.limits, ...none } },
    rate: Number.POSITIVE_INFINITY,
  }))
}
