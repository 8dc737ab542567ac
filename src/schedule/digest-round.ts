import type { InBatches } from '../async/batches.ts'
import { yieldToEventLoop } from '../async/yield.ts'
import { isOwed, lastDigest, localDate, nextDigest } from '../chats/next-digest.ts'
import { type Changes, diffEditions, NOTHING_CHANGED } from '../content/diff.ts'
import { readEdition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import { digestedOn } from '../store/chats/chat.ts'
import type { DigestDecision, DueChat, WaitingChat } from '../store/schedule/digests.ts'
import type { Store } from '../store/store.ts'
import {
  type DigestSlot,
  digestKey,
  digestPost,
  GRACE_HOURS,
  isWorthSending,
  toBroadcast,
} from './posts.ts'
import type { PublishedEdition } from './update-round.ts'

export interface DigestRoundOptions {
  readonly store: Pick<Store, 'slots' | 'broadcasts' | 'digests' | 'editions'>
  readonly log: Log
  readonly term: Term
  readonly platforms: readonly string[]
  readonly inBatches: InBatches
}

/** Differences that are kept: between all the editions that chats know at a time. */
const KEPT = 50

/** Under what the clock remembers which time zone database it has computed with. */
const ZONE_DATA = 'zone data'

/**
 * When the rules of a zone change, a digest moves by a few hours: the new instant of the same digest is
 * the first one from so many hours before the old one.
 */
const MOVED_HOURS = 12

/**
 * A digest that is due later than this was planned by a clock that was wrong, in hours. A chat that has had the digest of
 * a day that is yet to come in its new zone waits for the day, or the week, after that.
 */
const FAR_HOURS = { daily: 5 * 24, weekly: 17 * 24 } as const

/** Gives every chat whose digest is due its row. */
export function createDigestRound(options: DigestRoundOptions) {
  const { store, log, term, platforms, inBatches } = options
  const differences = new Map<string, Changes>()
  // Whoever died in the midst of it has left some open.
  let needsSeal = true
  let planned: string | undefined
  const isOver = () => term.signal.aborted || !term.holds()

  /** What has changed since an edition; nothing since one that is not kept. */
  async function changesSince(
    since: number | undefined,
    { id, edition }: PublishedEdition,
  ): Promise<Changes> {
    if (since === undefined || since === id) return NOTHING_CHANGED
    const key = `${since} ${id}`
    const known = differences.get(key)
    if (known) return known
    const kept = readEdition((await store.editions.find(since))?.content)
    const changes = kept ? diffEditions(kept, edition) : NOTHING_CHANGED
    if (differences.size >= KEPT) differences.clear()
    differences.set(key, changes)
    return changes
  }

  /** The broadcast that those with this slot get; nothing where they get none. */
  async function broadcastOf(slot: DigestSlot, onlyNew: boolean, isLate: boolean) {
    const isSilent = onlyNew && !isWorthSending(slot)
    if (isLate || isSilent) {
      const missed = [{ key: digestKey(slot), at: slot.at }]
      await store.slots.record(missed, isLate ? 'missed' : 'silent')
      return undefined
    }
    needsSeal = true
    const { id } = await store.broadcasts.create(toBroadcast(digestPost(slot), platforms))
    return id
  }

  /** Makes the digest of all chats that have the same rhythm and know the same edition, due at `at`. */
  async function makeSlot(
    { rhythm, since, onlyNew }: DueChat,
    at: Temporal.Instant,
    told: PublishedEdition,
    now: Temporal.Instant,
  ): Promise<Slot> {
    const between = { ...(since !== undefined && { since }), until: told.id }
    const changes = await changesSince(since, told)
    const slot = { rhythm, at, edition: told.edition, changes, between }
    const isLate = at.until(now).total('hours') >= GRACE_HOURS.digest
    const broadcast = await broadcastOf(slot, onlyNew, isLate)
    const nextAt = nextDigest(rhythm, now)
    if (broadcast === undefined) return { slotAt: at, nextAt }
    const digested = digestedOn(localDate(at, rhythm.zone), rhythm.cadence)
    return { slotAt: at, nextAt, broadcast, digested }
  }

  /** The next of those that are due on a platform; each gets what the others of its kind get. */
  async function takeSome(
    platform: string,
    slotOf: (chat: DueChat) => Promise<Slot>,
    now: Temporal.Instant,
    most: number,
  ) {
    const due = await store.digests.due(platform, now, most)
    const taken: DigestDecision[] = []
    for (const chat of due) {
      if (isOver()) return { isDone: true, taken: 0 }
      const { id, dueAt, digested } = chat
      taken.push({ id, dueAt, ...(digested && { digested }), ...(await slotOf(chat)) })
    }
    if (isOver()) return { isDone: true, taken: 0 }
    if (taken.length > 0) await store.digests.enqueue(platform, taken)
    return { isDone: due.length < most, taken: taken.length }
  }

  /** The same digest by the rules of now: not before one that it has got already. */
  function sameDigest(chat: WaitingChat): Temporal.Instant {
    const { rhythm, nextAt, digestedAt, digested, pausedUntil } = chat
    const from = nextAt.subtract({ hours: MOVED_HOURS })
    const times = [from, digestedAt, pausedUntil?.subtract({ milliseconds: 1 })]
    const known = times.filter(time => time !== undefined)
    return nextDigest(rhythm, known.sort(Temporal.Instant.compare).at(-1) ?? from, digested)
  }

  async function move(chats: readonly WaitingChat[], to: (chat: WaitingChat) => Temporal.Instant) {
    const plans = chats
      .map(chat => ({ id: chat.id, from: chat.nextAt, to: to(chat) }))
      .filter(plan => !plan.from.equals(plan.to))
    if (plans.length > 0) await store.digests.replan(plans)
  }

  return {
    /** Resolves to whether anything was due. */
    async run(told: PublishedEdition, now: Temporal.Instant): Promise<boolean> {
      let wasDue = false
      const slots = new Map<string, Slot>()
      const slotOf = async (chat: DueChat): Promise<Slot> => {
        const { rhythm, dueAt, digested } = chat
        const kind = kindOf(chat)
        const usual = slots.get(kind)
        if (usual && Temporal.Instant.compare(usual.slotAt, dueAt) >= 0) return usual
        const last = lastDigest(rhythm, now)
        const isMoved = Temporal.Instant.compare(last, dueAt) < 0
        // By rules of a zone that have changed, it is not due yet.
        if (isMoved && !isOwed(rhythm, last, dueAt, digested)) {
          return { slotAt: last, nextAt: nextDigest(rhythm, now, digested) }
        }
        // A changed setting has moved its moment into the past: it is due since then.
        const [at, key] = isMoved ? [dueAt, `${kind} ${dueAt}`] : [last, kind]
        const slot = slots.get(key) ?? (await makeSlot(chat, at, told, now))
        slots.set(key, slot)
        // Whoever asks something meanwhile is answered.
        await yieldToEventLoop()
        return slot
      }
      for (const platform of platforms) {
        await inBatches(async most => {
          const slice = await takeSome(platform, slotOf, now, most)
          wasDue ||= slice.taken > 0
          return slice
        })
      }
      if (needsSeal && !isOver()) {
        await store.digests.markEnqueued()
        needsSeal = false
      }
      return wasDue
    },
    /** Computes anew what was computed with another time zone database. */
    async replan(zoneData: string): Promise<void> {
      if (planned === zoneData) return
      const before = await store.slots.recall(ZONE_DATA)
      if (before !== undefined && before !== zoneData) {
        let after = 0
        const isDone = await inBatches(async most => {
          const chats = await store.digests.waiting(after, most)
          after = chats.at(-1)?.id ?? after
          await move(chats, sameDigest)
          return { isDone: chats.length < most }
        })
        if (!isDone) return
        const fields = { event: 'schedule.replanned', zoneData, before }
        log.info(fields, 'The rules of time zones have changed.')
      }
      if (before !== zoneData) await store.slots.remember(ZONE_DATA, zoneData)
      planned = zoneData
    },
    /** Brings back what a clock that was ahead has planned for a day that is far off. */
    async resetFarFuture(now: Temporal.Instant): Promise<void> {
      for (const platform of platforms) {
        const chats = await store.digests.resetDamaged(platform)
        if (chats > 0) {
          const fields = { event: 'chat.damaged', platform, chats }
          log.error(fields, 'The time of a digest is damaged in the database; it is planned anew.')
        }
        await inBatches(async most => {
          const far = {
            daily: now.add({ hours: FAR_HOURS.daily }),
            weekly: now.add({ hours: FAR_HOURS.weekly }),
          }
          const chats = await store.digests.tooFarAhead(platform, now, far, most)
          await move(chats, ({ rhythm, digested }) => nextDigest(rhythm, now, digested))
          return { isDone: chats.length < most }
        })
      }
    },
  }
}

/** What is done with everybody whose digest is the same. */
type Slot = Omit<DigestDecision, 'id' | 'dueAt'>

/** What chats have in common that get the same digest. */
function kindOf({ rhythm, since, onlyNew }: DueChat): string {
  const { zone, cadence, hour, weekday, quiet } = rhythm
  return [zone, cadence, hour, weekday, quiet?.from, quiet?.to, since, onlyNew].join(' ')
}
