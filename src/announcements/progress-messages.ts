import { backoffMs } from '../async/backoff.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { ChatRef, Term } from '../platform.ts'
import type { Failure, Poster } from '../poster.ts'
import { type NewEntry, SITREP } from '../store/announcements/audit.ts'
import type { Announcement, AnnouncementAct } from '../store/announcements/draft.ts'
import type { ProgressOutcome } from '../store/announcements/progress-messages.ts'
import { isStoreError } from '../store/error.ts'
import { totalOf } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { progressView } from './progress-view.ts'
import { type BroadcastStatus, readBroadcastStatus } from './status.ts'

export interface ProgressMessagesOptions {
  readonly store: Pick<Store, 'announcements' | 'broadcasts' | 'progressMessages' | 'chats'>
  readonly posters: readonly Poster[]
  readonly clock: Clock
  readonly log: Log
  readonly term: Term
  /** IANA zone of chats without a zone of their own. */
  readonly timeZone: string
  /** By platform: each message counts against the chat's limits. */
  readonly limiters: ReadonlyMap<string, { reply(chat: string): void }>
  /** Measures the work of the database, in milliseconds of real time; `performance.now` by default. */
  readonly stopwatch?: () => number
  /** Outlives the term: if the id of a posted message could not be stored, the next term must not post again. */
  readonly shown?: ShownProgress
}

/** Shows moderators the progress of their announcements: one message for each announcement, edited in place. */
export interface ProgressMessages {
  /** Runs until `stop` is called or the term ends. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Starts the next pass now: a moderator has confirmed, paused or stopped an announcement. */
  wake(): void
  /** Waits for the current pass, and starts none; idempotent. */
  stop(): Promise<void>
}

/** Shortest time between two edits of a message, in milliseconds: a group on Telegram allows 20 a minute. */
const EDIT_MS = 3000

/** Longest time between two passes, in milliseconds: another process may have changed an announcement. */
const PASS_MS = 1000

/** Factor by which the pause after a count of rows is longer than the count: the broadcast needs the database. */
const COUNT_PAUSE_FACTOR = 100

/** Time over which the speed is measured, in milliseconds. */
const SPEED_MS = 15_000

/** Longest pause after a failure, in milliseconds. */
const LONGEST_MS = 60_000

/** Failed tries after which the final state is not shown, and only its outcome is stored. */
const LAST_TRIES = 8

/** Most posts of one progress message, if each may have arrived without an answer. */
const POSTS = 2

/** The progress messages that this process has shown, by the ids of their announcements. */
export type ShownProgress = Map<number, Shown>

/** The state of one progress message. */
interface Shown {
  /** The platform's id of the message, until the store has it. */
  unsavedId?: string | undefined
  /** The JSON of the shown message. */
  text?: string
  /** When the message was last updated, in elapsed milliseconds, and the pause after that. */
  at: number
  pauseMs: number
  /** The pause after counting rows, in milliseconds. The last count, of a finished broadcast, does not wait for it. */
  countPauseMs: number
  /** Numbers of settled rows over the last {@link SPEED_MS}; `at` is in elapsed milliseconds. */
  samples: { readonly at: number; readonly done: number }[]
  failures: number
  posts: number
  /** Whether the message cannot be shown any more. Its outcome is still stored. */
  isUnreachable: boolean
}

/** The message to show now. */
interface View {
  readonly message: Message
  /** Whether the message is final. */
  readonly isLast: boolean
  /** The outcome to store with the final message. */
  readonly outcome?: ProgressOutcome
}

/** Creates the progress messages of a lease term. Only the lease holder writes them, so the last edit is the newest. */
export function createProgressMessages(options: ProgressMessagesOptions): ProgressMessages {
  const { store, posters, clock, log, term, timeZone, limiters } = options
  const { stopwatch = () => performance.now() } = options
  const shownById: ShownProgress = options.shown ?? new Map()
  const stopping = new AbortController()
  const signal = AbortSignal.any([term.signal, stopping.signal])
  const wakeTimer = createWakeTimer(clock, signal)
  let running: Promise<void> | undefined

  async function showAll(): Promise<void> {
    const open = await store.progressMessages.open()
    for (const id of shownById.keys()) if (!open.some(each => each.id === id)) shownById.delete(id)
    for (const announcement of open) {
      if (signal.aborted || !term.holds()) return
      const shown = shownById.get(announcement.id) ?? notShown()
      shownById.set(announcement.id, shown)
      const { at, pauseMs, countPauseMs } = shown
      const leastMs = announcement.isFinished ? pauseMs : Math.max(pauseMs, countPauseMs)
      if (clock.elapsed() - at >= leastMs) await show(announcement, shown)
    }
  }

  async function show(announcement: Announcement, shown: Shown): Promise<void> {
    const before = stopwatch()
    const view = await viewOf(announcement, shown)
    shown.countPauseMs = (stopwatch() - before) * COUNT_PAUSE_FACTOR
    const text = JSON.stringify(view.message)
    const waitMs =
      shown.isUnreachable || shown.text === text ? 0 : await write(announcement, view, shown)
    shown.at = clock.elapsed()
    shown.pauseMs = Math.max(EDIT_MS, waitMs)
    // The outcome is stored in any case, even if the final message cannot be shown.
    const isGivenUp = view.isLast && shown.failures >= LAST_TRIES
    if (waitMs > 0 && !isGivenUp) return
    shown.text = text
    if (view.isLast) await store.progressMessages.end(announcement, view.outcome)
  }

  /** Posts or edits the message. Resolves to the pause before a retry, in milliseconds; 0 if none is needed. */
  async function write(
    { id, revision, place, cardId: savedId }: Announcement,
    { message: shownMessage }: View,
    shown: Shown,
  ): Promise<number> {
    const messageId = savedId ?? shown.unsavedId
    await saveId(id, shown)
    const poster = posters.find(({ platform }) => platform === place?.platform)
    const [part] = poster?.render(shownMessage, 'grid') ?? []
    if (!place || !poster || !part || (messageId === undefined && shown.posts >= POSTS)) {
      shown.isUnreachable = true
      return 0
    }
    limiters.get(place.platform)?.reply(place.address)
    if (messageId === undefined) shown.posts += 1
    const outcome =
      messageId === undefined
        ? await poster.send(place, part, { key: `card ${id} ${revision}` })
        : await poster.edit(place, messageId, part)
    if (outcome.ok && messageId === undefined) {
      shown.unsavedId = String(outcome.value)
      await saveId(id, shown)
    }
    if (outcome.ok || outcome.failure.next === 'done') {
      shown.failures = 0
      return 0
    }
    return onFailure(place, outcome.failure, shown)
  }

  async function saveId(id: number, shown: Shown): Promise<void> {
    if (shown.unsavedId === undefined) return
    await store.progressMessages.set(id, shown.unsavedId)
    shown.unsavedId = undefined
  }

  /** Resolves to the pause before a retry, in milliseconds; 0 if a retry cannot help. */
  async function onFailure(place: ChatRef, failure: Failure, shown: Shown): Promise<number> {
    const { next, code } = failure
    const fields = { event: 'card.failed', platform: place.platform, code, next }
    log.debug(fields, 'Couldn’t post or edit a progress message.')
    if (next === 'moved') {
      const [group = place.address] = place.address.split('/')
      await store.chats.move(place.platform, group, failure.to)
    }
    if (['retry', 'uncertain', 'stop', 'moved'].includes(next)) {
      // The platform has refused the call, so no message was posted.
      if (next !== 'uncertain') shown.posts = Math.max(0, shown.posts - 1)
      shown.failures += 1
      const pauseMs = backoffMs(shown.failures, { firstMs: EDIT_MS, longestMs: LONGEST_MS })
      return Math.max(pauseMs, next === 'retry' ? (failure.afterMs ?? 0) : 0)
    }
    shown.isUnreachable = true
    return 0
  }

  async function viewOf(announcement: Announcement, shown: Shown): Promise<View> {
    const { id, number, act, state, place, broadcastId = 0 } = announcement
    const status =
      state === 'confirmed' ? await readBroadcastStatus(store.broadcasts, broadcastId) : undefined
    if (!status) return { message: undone(number), isLast: true }
    const { broadcast, report } = status
    const chat = place && (await store.chats.find(place))
    const speed = speedOf(shown, report, clock.elapsed())
    const view = progressView(status, {
      now: clock.now(),
      zone: chat?.subscription.zone ?? timeZone,
      speed,
      // A moderator may still undo the announcement, so a group does not see its title yet.
      isPublic: place !== undefined && place.kind !== 'private',
    })
    const newest = await store.announcements.about(broadcastId)
    // A later correction has a progress message of its own.
    const isSuperseded = newest !== undefined && newest.id !== id
    return {
      message: isSuperseded ? superseded(view) : view,
      isLast: broadcast.isFinished,
      outcome: { revision: broadcast.revision, note: outcomeOf(act, status) },
    }
  }

  return {
    run() {
      running = loop({
        async pass() {
          if (term.holds()) await showAll()
          return PASS_MS
        },
        signal,
        pause: wakeTimer.sleep,
        mayGoOn: isStoreError,
        afterErrorMs: PASS_MS,
      })
      return running
    },
    wake: wakeTimer.wake,
    async stop() {
      stopping.abort()
      // `run` already reports a failure.
      await Promise.allSettled([running])
    },
  }
}

function notShown(): Shown {
  return {
    at: Number.NEGATIVE_INFINITY,
    pauseMs: 0,
    countPauseMs: 0,
    samples: [],
    failures: 0,
    posts: 0,
    isUnreachable: false,
  }
}

/** Returns the audit entry for a finished broadcast. */
function outcomeOf(act: AnnouncementAct, { broadcast, report }: BroadcastStatus): NewEntry {
  const [reached, of] =
    act === 'send'
      ? [report.progress.sent, totalOf(report.progress)]
      : [report.reach.newest, report.reach.any]
  const { twice } = report.progress
  const details = { broadcast: broadcast.id, reached, of, ...(twice > 0 && { twice }) }
  return { actor: SITREP, action: `${act}.finished`, details }
}

function undone(number: number): Message {
  const { announcements, announce } = texts
  const draft = { label: announce.draft(number), command: `/announce ${number}` }
  return message([paragraph(announcements.done.undo)], [draft])
}

function superseded({ body }: Message): Message {
  return message([...body.children, paragraph(texts.announcements.goesOn)])
}

/** Returns the rows settled a second since the oldest recent sample; undefined if that is less than a second old. */
function speedOf(
  shown: Shown,
  { progress }: BroadcastStatus['report'],
  at: number,
): number | undefined {
  const done = totalOf(progress) - progress.pending - progress.claimed
  const recent = shown.samples.filter(sample => at - sample.at <= SPEED_MS && sample.done <= done)
  shown.samples = [...recent, { at, done }]
  const [oldest] = recent
  const seconds = oldest ? (at - oldest.at) / 1000 : 0
  return oldest && seconds >= 1 ? (done - oldest.done) / seconds : undefined
}
