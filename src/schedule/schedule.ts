import { createBatches } from '../async/batches.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import { type Clock, type ClockTrust, createSetCheck } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import { isStoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { createDigestRound } from './digest-round.ts'
import type { ReminderSettings } from './due-reminders.ts'
import { startHeartbeat } from './heartbeat.ts'
import { createPastEvents } from './past-events.ts'
import { createReminderRound } from './reminder-round.ts'
import { createUpdateRound, type PublishedEdition } from './update-round.ts'

export interface ScheduleOptions {
  readonly store: Pick<Store, 'slots' | 'broadcasts' | 'digests' | 'editions' | 'eventTopics'>
  readonly clock: Clock
  readonly log: Log
  readonly term: Term
  /** The platforms of this process. Chats of other platforms get no posts. */
  readonly platforms: readonly string[]
  /** Returns the current edition of the content. */
  readonly edition: () => Edition
  readonly reminders: ReminderSettings
  /** See `ReminderRoundOptions`. */
  readonly publicUrl?: string | undefined
  /** Time that an edit waits before its update is sent, in milliseconds. */
  readonly debounceMs: number
  /** IANA zone that decides which events are past. */
  readonly timeZone: string
  /** Called after each pass, because there may be something to send. */
  readonly onPosted: () => void
  /** Called before each pass, which is skipped if this resolves to false: see `Context.mayPost`. */
  readonly mayPost: () => Promise<boolean>
  readonly trust: ClockTrust
  /** Release of the time zone database. Instants that were computed with another release are computed again. */
  readonly zoneData?: string
}

/** Enqueues updates, reminders and digests, each at the local time of its chats. */
export interface Schedule {
  /** Runs until the term is over. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Starts a pass now, such as after a change of the content. */
  wake(): void
  /**
   * Enqueues everything that is due. Idempotent, also between processes. Resolves to the instant of a pending update,
   * for which the next heartbeat may be late. Throws {@link StoreError} if the store fails.
   */
  tick(): Promise<Temporal.Instant | undefined>
}

/**
 * Longest sleep, in milliseconds. After a clock was set back, node-cron sends no beat until the former time comes
 * again, so the schedule also wakes without a beat.
 */
const LONGEST_MS = 90_000

/** Pause before the next pass after a store error, or while the clock is not trusted; in milliseconds. */
const RETRY_MS = 1000

/** Time between two removals of old data, and between two corrections of stored instants, in milliseconds. */
const TIDY_MS = 3_600_000

/** Age after which slots are removed, in hours. */
const KEPT_HOURS = 60 * 24

export function createSchedule(options: ScheduleOptions): Schedule {
  const { store, clock, log, term, edition, onPosted } = options
  const { zoneData = process.versions.tz ?? '', mayPost, trust } = options
  const wakeTimer = createWakeTimer(clock, term.signal)
  const inBatches = createBatches(term.signal)
  const updates = createUpdateRound(options)
  const reminders = createReminderRound(options)
  const digests = createDigestRound({ ...options, inBatches })
  const removePastEvents = createPastEvents(store, options.timeZone, inBatches)
  const wasClockSet = createSetCheck(clock)
  let tidiedAt = Number.NEGATIVE_INFINITY

  async function erase(now: Temporal.Instant, published: PublishedEdition): Promise<void> {
    await eraseEditions()
    await removePastEvents(published.edition, now)
    await digests.resetFarFuture(now)
    await store.slots.erase(now.subtract({ hours: KEPT_HOURS }))
  }

  /** Removes editions that no chat needs for a comparison. */
  async function eraseEditions(): Promise<void> {
    const older = new Set(await store.editions.older())
    let after = 0
    const isDone = await inBatches(async most => {
      if (older.size === 0) return { isDone: true }
      const { ids, last } = await store.editions.knownTo(after, most)
      for (const id of ids) older.delete(id)
      after = last ?? after
      return { isDone: last === undefined }
    })
    if (isDone) await store.editions.erase([...older])
  }

  async function tick(): Promise<Temporal.Instant | undefined> {
    const [now, at] = [clock.now(), clock.elapsed()]
    if (wasClockSet()) tidiedAt = Number.NEGATIVE_INFINITY
    const isUntidy = at - tidiedAt >= TIDY_MS
    if (isUntidy) {
      // A clock that ran ahead may have stored instants in the future. `erase` corrects those of digests.
      await updates.resetFuture(now)
      await reminders.resetFuture(now)
    }
    await digests.replan(zoneData)
    const published = await updates.run(edition())
    const posted = [await reminders.run(published, now), await digests.run(published, now)]
    // Call it in any case, because `updates.run` may have published an update.
    onPosted()
    if (posted.some(Boolean)) log.info({ event: 'schedule.posted' }, 'Posted what was due.')
    if (isUntidy && trust.mayErase()) {
      await erase(now, published)
      tidiedAt = at
    }
    return updates.dueAt()
  }

  /** Runs a pass. Resolves to the pause before the next one, in milliseconds. */
  async function beat(): Promise<number> {
    if (!term.holds()) return LONGEST_MS
    if (!(await mayPost())) return LONGEST_MS
    if (!trust.mayPost()) return RETRY_MS
    const next = await tick()
    if (!next) return LONGEST_MS
    const ms = next.epochMilliseconds - clock.now().epochMilliseconds
    return Math.min(LONGEST_MS, Math.max(0, ms))
  }

  return {
    tick,
    wake: wakeTimer.wake,
    async run() {
      const heart = startHeartbeat(wakeTimer.wake)
      try {
        await loop({
          pass: beat,
          pause: wakeTimer.sleep,
          signal: term.signal,
          mayGoOn: isStoreError,
          afterErrorMs: RETRY_MS,
        })
      } finally {
        await heart.stop()
      }
    },
  }
}
