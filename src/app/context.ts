import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { createReachability, type Reachability } from '../chats/reachability.ts'
import { type Clock, systemClock } from '../clock.ts'
import { createBot } from '../commands/bot.ts'
import type { Operations } from '../commands/command.ts'
import type { Config } from '../config.ts'
import { createPictureFiles } from '../content/picture-files.ts'
import { createRateLimiter, type RateLimiter, UNLIMITED } from '../delivery/rate-limiter.ts'
import type { Feeds } from '../feeds/feeds.ts'
import { type Log, sentences } from '../log.ts'
import { createClockCheck } from '../platforms/clock-check.ts'
import { MAX_MESSAGES } from '../platforms/live-replies.ts'
import { createServer, type Server } from '../server/server.ts'
import { openStore, type Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { versionsWith } from '../version.ts'
import { type Backups, createBackups } from './backups.ts'
import { planToday } from './briefing.ts'
import { createContentNews } from './content-news.ts'
import { type EditionSource, openEditions } from './edition-source.ts'
import { createHealth, type Health, reportOf } from './health.ts'
import { createLease, type Lease } from './lease.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createPictures, openDrawings } from './pictures.ts'
import { createSupervisor, type Supervisor } from './platform-supervisor.ts'
import { modulesOf, type PlatformContext, type PlatformModule } from './platforms.ts'

/** Every part that lives as long as the process. */
export interface Context extends PlatformContext {
  readonly config: Config
  readonly editions: EditionSource
  /** The calendars outside the content; absent if there are none. */
  readonly feeds: Feeds | undefined
  /** The daily backups; absent if there are none. */
  readonly backups: Backups | undefined
  readonly server: Server
  readonly lease: Lease
  readonly modules: readonly PlatformModule[]
  readonly supervisor: Supervisor
  readonly limiters: ReadonlyMap<string, RateLimiter>
  readonly metrics: Metrics
  readonly reachability: Reachability
  readonly health: Health
  /**
   * `edited`: the content has changed. `read`: an edit was read, even if its problems keep it out of use. `announced`: a
   * moderator has confirmed, paused or stopped a broadcast.
   */
  readonly events: EventEmitter<{ edited: []; announced: []; read: [] }>
  /**
   * Resolves to false for the local chat on the database of a bot: its posts would mark updates as sent that the bot's
   * chats have not received. Throws {@link StoreError}.
   */
  mayPost(): Promise<boolean>
  /** Closes the parts in reverse order. */
  close(): Promise<void>
}

/** Replacements for parts of the context, for tests and the terminal. */
export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
  /** How long the lease lasts without a renewal, in milliseconds. */
  readonly leaseTtlMs?: number
  /** Whether posts leave as fast as the platforms answer: for platforms on this machine, which have no limits. */
  readonly isUnlimited?: boolean
  /** See `TelegramOptions`. */
  readonly checkMs?: number
  /** The other briefings of the local chat. */
  readonly editionChoice?: PlatformContext['editionChoice']
}

/**
 * Reads the content, takes the port, opens the store and creates the bot, in that order. Throws {@link ContentError},
 * {@link PlatformError} if the port is taken, and {@link StoreError}. After an error, it closes the opened parts.
 */
export async function openContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const { clock = systemClock, log = sentences(() => {}), isUnlimited = false } = overrides
  await using opened = new AsyncDisposableStack()
  const modules = modulesOf(config)
  const isLocal = modules.some(module => module.isLocal)
  // Each open page of the local chat adds a listener, so there is no limit.
  const events: Context['events'] = new EventEmitter().setMaxListeners(0)
  // An event for each post, by its number: each message that counts down listens to the event of its post.
  const changes = new EventEmitter<Record<string, []>>().setMaxListeners(MAX_MESSAGES)

  const supervisor = createSupervisor(
    modules.map(({ name }) => name),
    () => ({ status: lease.state() === 'waiting' ? 'standby' : 'starting' }),
    log,
  )
  const editions = openEditions({
    directory: config.contentDir,
    clock,
    timeZone: config.timeZone,
    log,
    publicUrl: config.publicUrl,
    hasDrafts: isLocal,
    hasFeeds: config.feeds.length > 0,
    onChange() {
      supervisor.refresh()
      events.emit('edited')
    },
    onRead: () => void events.emit('read'),
  })
  opened.defer(editions.stop)
  await editions.watch()
  const versions = versionsWith(editions.registry().edition)
  log[isLocal ? 'debug' : 'info'](
    { event: 'starting', ...versions },
    texts.health.versions(versions),
  )
  warnOfModerators(config, isLocal, log)

  // Every user of the local chat has a moderator's rights, so it listens on this machine only.
  const server = createServer(isLocal ? '127.0.0.1' : config.host, config.port)
  opened.defer(server.stop)
  // Listens before a platform is connected, so that a second bot on this port cannot take the updates of the first.
  await server.listen()

  const backups = createBackups({ config, clock, log })
  const beforeUpgrade = backups?.beforeUpgrade
  const store = await openStore({ url: config.databaseUrl, clock, log, beforeUpgrade })
  opened.defer(store.close)
  store.watch()
  const feeds = config.feeds.length > 0 ? await openFeeds() : undefined
  const mayPost = async () => !isLocal || isWithoutBot(store)
  if (!(await mayPost())) log.info({ event: 'local.silent' }, texts.localSilent)

  const lease = createLease({
    table: store.lease,
    name: isLocal ? 'local' : 'active',
    holder: `${hostname()}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`,
    clock,
    log: isLocal ? withInfoAsDebug(log) : log,
    ...(overrides.leaseTtlMs && { ttlMs: overrides.leaseTtlMs }),
  })
  const clockCheck = createClockCheck(clock, log)
  const limiters = new Map(
    modules.map(({ name, rate = Number.POSITIVE_INFINITY, limits }) => [
      name,
      createRateLimiter(isUnlimited ? UNLIMITED : { rate, limits }, clock),
    ]),
  )
  const parts = { editions, store, backups, lease, clockCheck, supervisor, feeds, isLocal }
  const health = createHealth(parts)
  const metrics = createMetrics({
    platforms: modules.map(({ name }) => name),
    ...{ health, store, backups, lease, supervisor, editions, feeds, clock },
  })
  const reachability = createReachability({ store, now: clock.now, log })

  const drawings = openDrawings(config.databaseUrl, log)
  opened.defer(drawings.close)
  const files = createPictureFiles(config.contentDir)
  const pictures = createPictures({ store, files, drawings })

  const operations = await openOperations()
  const bot = createBot({
    registry: editions.registry,
    clock,
    log,
    timeZone: config.timeZone,
    reminders: config.reminders,
    store,
    moderators: config.moderators,
    operations: async () => ((await mayPost()) ? operations : undefined),
    reachability,
  })

  /** Adds the events that the store has from an earlier process. */
  async function openFeeds(): Promise<Feeds> {
    const { createFeeds } = await import('../feeds/feeds.ts')
    const { feeds: entries, timeZone } = config
    const { calendarFeeds } = store
    const onChange = editions.useFeeds
    const feeds = createFeeds({
      entries,
      store: calendarFeeds,
      clock,
      log,
      timeZone,
      onChange,
    })
    await feeds.open()
    return feeds
  }

  async function openOperations(): Promise<Operations> {
    const { createUpdateRound } = await import('../schedule/update-round.ts')
    const { debounceMs, timeZone, undoWindowMs } = config
    const platforms = modules.map(({ name }) => name)
    return {
      parts: () => reportOf(health),
      platforms: modules,
      news: createUpdateRound({ store, clock, log, platforms, debounceMs, timeZone }),
      announcing: {
        undoWindowMs,
        wake(post) {
          events.emit('announced')
          changes.emit(`${post}`)
        },
        onWake(post, listener) {
          changes.on(`${post}`, listener)
          return () => changes.off(`${post}`, listener)
        },
      },
    }
  }

  const closing = opened.move()
  return {
    config,
    clock,
    log,
    editions,
    feeds,
    backups,
    server,
    store,
    pictures,
    lease,
    modules,
    supervisor,
    clockCheck,
    limiters,
    reachability,
    health,
    metrics,
    bot,
    events,
    content: {
      problems: editions.problems,
      ...createContentNews(editions, clock, config.timeZone),
      listen(listener) {
        events.on('read', listener)
        return () => void events.off('read', listener)
      },
    },
    checkMs: overrides.checkMs,
    editionChoice: overrides.editionChoice,
    mayPost,
    address: server.address,
    plan: (from, to) => planToday(config, clock, editions.registry(), from, to),
    close: () => closing.disposeAsync(),
  }
}

/** Whether no bot has ever used the database, and none uses it now. Throws {@link StoreError}. */
async function isWithoutBot({ chats, lease }: Store): Promise<boolean> {
  if (await lease.isTaken('active')) return false
  return (await chats.platforms()).every(name => name === 'web')
}

/** Returns a log that writes `info` lines at debug level: the lease does not concern the user of a local chat. */
function withInfoAsDebug(log: Log): Log {
  return Object.create(log, { info: { value: log.debug.bind(log) } })
}

function warnOfModerators({ moderators }: Config, isLocal: boolean, log: Log): void {
  const { users, roles } = moderators
  if (roles.length > 0) {
    log.warn(
      { event: 'moderators.roles' },
      'MODERATORS includes Discord roles. Anyone who can assign those roles can make moderators.',
    )
  }
  if (!isLocal && users.length + roles.length === 0) {
    log.info({ event: 'moderators.none' }, 'MODERATORS is empty, so no one can send announcements.')
  }
}
