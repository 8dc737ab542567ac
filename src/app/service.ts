import { hostname } from 'node:os'
import { defaults } from '../chats/subscription.ts'
import { type Clock, systemClock, today } from '../clock.ts'
import { createBot } from '../commands/bot.ts'
import type { Config } from '../config.ts'
import type { Edition } from '../content/edition.ts'
import { type Log, sentences } from '../log.ts'
import type { Bot, Platform } from '../platform.ts'
import { createClockCheck } from '../platforms/clock-check.ts'
import type { KnownRights, Poster } from '../poster.ts'
import type { Plan } from '../schedule/plan.ts'
import type { News } from '../schedule/update-round.ts'
import type { Part } from '../server/health.ts'
import { createServer } from '../server/server.ts'
import type { Store } from '../store/store.ts'
import { openContents } from './edition-source.ts'
import type { Posting, PostingMemory } from './leader.ts'
import type { HeldTerm, Lease } from './lease.ts'
import { createRoster } from './platform-supervisor.ts'
import { createMakers } from './platforms.ts'

export interface App extends Bot {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content and watches it from then on. Throws {@link ContentError}. */
  watch(): Promise<void>
  /**
   * Watches the content, opens the store and serves every configured platform; without any, the local
   * chat. Throws {@link ContentError}, {@link PlatformError} where the port is taken, and
   * {@link StoreError}.
   */
  start(): Promise<void>
  /** Rejects with {@link PlatformError} when no platform is left that could go on. */
  readonly ended: Promise<never>
  /** Sends what is under way and ends what was started; may be called again. */
  stop(): Promise<void>
  /** Where the HTTP server listens, once it is started. */
  address(): string
  edition(): Edition
  /** What would be posted on these days to a chat that follows everything, or what is wrong with them. */
  plan(from?: string, to?: string): Promise<PlanOfToday | string>
}

type PlanOfToday = Plan & { readonly today: Temporal.PlainDate }

export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
  /** How long the lease holds without being renewed, in milliseconds. */
  readonly leaseTtlMs?: number
  /** Posts as fast as the platforms answer, where they have no limits: on this machine. */
  readonly isUnlimited?: boolean
  /** See `TelegramOptions`. */
  readonly checkMs?: number
}

/** Longest wait for the first answers on Telegram before the rest is loaded, in milliseconds. */
const BEGIN_MS = 1000

/** The only wiring: every part is made here and handed to those that need it. */
export function createApp(
  config: Config,
  {
    clock = systemClock,
    log = sentences(() => {}),
    leaseTtlMs,
    isUnlimited = false,
    checkMs,
  }: Overrides = {},
): App {
  const { contentDir, timeZone, discord, telegram } = config
  const isLocal = !discord && !telegram
  // A local chat reaches nobody else: it does not keep the bot itself from its work.
  const leaseName = isLocal ? 'local' : 'active'
  const stopping = new AbortController()
  let store: Store | undefined
  let lease: Lease | undefined
  let term: HeldTerm | undefined
  let posting: Posting | undefined
  let memory: PostingMemory | undefined
  /** Whoever asks at the very start waits. */
  let opening: PromiseWithResolvers<News | undefined> | undefined
  /** Posts to the local chat. */
  let local: Poster | undefined
  let serving: Promise<void> | undefined
  let stopped: Promise<void> | undefined

  // Whoever reaches the local chat may do what a moderator may: it is for this machine.
  const server = createServer(isLocal ? '127.0.0.1' : config.host, config.port)
  const configured = Object.entries({ web: isLocal, telegram, discord })
  const platforms = configured.filter(([, wanted]) => wanted).map(([name]) => name)
  const rates = {
    ...(telegram && { telegram: telegram.rate }),
    ...(discord && { discord: discord.rate }),
  }
  const announcing = { platforms, holdMs: config.holdMs, wake: () => posting?.announced() }
  const roster = createRoster(
    platforms,
    () => ({ status: lease?.state() === 'waiting' ? 'standby' : 'starting' }),
    log,
  )

  const contents = openContents({
    ...{ directory: contentDir, clock, log },
    onChange() {
      roster.refresh()
      posting?.edited()
    },
  })
  const { registry } = contents
  const clockCheck = createClockCheck(clock, log)
  const discordRights: KnownRights = { lacking: () => undefined }

  function parts(): Record<string, Part> {
    const state = store?.state() ?? { status: 'closed' }
    const states = { ...roster.states(), ...posting?.states() }
    const platforms = Object.entries(states).map(
      ([name, each]) =>
        [name, { ...each, ready: ['running', 'standby'].includes(each.status) }] as const,
    )
    return {
      content: contents.part(),
      store: { ...state, ready: state.status === 'open' },
      lease: { status: lease?.state() ?? 'starting', ready: lease !== undefined },
      // Nothing is there to compare with in the local chat.
      ...(!isLocal && { clock: clockCheck.part() }),
      ...Object.fromEntries(platforms),
    }
  }

  async function planned(from?: string, to?: string): Promise<PlanOfToday | string> {
    const { plan, readSpan } = await import('../schedule/plan.ts')
    const now = today(clock, timeZone)
    const span = readSpan(from, to, now)
    if (typeof span === 'string') return span
    const { edition } = registry()
    const rhythm = { ...defaults(timeZone), cadence: 'weekly' as const }
    return { ...plan({ edition, rhythm, reminders: config.reminders }, span), today: now }
  }

  const bot = createBot({
    ...{ registry, clock, log, timeZone, store: () => store, moderators: config.moderators },
    async operations() {
      const news = await opening?.promise
      return news && { parts, rates, news, announcing }
    },
  })

  const makers = createMakers({
    ...{ bot, clock, log, clockCheck, checkMs, discordRights, store: () => store },
    onReply: (platform, address) => posting?.replied(platform, address),
  })

  async function openStore(): Promise<Store> {
    const { openStore } = await import('../store/store.ts')
    return openStore({ url: config.databaseUrl, clock, log })
  }

  async function makeLease(table: Store['lease']): Promise<Lease> {
    const { createLease } = await import('./lease.ts')
    const holder = `${hostname()}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`
    // Whoever reads along is not troubled with who that is.
    const lines: Log = isLocal ? Object.create(log, { info: { value: log.debug.bind(log) } }) : log
    const ttl = leaseTtlMs ? { ttlMs: leaseTtlMs } : {}
    return createLease({ table, name: leaseName, holder, clock, log: lines, ...ttl })
  }

  /** Posts by itself for as long as the term lasts. */
  async function startPosting(kept: Store, held: HeldTerm): Promise<void> {
    const { createPosting, createPostingMemory } = await import('./leader.ts')
    memory ??= createPostingMemory()
    posting = await createPosting({
      ...{ config, store: kept, presence: bot, clock, log, held, lease: leaseName, isUnlimited },
      ...{ local, memory, discordRights, ...(!isLocal && { clockCheck }) },
      edition: () => registry().edition,
    })
    posting.run().catch(fail)
  }

  /** Everything that only one process may do, for as long as it is this one. */
  async function serveTerm(held: HeldTerm, onBegun: () => void): Promise<void> {
    const served: Platform[] = []
    const run = (platform: Platform) => {
      served.push(platform)
      roster.run(platform)
      return platform
    }
    // Telegram first: whoever asks there need not wait for Discord's larger library.
    if (telegram && !telegram.webhookUrl) {
      const { begun } = run(await makers.telegram(telegram, held))
      await Promise.race([begun, clock.pause(BEGIN_MS, held.signal)])
    }
    onBegun()
    if (discord && held.holds()) run(await makers.discord(discord, held))
    if (store && held.holds()) await startPosting(store, held)
    if (held.holds()) await once(held.signal)
    await Promise.all([...served.map(roster.retire), posting?.stop()])
  }

  async function serveTerms(keeper: Lease, onBegun: () => void): Promise<void> {
    while (!stopping.signal.aborted) {
      term = await keeper.acquire(stopping.signal, onBegun)
      if (term) await serveTerm(term, onBegun)
    }
    onBegun()
  }

  async function serveRequests(): Promise<void> {
    const { createRoutes } = await import('../server/routes.ts')
    server.serve(createRoutes({ parts, routes: roster.routes(), log }))
  }

  async function stop(): Promise<void> {
    stopped ??= (async () => {
      stopping.abort()
      await Promise.all([contents.stop(), roster.stop(), posting?.stop()])
      await term?.release()
      await serving
      await server.stop()
      await store?.close()
    })()
    return stopped
  }

  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  const ended = Promise.race([roster.ended, failed])
  // Nobody has to wait for it.
  ended.catch(() => {})

  return {
    ...bot,
    load: contents.load,
    watch: contents.watch,
    ended,
    async start() {
      opening = Promise.withResolvers()
      try {
        await contents.watch()
        if (config.moderators.roles.length > 0) {
          log.warn(
            { event: 'moderators.roles' },
            'Whoever manages these roles appoints moderators.',
          )
        }
        const { users, roles } = config.moderators
        if (!isLocal && users.length + roles.length === 0) {
          log.info({ event: 'moderators.none' }, 'MODERATORS is empty: nobody may announce.')
        }
        // Before anything else: a second bot with the same port must not take the first one's updates.
        await server.listen()
        store = await openStore()
        if (stopping.signal.aborted) return await store.close()
        store.watch()
        lease = await makeLease(store.lease)
        if (isLocal) {
          const web = await makers.web({ address: server.address, plan: planned })
          local = web.poster
          roster.run(web)
        }
        // A webhook is answered by every process.
        if (telegram?.webhookUrl) roster.run(await makers.telegram(telegram))
        const begun = Promise.withResolvers<void>()
        serving = serveTerms(lease, begun.resolve).catch(fail)
        await Promise.race([begun.promise, failed])
        // The first answers need none of it.
        const { openNews } = await import('./leader.ts')
        opening.resolve(await openNews({ config, store, clock, log, platforms, isLocal }))
        await serveRequests()
      } catch (error) {
        opening.resolve(undefined)
        await stop()
        throw error
      }
    },
    stop,
    address: server.address,
    edition: () => registry().edition,
    plan: planned,
  }
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
