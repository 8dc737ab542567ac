import type { InBatches } from '../async/batches.ts'
import { BoundedMap } from '../async/bounded-map.ts'
import { yieldToEventLoop } from '../async/yield.ts'
import { isOwed, lastDigest, localDate, nextDigest } from '../chats/digest-time.ts'
import { type Changes, diffEditions, NOTHING_CHANGED } from '../content/diff.ts'
import { readEdition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import { digestDatesOn } from '../store/chats/chat.ts'
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

/** Most cached differences. Chats have last seen a few editions, and each edition has one difference to the newest. */
const CACHED_CHANGES = 50

/** The key under which the store keeps the release of the time zone database. */
const ZONE_DATA = 'zone data'

/**
 * Hours before the old instant of a digest from which its new instant is searched after the rules of a zone have
 * changed. New rules move a digest by a few hours.
 */
const RULE_CHANGE_HOURS = 12

/**
 * A digest that is due later than this, in hours, was planned by a clock that ran ahead. The limit exceeds a day or a
 * week, because a chat may change to a zone in which the day of its last digest has not come yet, and then waits for
 * the digest after that.
 */
const FAR_HOURS = { daily: 5 * 24, weekly: 17 * 24 } as const

/** Creates the round that enqueues due digests. Its functions throw {@link StoreError} if the store fails. */
export function createDigestRound(options: DigestRoundOptions) {
  const { store, log, term, platforms, inBatches } = options
  const changesCache = new BoundedMap<string, Changes>(CACHED_CHANGES)
  // A crash may have left broadcasts that are not marked as enqueued, so the first run marks them.
  let needsMark = true
  /** The release of the time zone database that all waiting digests are planned with. */
  let plannedWith: string | undefined
  const isOver = () => term.signal.aborted || !term.holds()

  /** Compares an earlier edition with the published one. No changes if the store no longer has it. */
  async function changesSince(
    since: number | undefined,
    { id, edition }: PublishedEdition,
  ): Promise<Changes> {
    if (since === undefined || since === id) return NOTHING_CHANGED
    const key = `${since} ${id}`
    const cached = changesCache.get(key)
    if (cached) return cached
    const before = readEdition((await store.editions.find(since))?.content)
    const changes = before ? diffEditions(before, edition) : NOTHING_CHANGED
    changesCache.set(key, changes)
    return changes
  }

  /** Creates the broadcast of a slot; undefined if the digest is too late or has nothing to say. */
  async function broadcastOf(slot: DigestSlot, onlyNew: boolean, isLate: boolean) {
    const isSilent = onlyNew && !isWorthSending(slot)
    if (isLate || isSilent) {
      const missed = [{ key: digestKey(slot), at: slot.at }]
      await store.slots.record(missed, isLate ? 'missed' : 'silent')
      return undefined
    }
    needsMark = true
    const { id } = await store.broadcasts.create(toBroadcast(digestPost(slot), platforms))
    return id
  }

  /** Plans the digest due at `at` for all chats with the same rhythm and edition. */
  async function makePlan(
    { rhythm, since, onlyNew }: DueChat,
    at: Temporal.Instant,
    published: PublishedEdition,
    now: Temporal.Instant,
  ): Promise<DigestPlan> {
    const between = { ...(since !== undefined && { since }), until: published.id }
    const changes = await changesSince(since, published)
    const slot = { rhythm, at, edition: published.edition, changes, between }
    const isLate = at.until(now).total('hours') >= GRACE_HOURS.digest
    const broadcast = await broadcastOf(slot, onlyNew, isLate)
    const nextAt = nextDigest(rhythm, now)
    if (broadcast === undefined) return { slotAt: at, nextAt }
    const digested = digestDatesOn(localDate(at, rhythm.zone), rhythm.cadence)
    return { slotAt: at, nextAt, broadcast, digested }
  }

  /** Enqueues the digests of up to `most` due chats of a platform. Resolves to the number of these chats as `count`. */
  async function enqueueBatch(
    platform: string,
    planOf: (chat: DueChat) => Promise<DigestPlan>,
    now: Temporal.Instant,
    most: number,
  ) {
    const due = await store.digests.due(platform, now, most)
    const decisions: DigestDecision[] = []
    for (const chat of due) {
      if (isOver()) return { isDone: true, count: 0 }
      const { id, dueAt, digested } = chat
      decisions.push({ id, dueAt, ...(digested && { digested }), ...(await planOf(chat)) })
    }
    if (isOver()) return { isDone: true, count: 0 }
    if (decisions.length > 0) await store.digests.enqueue(platform, decisions)
    return { isDone: due.length < most, count: decisions.length }
  }

  /** Returns the instant of the same digest by the current rules of its zone, after the last digest of the chat. */
  function sameDigest(chat: WaitingChat): Temporal.Instant {
    const { rhythm, nextAt, digestedAt, digested, pausedUntil } = chat
    const from = nextAt.subtract({ hours: RULE_CHANGE_HOURS })
    const times = [from, digestedAt, pausedUntil?.subtract({ milliseconds: 1 })]
    const latest = times
      .filter(time => time !== undefined)
      .sort(Temporal.Instant.compare)
      .at(-1)
    return nextDigest(rhythm, latest ?? from, digested)
  }

  async function reschedule(
    chats: readonly WaitingChat[],
    to: (chat: WaitingChat) => Temporal.Instant,
  ) {
    const plans = chats
      .map(chat => ({ id: chat.id, from: chat.nextAt, to: to(chat) }))
      .filter(plan => !plan.from.equals(plan.to))
    if (plans.length > 0) await store.digests.replan(plans)
  }

  return {
    /** Enqueues all due digests. Resolves to whether any was due. */
    async run(published: PublishedEdition, now: Temporal.Instant): Promise<boolean> {
      let wasDue = false
      const plans = new Map<string, DigestPlan>()
      const planOf = async (chat: DueChat): Promise<DigestPlan> => {
        const { rhythm, dueAt, digested } = chat
        const group = groupOf(chat)
        const usual = plans.get(group)
        if (usual && Temporal.Instant.compare(usual.slotAt, dueAt) >= 0) return usual
        const last = lastDigest(rhythm, now)
        const isMoved = Temporal.Instant.compare(last, dueAt) < 0
        // New rules of the zone have moved the digest, which is not due yet.
        if (isMoved && !isOwed(rhythm, last, dueAt, digested)) {
          return { slotAt: last, nextAt: nextDigest(rhythm, now, digested) }
        }
        // A changed setting has moved the digest's time into the past, so the digest is owed since `dueAt`.
        const [at, key] = isMoved ? [dueAt, `${group} ${dueAt}`] : [last, group]
        const plan = plans.get(key) ?? (await makePlan(chat, at, published, now))
        plans.set(key, plan)
        await yieldToEventLoop()
        return plan
      }
      for (const platform of platforms) {
        await inBatches(async most => {
          const batch = await enqueueBatch(platform, planOf, now, most)
          wasDue ||= batch.count > 0
          return batch
        })
      }
      if (needsMark && !isOver()) {
        await store.digests.markEnqueued()
        needsMark = false
      }
      return wasDue
    },
    /** Plans all waiting digests again if the release of the time zone database has changed. */
    async replan(zoneData: string): Promise<void> {
      if (plannedWith === zoneData) return
      const before = await store.slots.recall(ZONE_DATA)
      if (before !== undefined && before !== zoneData) {
        let after = 0
        const isDone = await inBatches(async most => {
          const chats = await store.digests.waiting(after, most)
          after = chats.at(-1)?.id ?? after
          await reschedule(chats, sameDigest)
          return { isDone: chats.length < most }
        })
        if (!isDone) return
        const fields = { event: 'schedule.replanned', zoneData, before }
        log.info(fields, 'Time zone data changed. Rescheduled all digests.')
      }
      if (before !== zoneData) await store.slots.remember(ZONE_DATA, zoneData)
      plannedWith = zoneData
    },
    /** Plans digests of the far future and with damaged times again. A clock that ran ahead has planned the former. */
    async resetFarFuture(now: Temporal.Instant): Promise<void> {
      for (const platform of platforms) {
        const chats = await store.digests.resetDamaged(platform)
        if (chats > 0) {
          const fields = { event: 'chat.damaged', platform, chats }
          log.error(fields, 'The time of a digest is damaged in the database. Rescheduled it.')
        }
        await inBatches(async most => {
          const far = {
            daily: now.add({ hours: FAR_HOURS.daily }),
            weekly: now.add({ hours: FAR_HOURS.weekly }),
          }
          const chats = await store.digests.tooFarAhead(platform, now, far, most)
          await reschedule(chats, ({ rhythm, digested }) => nextDigest(rhythm, now, digested))
          return { isDone: chats.length < most }
        })
      }
    },
  }
}

/** The part of a decision that all chats with the same digest share. */
type DigestPlan = Omit<DigestDecision, 'id' | 'dueAt'>

/** Returns a key that chats with the same digest share. */
function groupOf({ rhythm, since, onlyNew }: DueChat): string {
  const { zone, cadence, hour, weekday, quiet } = rhythm
  return [zone, cadence, hour, weekday, quiet?.from, quiet?.to, since, onlyNew].join(' ')
}
