import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { DigestCadence, Digested, Rhythm } from '../chats/chat.ts'
import { readRhythm, toDigested } from '../chats/chat-row.ts'
import { EPOCH, instantOf, instantOrEpoch } from '../instant.ts'
import { isOpen } from '../ledger/audience.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { isDamagedTime, jsonRecordset } from '../sql/json-recordset.ts'
import type { ChatRow, Tables } from '../sql/schema.ts'

/**
 * Whose digest is due, and their rows. Chats are taken: whoever has a row for a digest waits for the next
 * from then on, in the same transaction. Everything throws {@link StoreError} where the store fails.
 */
export interface Digests {
  /** Up to `most` chats of a platform whose digest is due, soonest first. */
  due(platform: string, now: Temporal.Instant, most: number): Promise<DueChat[]>
  /**
   * Gives chats their rows, and their next instant; but for those that have changed since they were found due.
   * A suspected chat gets a row only if its next try is due.
   */
  take(platform: string, taken: readonly Taken[]): Promise<void>
  /** All that were taken have their rows: their broadcasts may finish. */
  seal(): Promise<void>
  /** Up to `most` chats behind the id `after` that wait for a digest. */
  waiting(after: number, most: number): Promise<WaitingChat[]>
  /** Up to `most` chats whose digest is due later than it could be, and that are not paused at `now`. */
  beyond(platform: string, now: Temporal.Instant, far: Far, most: number): Promise<WaitingChat[]>
  /** Makes digests due whose instant is damaged, so that they are planned anew. Resolves to how many there were. */
  mend(platform: string): Promise<number>
  /** Moves digests to other instants; but for those that have changed since they were found waiting. */
  replan(plans: readonly Replanned[]): Promise<void>
}

export interface DueChat {
  readonly id: number
  readonly dueAt: Temporal.Instant
  readonly rhythm: Rhythm
  /** The edition that it knows; nothing where it knows none. */
  readonly since?: number
  readonly onlyNew: boolean
  readonly digested?: Digested
}

export interface Taken {
  readonly id: number
  readonly dueAt: Temporal.Instant
  /** The broadcast that it gets; nothing where it gets none this time. */
  readonly broadcast?: number
  /** The digests that the chat has had, this one included if it gets it. */
  readonly digested?: Digested
  /** Which digest this was. */
  readonly slotAt: Temporal.Instant
  readonly nextAt: Temporal.Instant
}

/** From when on the next digest of each cadence is too far off. */
type Far = Readonly<Record<DigestCadence, Temporal.Instant>>

export interface WaitingChat {
  readonly id: number
  readonly rhythm: Rhythm
  readonly nextAt: Temporal.Instant
  readonly digestedAt?: Temporal.Instant
  readonly digested?: Digested
  readonly pausedUntil?: Temporal.Instant
}

interface Replanned {
  readonly id: number
  /** As it was found. */
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
}

const RHYTHM = ['zone', 'cadence', 'hour', 'weekday', 'quiet_from', 'quiet_to'] as const
const DIGESTED = ['digested_at', 'digest_day', 'digest_week'] as const
const WAITING = ['id', ...RHYTHM, ...DIGESTED, 'next_digest_at', 'paused_until'] as const

export function createDigests(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Digests {
  return {
    async due(platform, now, most) {
      const rows = await db
        .selectFrom('chats')
        .select(['id', ...RHYTHM, ...DIGESTED, 'next_digest_at', 'edition_id', 'only_new'])
        .where('platform', '=', platform)
        .where('next_digest_at', '<=', now.epochMilliseconds)
        .where('next_digest_at', '>=', 0)
        .orderBy('next_digest_at')
        .limit(most)
        .execute()
      return rows.map(row => ({
        id: row.id,
        dueAt: instantOrEpoch(row.next_digest_at ?? 0),
        rhythm: readRhythm(row),
        ...(row.edition_id !== null && { since: row.edition_id }),
        onlyNew: row.only_new === 1,
        ...toDigested(row),
      }))
    },
    async take(platform, taken) {
      const given = jsonRecordset(
        dialect,
        taken.map(({ id, dueAt, broadcast, digested = { day: '' }, slotAt, nextAt }) => ({
          ...{ c: id, d: dueAt.epochMilliseconds, b: broadcast ?? null },
          ...{ s: slotAt.epochMilliseconds, n: nextAt.epochMilliseconds },
          ...{ g: digested.day, w: digested.week ?? null },
        })),
        {
          ...{ c: 'bigint', d: 'bigint', b: 'bigint', s: 'bigint', n: 'bigint' },
          ...{ g: 'text', w: 'text' },
        },
      )
      const broadcasts = [...new Set(taken.flatMap(({ broadcast }) => broadcast ?? []))]
      await db.transaction().execute(async transaction => {
        // Finished or not: who wakes up late gets what others have got.
        if (broadcasts.length > 0) {
          await transaction
            .updateTable('broadcasts')
            .set({ finished_at: null, enqueued: 0 })
            .where('id', 'in', broadcasts)
            .execute()
        }
        await sql`
          insert into deliveries (broadcast_id, chat_id, platform, state, attempts, next_at, part,
            revision, revision_sent, repeated)
          select v.b, v.c, ${platform}, 'pending', 0, 0, 0, 0, 0, 0
          from ${given} join chats on chats.id = v.c
          where v.b is not null and chats.next_digest_at = v.d and ${isOpen(clock.now().epochMilliseconds)}
          ${sql.raw(dialect === 'postgres' ? 'for update of chats' : '')}
          on conflict do nothing
        `.execute(transaction)
        await sql`
          update chats set next_digest_at = v.n, digested_at = v.s,
            digest_day = v.g, digest_week = coalesce(v.w, digest_week)
          from ${given} where chats.id = v.c and chats.next_digest_at = v.d
        `.execute(transaction)
      })
    },
    async seal() {
      await db
        .updateTable('broadcasts')
        .set({ enqueued: 1 })
        .where('slot_at', 'is not', null)
        .where('finished_at', 'is', null)
        .where('enqueued', '=', 0)
        .execute()
    },
    async waiting(after, most) {
      const rows = await db
        .selectFrom('chats')
        .select(WAITING)
        .where('id', '>', after)
        .where('next_digest_at', 'is not', null)
        .orderBy('id')
        .limit(most)
        .execute()
      return rows.map(toWaiting)
    },
    async beyond(platform, now, { daily, weekly }, most) {
      const rows = await db
        .selectFrom('chats')
        .select(WAITING)
        .where('platform', '=', platform)
        .where('next_digest_at', '>', daily.epochMilliseconds)
        .where(({ or, eb }) =>
          or([eb('next_digest_at', '>', weekly.epochMilliseconds), eb('cadence', '=', 'daily')]),
        )
        .where(({ or, eb }) =>
          or([eb('paused_until', 'is', null), eb('paused_until', '<=', now.epochMilliseconds)]),
        )
        .orderBy('next_digest_at')
        .limit(most)
        .execute()
      return rows.map(toWaiting)
    },
    async mend(platform) {
      const { numUpdatedRows } = await db
        .updateTable('chats')
        .set({ next_digest_at: EPOCH.epochMilliseconds })
        .where('platform', '=', platform)
        .where('next_digest_at', 'is not', null)
        .where(isDamagedTime('next_digest_at'))
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },
    async replan(plans) {
      const rows = plans.map(({ id, from, to }) => ({
        ...{ c: id, o: from.epochMilliseconds, n: to.epochMilliseconds },
      }))
      await sql`
        update chats set next_digest_at = v.n
        from ${jsonRecordset(dialect, rows, { c: 'bigint', o: 'bigint', n: 'bigint' })}
        where chats.id = v.c and chats.next_digest_at = v.o
      `.execute(db)
    },
  }
}

function toWaiting(row: Pick<ChatRow, (typeof WAITING)[number]>): WaitingChat {
  const [digestedAt, pausedUntil] = [row.digested_at, row.paused_until].map(ms =>
    ms === null ? undefined : instantOf(ms),
  )
  return {
    id: row.id,
    rhythm: readRhythm(row),
    nextAt: instantOrEpoch(row.next_digest_at ?? 0),
    ...(digestedAt && { digestedAt }),
    ...toDigested(row),
    ...(pausedUntil && { pausedUntil }),
  }
}
