import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { createReachability, type Reachability } from '../chats/reachability.ts'
import { type Clock, type ClockCheck, systemClock } from '../clock.ts'
import { createBot } from '../commands/bot.ts'
import type { Operations } from '../commands/command.ts'
import type { Config } from '../config.ts'
import { createRateLimiter, type RateLimiter, UNLIMITED } from '../delivery/rate-limiter.ts'
import { type Log, sentences } from '../log.ts'
import { createClockCheck } from '../platforms/clock-check.ts'
import type { ComponentHealth } from '../server/health.ts'
import { createServer, type Server } from '../server/server.ts'
import { openStore, type Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { planToday } from './briefing.ts'
import { type EditionSource, openEditions } from './edition-source.ts'
import { createLease, type Lease } from './lease.ts'
import { createSupervisor, type Supervisor } from './platform-supervisor.ts'
import { modulesOf, type PlatformContext, type PlatformModule } from './platforms.ts'

/** Every part that lives as long as the process. */
export interface Context extends PlatformContext {
  readonly config: Config
  readonly reachability: Reachability
  readonly editions: EditionSource
  readonly server: Server
  readonly lease: Lease
  /** The lease's name. */
  readonly leaseName: string
  readonly modules: readonly PlatformModule[]
  readonly supervisor: Supervisor
  readonly limiters: ReadonlyMap<string, RateLimiter>
  /** `edited`: the content has changed. `announced`: a person has confirmed, paused or stopped a broadcast. */
  readonly events: EventEmitter<{ edited: []; announced: [] }>
  /** Reports on the parts by name, for `/readyz` and `/status`; undefined if there is nothing to report. */
  readonly health: Map<string, () => ComponentHealth | undefined>
  /** False for the local chat on a bot's database: its posts would take the news from that bot's chats. */
  mayPost(): Promise<boolean>
  /** Closes what was opened, in the opposite order. */
  close(): Promise<void>
}

/** Replaces parts of the context, for tests and for the terminal. */
export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
  /** How long the lease holds without being renewed, in milliseconds. */
  readonly leaseTtlMs?: number
  /** Posts as fast as the platforms answer: for platforms on this machine that have no limits. */
  readonly isUnlimited?: boolean
  /** See `TelegramOptions`. */
  readonly checkMs?: number
}

/**
 * Reads the content, takes the port and opens the store, in that order. Throws {@link ContentError},
 * {@link PlatformError} if the port is taken, and {@link StoreError}; then it closes what it has opened.
 */
export async function openContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const { clock = systemClock, log = sentences(() => {}), isUnlimited = false } = overrides
  await using opened = new AsyncDisposableStack()
  const modules = modulesOf(config)
  const isLocal = modules.some(module => module.isLocal)
  const events: Context['events'] = new EventEmitter()
  const health: Context['health'] = new Map()

  const editions = openEditions({
    ...{ directory: config.contentDir, clock, log },
    onChange() {
      supervisor.refresh()
      events.emit('edited')
    },
  })
  const supervisor = createSupervisor(
    modules.map(({ name }) => name),
    () => ({ status: lease.state() === 'waiting' ? 'standby' : 'starting' }),
    log,
  )
  opened.defer(editions.stop)
  await editions.watch()
  warnOfModerators(config, isLocal, log)

  // Everyone who reaches the local chat may do what a moderator may, so it listens on this machine alone.
  const server = createServer(isLocal ? '127.0.0.1' : config.host, config.port)
  opened.defer(server.stop)
  // Before a platform is asked: a second bot on this port must not take the first one's updates.
  await server.listen()

  const store = await openStore({ url: config.databaseUrl, clock, log })
  opened.defer(store.close)
  store.watch()
  const mayPost = async () => !isLocal || isOwn(store)
  const isSilent = !(await mayPost())
  if (isSilent) log.info({ event: 'local.silent' }, texts.localSilent)

  const leaseName = isLocal ? 'local' : 'active'
  const lease = createLease({
    ...{ table: store.lease, name: leaseName, clock, log: isLocal ? quieter(log) : log },
    holder: `${hostname()}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`,
    ...(overrides.leaseTtlMs && { ttlMs: overrides.leaseTtlMs }),
  })
  const clockCheck = createClockCheck(clock, log)
  const limiters = new Map(
    modules.map(({ name, rate = Number.POSITIVE_INFINITY, limits }) => [
      name,
      createRateLimiter(isUnlimited ? UNLIMITED : { rate, limits }),
    ]),
  )
  reportHealth(health, { editions, store, lease, clockCheck, supervisor, isLocal })
  const reachability = createReachability({ store, now: clock.now, log })
  const operations = isSilent ? undefined : await openOperations()
  const bot = createBot({
    ...{ registry: editions.registry, clock, log, timeZone: config.timeZone, store },
    ...{ moderators: config.moderators, operations, reachability },
  })

  async function openOperations(): Promise<Operations> {
    const { createUpdateRound } = await import('../schedule/update-round.ts')
    const { debounceMs, timeZone, holdMs } = config
    const platforms = modules.map(({ name }) => name)
    return {
      parts: () => reportOf(health),
      platforms: modules,
      news: createUpdateRound({ store, clock, log, platforms, debounceMs, timeZone }),
      announcing: { holdMs, wake: () => void events.emit('announced') },
    }
  }

  const closing = opened.move()
  return {
    ...{ config, clock, log, editions, server, store, lease, leaseName, modules, supervisor },
    ...{
      bot,
      reachability,
      limiters,
      clockCheck,
      events,
      health,
      mayPost,
      checkMs: overrides.checkMs,
    },
    address: server.address,
    plan: (from, to) => planToday(config, clock, editions.registry().edition, from, to),
    close: () => closing.disposeAsync(),
  }
}

/** Returns what each part reports. */
export function reportOf(health: Context['health']): Record<string, ComponentHealth> {
  const reports = [...health].map(([name, report]) => [name, report()] as const)
  return Object.fromEntries(
    reports.filter((each): each is [string, ComponentHealth] => each[1] !== undefined),
  )
}

interface Reporting extends Pick<Context, 'editions' | 'store' | 'lease' | 'supervisor'> {
  readonly clockCheck: ClockCheck
  readonly isLocal: boolean
}

function reportHealth(health: Context['health'], parts: Reporting): void {
  const { editions, store, lease, clockCheck, supervisor, isLocal } = parts
  health.set('content', editions.part)
  health.set('store', () => ({ ...store.state(), ready: store.state().status === 'open' }))
  health.set('lease', () => ({ status: lease.state(), ready: true }))
  // The local chat has no platform to compare the clock with.
  if (!isLocal) health.set('clock', clockCheck.part)
  for (const name of Object.keys(supervisor.states())) {
    health.set(name, () => {
      const state = supervisor.states()[name]
      return state && { ...state, ready: ['running', 'standby'].includes(state.status) }
    })
  }
}

/** Whether no bot has ever used the database, nor does so now. */
async function isOwn({ chats, lease }: Store): Promise<boolean> {
  if (await lease.isTaken('active')) return false
  return (await chats.platforms()).every(name => name === 'web')
}

/** A log that reports lease events at debug level, for readers of a terminal. */
function quieter(log: Log): Log {
  return Object.create(log, { info: { value: log.debug.bind(log) } })
}

function warnOfModerators({ moderators }: Config, isLocal: boolean, log: Log): void {
  const { users, roles } = moderators
  if (roles.length > 0) {
    const said = 'Whoever manages these roles appoints moderators.'
    log.warn({ event: 'moderators.roles' }, said)
  }
  if (!isLocal && users.length + roles.length === 0) {
    log.info({ event: 'moderators.none' }, 'MODERATORS is empty: nobody may announce.')
  }
}
