import type { Clock } from '../clock.ts'
import { createBell } from '../delivery/bell.ts'
import type { Log } from '../log.ts'
import type { Message } from '../message.ts'
import type { ChatPlace, Term } from '../platform.ts'
import type { Poster } from '../poster.ts'
import type { Announcement } from '../store/announcement.ts'
import { totalOf } from '../store/broadcast.ts'
import { StoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { cardOf } from './card.ts'
import { readStanding, type Standing } from './standing.ts'

export interface CardsOptions {
  readonly store: Pick<Store, 'announcements' | 'broadcasts' | 'chats'>
  readonly posters: readonly Poster[]
  readonly clock: Clock
  readonly log: Log
  readonly term: Term
  /** IANA zone of chats that have not chosen one. */
  readonly timeZone: string
  /** Told of each message, since it counts against the chat's limits. */
  readonly onPosted: (platform: string, address: string) => void
}

/** Shows moderators how far their announcements have come: one message each, edited in place. */
export interface Cards {
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

/** A card, as far as this process knows it. */
interface Shown {
  /** What it shows. */
  text?: string
  nextAt: number
  /** Settled rows over the last seconds. */
  samples: { readonly at: number; readonly done: number }[]
  failures: number
}

/** Whoever holds the lease is the only one to write cards: what one shows last is what the ledger says. */
export function createCards(options: CardsOptions): Cards {
  const { store, posters, clock, log, term, timeZone, onPosted } = options
  const { announcements, broadcasts } = store
  const stopping = new AbortController()
  const signal = AbortSignal.any([term.signal, stopping.signal])
  const bell = createBell(clock, signal)
  const known = new Map<number, Shown>()
  let running: Promise<void> | undefined

  const now = () => clock.now().epochMilliseconds

  async function look(): Promise<void> {
    const open = await announcements.shown()
    for (const id of known.keys()) if (!open.some(each => each.id === id)) known.delete(id)
    for (const announcement of open) {
      if (signal.aborted || !term.holds()) return
      const shown = known.get(announcement.id) ?? { nextAt: 0, samples: [], failures: 0 }
      known.set(announcement.id, shown)
      if (now() >= shown.nextAt) await show(announcement, shown)
    }
  }

  async function show(announcement: Announcement, shown: Shown): Promise<void> {
    const { id, revision, place } = announcement
    const poster = posters.find(({ platform }) => platform === place?.platform)
    if (!place || !poster) return announcements.endCard(id, revision)
    const startedAt = performance.now()
    const card = await drawn(announcement, place, shown)
    const tookMs = performance.now() - startedAt
    const text = JSON.stringify(card.message)
    const isShown = shown.text === text || (await write(poster, place, announcement, card.message))
    shown.nextAt = now() + Math.max(EDIT_MS, tookMs * COUNTING)
    if (isShown === 'later') {
      // Never sooner than it would be edited anyway.
      shown.failures += 1
      shown.nextAt = now() + EDIT_MS * 2 ** Math.min(shown.failures, 5)
      return
    }
    shown.failures = 0
    shown.text = text
    if (card.isLast || isShown === 'never') {
      await announcements.endCard(id, revision, card.isLast ? card.note : undefined)
    }
  }

  /** Whether it is there; `later` where it is to be tried again, `never` where nobody can see it. */
  async function write(
    poster: Poster,
    place: ChatPlace,
    { id, revision, cardId }: Announcement,
    card: Message,
  ): Promise<true | 'later' | 'never'> {
    const [part] = poster.render(card, 'grid')
    if (!part) return 'never'
    onPosted(place.platform, place.address)
    const key = `card ${id} ${revision}`
    const outcome =
      cardId === undefined
        ? await poster.send(place, part, { key })
        : await poster.edit(place, cardId, part)
    if (outcome.ok) {
      if (cardId === undefined) await announcements.setCard(id, String(outcome.value))
      return true
    }
    const { next, code } = outcome.failure
    if (next === 'done') return true
    log.debug(
      { event: 'card.failed', platform: place.platform, code, next },
      'A card is not shown.',
    )
    return ['retry', 'uncertain', 'stop'].includes(next) ? 'later' : 'never'
  }

  /** What a card says at this moment, and whether that is its last word. */
  async function drawn(announcement: Announcement, place: ChatPlace, shown: Shown) {
    const { id, act, state, broadcastId = 0 } = announcement
    if (state !== 'confirmed') return { message: undone(id), isLast: true }
    const chat = await store.chats.find(place)
    const zone = chat?.subscription.zone ?? timeZone
    const standing = await readStanding(broadcasts, broadcastId)
    if (!standing) return { message: undone(id), isLast: true }
    const { broadcast, report } = standing
    const newest = await announcements.about(broadcastId)
    // What was corrected since has a card of its own.
    const isOver = newest !== undefined && newest.id !== id
    const speed = speedOf(shown, report, now())
    const card = cardOf(standing, clock.now(), zone, speed)
    const note = {
      actor: 'sitrep',
      action: `${act}.finished`,
      details: {
        broadcast: broadcastId,
        reached: act === 'send' ? report.progress.sent : report.reach.newest,
        of: act === 'send' ? totalOf(report.progress) : report.reach.any,
      },
    }
    if (!isOver) return { message: card, isLast: broadcast.isFinished, note }
    const { body } = card
    return { message: { body: goingOn(body) }, isLast: true, note: undefined }
  }

  return {
    run() {
      running = (async () => {
        while (!signal.aborted) {
          try {
            if (term.holds()) await look()
          } catch (error) {
            // It has told so itself, and may be back in a moment.
            if (!(error instanceof StoreError)) throw error
          }
          await bell.sleep(LOOK_MS)
        }
      })()
      return running
    },
    wake: bell.ring,
    async stop() {
      stopping.abort()
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running])
    },
  }
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
function speedOf(shown: Shown, { progress }: Standing['report'], at: number): number | undefined {
  const done = totalOf(progress) - progress.pending - progress.claimed
  const recent = shown.samples.filter(sample => at - sample.at <= SPEED_MS && sample.done <= done)
  shown.samples = [...recent, { at, done }]
  const [oldest] = recent
  const seconds = oldest ? (at - oldest.at) / 1000 : 0
  return oldest && seconds >= 1 ? (done - oldest.done) / seconds : undefined
}
