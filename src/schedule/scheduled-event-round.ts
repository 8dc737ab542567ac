import { backoffMs } from '../async/backoff.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import type { Clock, ClockTrust } from '../clock.ts'
import { type Edition, readEdition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import type { Failure, Outcome, ServerEvents } from '../poster.ts'
import { isStoreError } from '../store/error.ts'
import type { EventServer, KnownEvent } from '../store/schedule/scheduled-events.ts'
import type { Store } from '../store/store.ts'
import { type ComingEvent, comingEvents } from './coming-events.ts'
import { type EventStep, findMade, planEvents } from './scheduled-event-plan.ts'

export interface ScheduledEventOptions {
  readonly store: Pick<Store, 'scheduledEvents' | 'editions'>
  readonly clock: Clock
  readonly log: Log
  readonly term: Term
  readonly platform: string
  readonly api: ServerEvents
  /** See `ScheduleOptions`. */
  readonly mayPost: () => Promise<boolean>
  readonly trust: ClockTrust
}

/**
 * Keeps the events that servers list themselves as the newest edition has them whose update was published. Runs beside the
 * schedule, so that a platform that is slow delays no post.
 */
export interface ScheduledEventRound {
  /** Runs until the term is over. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Starts a pass now. */
  wake(): void
  /** Makes the changes that are due. Resolves to the pause before the next pass, in milliseconds. */
  pass(): Promise<number>
}

/** Longest time between two passes over a server, within which events come near, in milliseconds. */
const EVERY_MS = 3_600_000

/** Pause after a call: at most one call a second leaves, so posts keep the platform's limit for themselves. */
const PACE_MS = 1000

/** Bounds of the pauses after failed passes over a server, in milliseconds. */
const PAUSES = { firstMs: 60_000, longestMs: EVERY_MS } as const

/** Pause until a server that refused is tried anew, in milliseconds. */
const REFUSED_MS = 24 * 3_600_000

/** Longest sleep without a wake, and the pause after a store error, in milliseconds. */
const LONGEST_MS = 90_000
const RETRY_MS = 1000

/** Time for which an event is kept after its end, in case that it moves; in hours. */
const KEPT_HOURS = 60 * 24

/** The edition that servers' lists follow. */
interface Announced {
  readonly id: number
  readonly edition: Edition
}

type Create = Extract<EventStep, { how: 'create' }>

export function createScheduledEventRound(options: ScheduledEventOptions): ScheduledEventRound {
  const { store, clock, log, term, platform, api, mayPost, trust } = options
  const table = store.scheduledEvents
  const wakeTimer = createWakeTimer(clock, term.signal)
  let last: Announced | undefined
  const isActive = () => !term.signal.aborted && term.holds()
  /** The coming events by zone, of one edition and one hour: most servers share a zone. */
  let coming = { key: '', byZone: new Map<string, readonly ComingEvent[]>() }
  /** The end of a wait that concerns every call of the bot, by {@link Clock.elapsed}. */
  let blockedUntil = Number.NEGATIVE_INFINITY

  async function announced() {
    const kept = await store.editions.announced()
    const edition = last?.id === kept?.id ? last?.edition : readEdition(kept?.content)
    last = kept && edition && { id: kept.id, edition }
    return last
  }

  async function comingIn(zone: string, { id, edition }: Announced) {
    const hour = clock.now().round({ smallestUnit: 'hour', roundingMode: 'floor' })
    const key = `${id} ${hour}`
    if (coming.key !== key) coming = { key, byZone: new Map() }
    const { byZone } = coming
    const found = byZone.get(zone) ?? (await comingEvents(edition, hour.toZonedDateTimeISO(zone)))
    byZone.set(zone, found)
    return found
  }

  async function paced<T>(call: Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await call
    await clock.pause(PACE_MS, term.signal)
    return outcome
  }

  /**
   * Finds events that the next steps would create once more, and records them, so that they are changed instead. Resolves
   * to the failure that ends the pass.
   */
  async function adopt(
    server: EventServer,
    known: readonly KnownEvent[],
    steps: readonly Create[],
  ) {
    if (steps.length === 0) return undefined
    const listed = await paced(api.list(server.server))
    if (!listed.ok) return listed.failure
    for (const step of steps) {
      const made = findMade(step, listed.value, known)
      if (!made) continue
      await table.record(server, { ...rowOf(step), id: made.id, digest: '', startsAt: made.start })
    }
    return undefined
  }

  /** Makes one change. Resolves to the failure that ends the pass. */
  async function take(server: EventServer, step: EventStep): Promise<Failure | undefined> {
    const outcome = await paced(callOf(server, step))
    const failure = outcome.ok ? undefined : outcome.failure
    if (failure && !isSettled(failure, step)) return failure
    if (failure?.next === 'rejected') {
      const fields = { event: 'scheduled-events.rejected', platform, server: server.server }
      const { code } = failure
      log.warn({ ...fields, code }, 'A server’s list refused the facts of an event.')
    }
    const row = rowAfter(step, outcome)
    await table.record(server, row, step.how === 'change' ? step.known.subject : undefined)
    return undefined
  }

  function callOf({ server }: EventServer, step: EventStep): Promise<Outcome<unknown>> {
    switch (step.how) {
      case 'create':
        return api.create(server, step.event)
      case 'change':
        return api.change(server, step.known.id, step.event)
      case 'cancel':
        return api.cancel(server, step.known.id)
    }
  }

  /** Makes the changes that a server needs. */
  async function tend(server: EventServer, current: Announced): Promise<void> {
    const near = server.isOn ? await comingIn(server.zone, current) : []
    const steps = async () => {
      const known = await table.events(server)
      return { known, planned: planEvents(current.edition, server, near, known, clock.now()) }
    }
    const { known, planned } = await steps()
    const failure = await adopt(server, known, planned.filter(isCreate))
    if (failure) return end(server, failure)
    for (const step of (await steps()).planned) {
      if (!isActive()) return
      const failure = await take(server, step)
      if (failure) return end(server, failure)
    }
    const nextAt = clock.now().add({ milliseconds: EVERY_MS })
    await table.passed(server, { nextAt, edition: current.id })
  }

  /** Ends a pass that failed: a refusal waits a day, anything else backs off. */
  async function end(server: EventServer, failure: Failure): Promise<void> {
    if (term.signal.aborted) return
    const { tries } = server
    const refused = refusalOf(failure)
    const namedMs = failure.next === 'retry' ? failure.afterMs : undefined
    const pauseMs = refused
      ? REFUSED_MS
      : Math.max(namedMs ?? 0, backoffMs(Math.min(tries + 1, 10), PAUSES))
    if (namedMs !== undefined && failure.next === 'retry' && !failure.alone)
      blockedUntil = clock.elapsed() + namedMs
    const fields = { event: 'scheduled-events.failed', platform, server: server.server }
    const { code } = failure
    const said = refused
      ? 'A server refuses events. Trying again in a day.'
      : 'Couldn’t change a server’s events. Trying again.'
    log[tries === 0 ? 'warn' : 'debug']({ ...fields, code, refused }, said)
    const nextAt = clock.now().add({ milliseconds: pauseMs })
    await table.passed(server, { nextAt, ...(refused !== undefined && { refused }) })
  }

  async function pass(): Promise<number> {
    if (!(await mayPost())) return LONGEST_MS
    while (isActive() && trust.mayPost()) {
      const waitMs = blockedUntil - clock.elapsed()
      if (waitMs > 0) return Math.min(waitMs, LONGEST_MS)
      // A pass over many servers takes long, so that an edit may be published during it.
      const current = await announced()
      const server = current && (await table.due(platform, current.id, clock.now()))
      if (!server) break
      await tend(server, current)
      if (trust.mayErase()) await table.erase(clock.now().subtract({ hours: KEPT_HOURS }))
    }
    return LONGEST_MS
  }

  return {
    pass,
    wake: wakeTimer.wake,
    run: () =>
      loop({
        pass,
        pause: wakeTimer.sleep,
        signal: term.signal,
        mayGoOn: isStoreError,
        afterErrorMs: RETRY_MS,
      }),
  }
}

function isCreate(step: EventStep): step is Create {
  return step.how === 'create'
}

/** Whether a failure ends its step for good, so that the next steps can follow. Pure. */
function isSettled(failure: Failure, { how }: EventStep): boolean {
  const { next } = failure
  if (next === 'message-missing' || next === 'done') return how !== 'create'
  return next === 'rejected' && failure.of === 'content'
}

/** Returns the reason why a server refuses: `rights`, or the platform's words; undefined if it may accept later. Pure. */
function refusalOf(failure: Failure): string | undefined {
  if (failure.next === 'gone' && failure.why === 'forbidden') return 'rights'
  const isRefused = failure.next === 'gone' || failure.next === 'rejected'
  return isRefused ? (failure.said ?? failure.code) : undefined
}

/** Returns an event as it is stored once it is in the list. Pure. */
function rowOf({
  subject,
  digest,
  event: { start, end },
}: EventStep & { how: 'create' | 'change' }) {
  return { subject, digest, state: 'open' as const, startsAt: start, endsAt: end }
}

/** Returns an event as it is stored after its step. Pure. */
function rowAfter(step: EventStep, outcome: Outcome<unknown>): KnownEvent {
  const isMissing = !outcome.ok && outcome.failure.next === 'message-missing'
  if (step.how === 'cancel') {
    return { ...step.known, state: isMissing ? 'deleted' : 'cancelled' }
  }
  const row = rowOf(step)
  if (step.how === 'change') {
    return { ...row, id: step.known.id, ...(isMissing && { state: 'deleted' }) }
  }
  return outcome.ok ? { ...row, id: String(outcome.value) } : { ...row, state: 'refused' }
}
