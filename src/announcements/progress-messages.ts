import { backoffMs } from '../async/backoff.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Message } from '../message.ts'
import type { ChatRef, Term } from '../platform.ts'
import type { Failure, Poster } from '../poster.ts'
import type { NewEntry } from '../store/announcements/audit.ts'
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
  /** IANA zone of chats that have not chosen one. */
  readonly timeZone: string
  /** By platform: each message counts against the chat's limits. */
  readonly limiters: ReadonlyMap<string, { reply(chat: string, now: number): void }>
  /** Reads a stopwatch, in milliseconds. */
  readonly elapsed?: () => number
  /** Outlives the term, so that the next one does not post a card again whose id could not be stored. */
  readonly shown?: ShownProgress
}

/** Shows moderators how far their announcements have come: one message each, edited in place. */
export interface ProgressMessages {
  /** Until it is stopped or the term is over. Rejects with what nobody has foreseen. */
  run(): Promise<void>
  /** Something was confirmed, or stopped. */
  wake(): void
  /** Ends what is under way; may be called again. */
  stop(): Promise<void>
}

/** A message is edited at most so often, in milliseconds: 20 a minute are a group's limit on Telegram. */
const EDIT_MS = 3000

/** How often it is looked for what another process has confirmed, in milliseconds. */
const LOOK_MS = 1000

/** Counting rows takes at most one part of so many of the time: the broadcast needs the rest. */
const COUNTING = 100

/** Speeds are measured over so long, in milliseconds. */
const SPEED_MS = 15_000

/** Longest rest before what has failed is tried again, in milliseconds. */
const LONGEST_MS = 60_000

/** How often it is tried to show the last word. */
const LAST_TRIES = 8

/** A card whose first post may have arrived is posted once more, and not for ever. */
const POSTS = 2

/** Cards by the ids of their announcements, as far as this process knows them. */
export type ShownProgress = Map<number, Shown>

interface Shown {
  /** The platform's id of the message, until the store has it. */
  unkeptId?: string | undefined
  /** What it shows. */
  text?: string
  /** Looked at last, and not again for so long; in milliseconds. */
  at: number
  restMs: number
  /** How long counting rests, in milliseconds; the count of a finished broadcast is its last, and waits for none. */
  countingMs: number
  /** Settled rows over the last seconds. */
  samples: { readonly at: number; readonly done: number }[]
  failures: number
  posts: number
  /** Nobody can see it any more: what comes of it is still written down. */
  isUnreachable: boolean
}

/** What a card says at this moment. */
interface Drawn {
  readonly message: Message
  /** Whether that is its last word; `outcome` is what is written down then. */
  readonly isLast: boolean
  readonly outcome?: ProgressOutcome
}

/** Whoever holds the lease is the only one to write cards: what one shows last is what the ledger says. */
export function createProgressMessages(options: ProgressMessagesOptions): ProgressMessages {
  const { store, posters, clock, log, term, timeZone, limiters } = options
  const { elapsed = () => performance.now() } = options
  const known: ShownProgress = options.shown ?? new Map()
  const stopping = new AbortController()
  const signal = AbortSignal.any([term.signal, stopping.signal])
  const wakeTimer = createWakeTimer(clock, signal)
  let running: Promise<void> | undefined

  const now = () => clock.now().epochMilliseconds

  async function look(): Promise<void> {
    const open = await store.progressMessages.open()
    for (const id of known.keys()) if (!open.some(each => each.id === id)) known.delete(id)
    for (const announcement of open) {
      if (signal.aborted || !term.holds()) return
      const shown = known.get(announcement.id) ?? beginning()
      known.set(announcement.id, shown)
      // A clock that was set back keeps nobody waiting.
      const { at, restMs, countingMs } = shown
      const pauseMs = announcement.isFinished ? restMs : Math.max(restMs, countingMs)
      if (Math.abs(now() - at) >= pauseMs) await show(announcement, shown)
    }
  }

  async function show(announcement: Announcement, shown: Shown): Promise<void> {
    const before = elapsed()
    const drawn = await draw(announcement, shown)
    shown.countingMs = (elapsed() - before) * COUNTING
    const text = JSON.stringify(drawn.message)
    const waitMs =
      shown.isUnreachable || shown.text === text ? 0 : await write(announcement, drawn, shown)
    shown.at = now()
    shown.restMs = Math.max(EDIT_MS, waitMs)
    // Nobody waits for ever to learn what has come of it.
    const isGivenUp = drawn.isLast && shown.failures >= LAST_TRIES
    if (waitMs > 0 && !isGivenUp) return
    shown.text = text
    if (drawn.isLast) await store.progressMessages.end(announcement, drawn.outcome)
  }

  /** How long to wait before it is tried again, in milliseconds; 0 where it is there, or nobody sees it. */
  async function write(
    { id, revision, place, cardId: keptId }: Announcement,
    { message }: Drawn,
    shown: Shown,
  ): Promise<number> {
    const cardId = keptId ?? shown.unkeptId
    await keep(id, shown)
    const poster = posters.find(({ platform }) => platform === place?.platform)
    const [part] = poster?.render(message, 'grid') ?? []
    if (!place || !poster || !part || (cardId === undefined && shown.posts >= POSTS)) {
      shown.isUnreachable = true
      return 0
    }
    limiters.get(place.platform)?.reply(place.address, now())
    if (cardId === undefined) shown.posts += 1
    const outcome =
      cardId === undefined
        ? await poster.send(place, part, { key: `card ${id} ${revision}` })
        : await poster.edit(place, cardId, part)
    if (outcome.ok && cardId === undefined) {
      shown.unkeptId = String(outcome.value)
      await keep(id, shown)
    }
    if (outcome.ok || outcome.failure.next === 'done') {
      shown.failures = 0
      return 0
    }
    return suffer(place, outcome.failure, shown)
  }

  async function keep(id: number, shown: Shown): Promise<void> {
    if (shown.unkeptId === undefined) return
    await store.progressMessages.set(id, shown.unkeptId)
    shown.unkeptId = undefined
  }

  async function suffer(place: ChatRef, failure: Failure, shown: Shown): Promise<number> {
    const { next, code } = failure
    const fields = { event: 'card.failed', platform: place.platform, code, next }
    log.debug(fields, 'A card is not shown.')
    if (next === 'moved') {
      const [group = place.address] = place.address.split('/')
      await store.chats.move(place.platform, group, failure.to)
    }
    if (['retry', 'uncertain', 'stop', 'moved'].includes(next)) {
      // What was refused has not been posted.
      if (next !== 'uncertain') shown.posts = 0
      shown.failures += 1
      const growing = backoffMs(shown.failures, { firstMs: EDIT_MS, longestMs: LONGEST_MS })
      return Math.max(growing, next === 'retry' ? (failure.afterMs ?? 0) : 0)
    }
    shown.isUnreachable = true
    return 0
  }

  async function draw(announcement: Announcement, shown: Shown): Promise<Drawn> {
    const { id, act, state, place, broadcastId = 0 } = announcement
    const standing =
      state === 'confirmed' ? await readBroadcastStatus(store.broadcasts, broadcastId) : undefined
    if (!standing) return { message: undone(id), isLast: true }
    const { broadcast, report } = standing
    const chat = place && (await store.chats.find(place))
    const speed = speedOf(shown, report, now())
    const card = progressView(standing, {
      ...{ now: clock.now(), zone: chat?.subscription.zone ?? timeZone, speed },
      // What nobody has got yet may still be undone: in a place of many it is not told.
      isPublic: place !== undefined && place.kind !== 'private',
    })
    const newest = await store.announcements.about(broadcastId)
    // What was corrected since has a card of its own.
    const isOver = newest !== undefined && newest.id !== id
    return {
      message: isOver ? { body: goingOn(card.body) } : card,
      isLast: broadcast.isFinished,
      outcome: { revision: broadcast.revision, note: outcomeOf(act, standing) },
    }
  }

  return {
    run() {
      running = loop({
        async pass() {
          if (term.holds()) await look()
          return LOOK_MS
        },
        ...{ signal, pause: wakeTimer.sleep, mayGoOn: isStoreError, afterErrorMs: LOOK_MS },
      })
      return running
    },
    wake: wakeTimer.wake,
    async stop() {
      stopping.abort()
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running])
    },
  }
}

function beginning(): Shown {
  return {
    at: Number.NEGATIVE_INFINITY,
    restMs: 0,
    countingMs: 0,
    samples: [],
    failures: 0,
    posts: 0,
    isUnreachable: false,
  }
}

/** What is written down when nothing more is to come. */
function outcomeOf(act: AnnouncementAct, { broadcast, report }: BroadcastStatus): NewEntry {
  const [reached, of] =
    act === 'send'
      ? [report.progress.sent, totalOf(report.progress)]
      : [report.reach.newest, report.reach.any]
  const { twice } = report.progress
  const details = { broadcast: broadcast.id, reached, of, ...(twice > 0 && { twice }) }
  return { actor: 'sitrep', action: `${act}.finished`, details }
}

function undone(id: number): Message {
  const { announcements, announce } = texts
  return {
    body: {
      type: 'root',
      children: [
        { type: 'paragraph', children: [{ type: 'text', value: announcements.done.undo }] },
      ],
    },
    actions: [{ label: announce.draft(id), command: `/announce ${id}` }],
  }
}

function goingOn(body: Message['body']): Message['body'] {
  const line = { type: 'text' as const, value: texts.announcements.goesOn }
  return { ...body, children: [...body.children, { type: 'paragraph', children: [line] }] }
}

/** Rows settled a second, since the oldest look that still counts. */
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
