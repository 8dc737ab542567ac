import { createBatches } from '../async/batches.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import { type Clock, type ClockTrust, TRUSTED } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import { isStoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { createDigestRound } from './digest-round.ts'
import { startHeartbeat } from './heartbeat.ts'
import { createReminderRound } from './reminder-round.ts'
import type { ReminderSettings } from './reminders.ts'
import { createNews } from './update-round.ts'

export interface ScheduleOptions {
  readonly store: Pick<Store, 'slots' | 'broadcasts' | 'digests' | 'editions'>
  readonly clock: Clock
  readonly log: Log
  readonly term: Term
  /** Those that are served: nobody else is posted to. */
  readonly platforms: readonly string[]
  /** What the content says at this moment. */
  readonly edition: () => Edition
  readonly reminders: ReminderSettings
  /** How long an edit rests before it is news, in milliseconds. */
  readonly debounceMs: number
  /** IANA zone that decides what is past for everybody. */
  readonly timeZone: string
  /** Told that there is something to send. */
  readonly onPosted: () => void
  /** Asked before each beat, where somebody else may come to have the say. */
  readonly mayPost?: () => Promise<boolean>
  readonly trust?: ClockTrust
  /** Release of the time zone database: instants that were computed by another are computed anew. */
  readonly zoneData?: string
}

/** What posts by itself, at the right moment in each reader's own clock. */
export interface Schedule {
  /** Until the term is over. Rejects with what nobody has foreseen. */
  run(): Promise<void>
  /** The content has changed. */
  wake(): void
  /**
   * Posts what is due, and resolves to the instant when something is due that the next beat would be late
   * for. Called again, or by another process, it posts nothing twice.
   */
  tick(): Promise<Temporal.Instant | undefined>
}

/** Longest sleep: where the clock was set back, node-cron waits until it is as late again; in milliseconds. */
const LONGEST_MS = 90_000

/** Pause before the store, or a clock that is not trusted, is asked again, in milliseconds. */
const AGAIN_MS = 1000

/** How often what nobody needs any more is erased, in milliseconds. */
const ERASE_MS = 3_600_000

/** How long it is kept what was planned for an instant, in hours. */
const KEPT_HOURS = 60 * 24

export function createSchedule(options: ScheduleOptions): Schedule {
  const { store, clock, log, term, edition, onPosted } = options
  const { zoneData = process.versions.tz ?? '', mayPost = async () => true } = options
  const { trust = TRUSTED } = options
  const wakeTimer = createWakeTimer(clock, term.signal)
  const inBatches = createBatches(term.signal)
  const news = createNews(options)
  const remind = createReminderRound(options)
  const digests = createDigestRound({ ...options, inBatches })
  let erasedAt = Number.NEGATIVE_INFINITY

  async function erase(now: Temporal.Instant): Promise<void> {
    // A clock that was set back has not erased yet.
    if (Math.abs(now.epochMilliseconds - erasedAt) < ERASE_MS || !trust.mayErase()) return
    await eraseEditions()
    await digests.resetFarFuture(now)
    await store.slots.erase(now.subtract({ hours: KEPT_HOURS }))
    erasedAt = now.epochMilliseconds
  }

  /** What no chat has to be told the difference to. */
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
    const now = clock.now()
    await digests.replan(zoneData)
    const told = await news.look(edition())
    const posted = [await remind(told, now), await digests.run(told, now)]
    // Also where nothing was: news may have been told.
    onPosted()
    if (posted.some(Boolean)) log.info({ event: 'schedule.posted' }, 'What is due is posted.')
    await erase(now)
    return news.dueAt()
  }

  /** How long until there is something to do that no beat announces, in milliseconds. */
  async function beat(): Promise<number> {
    if (!term.holds()) return LONGEST_MS
    if (!(await mayPost())) return LONGEST_MS
    if (!trust.mayPost()) return AGAIN_MS
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
          ...{ pass: beat, pause: wakeTimer.sleep, signal: term.signal },
          ...{ mayGoOn: isStoreError, afterErrorMs: AGAIN_MS },
        })
      } finally {
        await heart.stop()
      }
    },
  }
}
