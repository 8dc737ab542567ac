import { type Changes, diffEditions } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import type { InSlices } from '../delivery/slices.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import type { DueDigest, WaitingChat } from '../store/digests.ts'
import type { Store } from '../store/store.ts'
import { lastDigest, nextDigest } from './due.ts'
import type { Told } from './news.ts'
import { type DigestSlot, digestKey, digestPost, GRACE_HOURS, isWorthSending } from './posts.ts'

export interface DigestRoundOptions {
  readonly store: Pick<Store, 'agenda' | 'broadcasts' | 'digests' | 'editions'>
  readonly log: Log
  readonly term: Term
  readonly platforms: readonly string[]
  readonly inSlices: InSlices
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

const NOTHING: Changes = { sections: [], exercises: [] }

/** Gives every chat whose digest is due its row, group by group. */
export function createDigestRound(options: DigestRoundOptions) {
  const { store, log, term, platforms, inSlices } = options
  const differences = new Map<string, Changes>()
  let isFirst = true
  let planned: string | undefined

  /** What has changed since an edition; nothing since one that is not kept. */
  async function changesSince(since: number | undefined, { id, edition }: Told): Promise<Changes> {
    if (since === undefined || since === id) return NOTHING
    const key = `${since} ${id}`
    const known = differences.get(key)
    if (known) return known
    const kept = await store.editions.find(since)
    const changes = kept ? diffEditions(JSON.parse(kept.content) as Edition, edition) : NOTHING
    if (differences.size >= KEPT) differences.clear()
    differences.set(key, changes)
    return changes
  }

  /** The broadcast that a group gets; nothing where it gets none. */
  async function broadcastOf(due: DueDigest, slot: DigestSlot, isLate: boolean) {
    const key = digestKey(slot)
    const isSilent = due.onlyNew && !isWorthSending(slot)
    if (isLate || isSilent) {
      await store.agenda.record([{ key, at: slot.at }], isLate ? 'missed' : 'silent')
      return undefined
    }
    const { audience, message, ...post } = digestPost(slot)
    const { id } = await store.broadcasts.create({
      ...post,
      audience: { ...audience, platforms },
      message: JSON.stringify(message),
    })
    return id
  }

  /** All chats with the same digest: posted to, or not, and due again at their next one. */
  async function take(due: DueDigest, told: Told, now: Temporal.Instant): Promise<void> {
    const { rhythm, since } = due
    const nextAt = nextDigest(rhythm, now)
    const at = lastDigest(rhythm, now)
    const between = { ...(since !== undefined && { since }), until: told.id }
    const changes = await changesSince(since, told)
    const slot = { rhythm, at, edition: told.edition, changes, between }
    const hours = at.until(now).total('hours')
    // By the rules of a zone that have changed meanwhile it is not due yet.
    const isEarly = Temporal.Instant.compare(at, due.dueAt) < 0
    const broadcast = isEarly
      ? undefined
      : await broadcastOf(due, slot, hours >= GRACE_HOURS.digest)
    const taking = { ...(broadcast !== undefined && { broadcast }), slotAt: at, nextAt }
    await inSlices(most => {
      // Whoever has lost the lease meanwhile leaves the rest to its next holder.
      if (!term.holds()) return Promise.resolve({ isDone: true })
      return store.digests.take(due, taking, most)
    })
  }

  return {
    /** Resolves to whether anything was due. */
    async run(told: Told, now: Temporal.Instant): Promise<boolean> {
      let wasDue = false
      for (const platform of platforms) {
        for (;;) {
          const due = term.holds() ? await store.digests.next(platform, now) : undefined
          if (!due) break
          wasDue = true
          await take(due, told, now)
        }
      }
      // Whoever died in the midst of it has left some open.
      if (wasDue || isFirst) await store.digests.seal()
      isFirst = false
      return wasDue
    },
    /** Computes anew what was computed with another time zone database. */
    async replan(zoneData: string): Promise<void> {
      if (planned === zoneData) return
      const before = await store.agenda.recall(ZONE_DATA)
      if (before !== undefined && before !== zoneData) {
        let after = 0
        const isDone = await inSlices(async most => {
          const chats = await store.digests.waiting(after, most)
          after = chats.at(-1)?.id ?? after
          const plans = chats.map(chat => ({ id: chat.id, nextAt: sameDigest(chat) }))
          const moved = plans.filter(
            ({ nextAt }, index) => !nextAt.equals(chats[index]?.nextAt ?? nextAt),
          )
          if (moved.length > 0) await store.digests.replan(moved)
          return { isDone: chats.length < most }
        })
        if (!isDone) return
        log.info(
          { event: 'schedule.replanned', zoneData, before },
          'The rules of time zones have changed.',
        )
      }
      if (before !== zoneData) await store.agenda.remember(ZONE_DATA, zoneData)
      planned = zoneData
    },
  }

  /** The same digest by the rules of now: not before one that it has got already. */
  function sameDigest({ rhythm, nextAt, digestedAt }: WaitingChat): Temporal.Instant {
    const from = nextAt.subtract({ hours: MOVED_HOURS })
    const isLater = digestedAt && Temporal.Instant.compare(digestedAt, from) > 0
    return nextDigest(rhythm, isLater ? digestedAt : from)
  }
}
