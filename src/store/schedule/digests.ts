import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { DigestCadence, DigestDates, Rhythm } from '../chats/chat.ts'
import { readRhythm, toDigested } from '../chats/chat-row.ts'
import { EPOCH, instantOf, instantOrEpoch } from '../instant.ts'
import { isReachableOrDue } from '../ledger/audience.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { isDamagedTime, jsonRecordset } from '../sql/json-recordset.ts'
import type { ChatRow, Tables } from '../sql/schema.ts'

/**
 * The due digests, and their rows in the ledger. Digests are enqueued by chat; `FanOut` explains the two ways to
 * enqueue. Everything throws {@link StoreError} if the store fails.
 */
export interface Digests {
  /** Finds up to `most` chats of a platform whose digest is due, soonest first. */
  due(platform: string, now: Temporal.Instant, most: number): Promise<DueChat[]>
  /**
   * Creates the row of each due chat, and sets its next digest, in the same transaction, so that no chat gets a digest
   * twice. Skips a chat whose next digest has changed since it was found due. A suspected chat gets a row only if its
   * next try is due.
   */
  enqueue(platform: string, decisions: readonly DigestDecision[]): Promise<void>
  /** Marks the broadcasts of digests as enqueued, so that they can finish. Call it when no more chats are due. */
  markEnqueued(): Promise<void>
  /** Lists up to `most` chats with ids above `after` that have a next digest, in the order of their ids. */
  waiting(after: number, most: number): Promise<WaitingChat[]>
  /**
   * Finds up to `most` chats of a platform whose next digest is later than `far` allows, without those that are paused
   * at `now`.
   */
  tooFarAhead(
    platform: string,
    now: Temporal.Instant,
    far: Far,
    most: number,
  ): Promise<WaitingChat[]>
  /** Makes digests with a damaged time due now, so that the schedule plans them again. Resolves to their number. */
  resetDamaged(platform: string): Promise<number>
  /** Moves digests to other instants. Skips a chat whose next digest has changed since it was found. */
  replan(plans: readonly Replanned[]): Promise<void>
}

/** A chat whose digest is due. */
export interface DueChat {
  readonly id: number
  readonly dueAt: Temporal.Instant
  readonly rhythm: Rhythm
  /** The edition that the chat has seen; absent if none. */
  readonly since?: number
  readonly onlyNew: boolean
  readonly digested?: DigestDates
}

/** The digest that a due chat gets now, if any, and when its next one is due. */
export interface DigestDecision {
  readonly id: number
  readonly dueAt: Temporal.Instant
  /** The broadcast of the digest; absent if the chat gets none this time. */
  readonly broadcast?: number
  /** The digests that the chat got, including this one if it gets it. */
  readonly digested?: DigestDates
  /** When this digest was due by the chat's schedule. */
  readonly slotAt: Temporal.Instant
  readonly nextAt: Temporal.Instant
}

/** The latest plausible instant of the next digest, by cadence. */
type Far = Readonly<Record<DigestCadence, Temporal.Instant>>

/** A chat that waits for its next digest. */
export interface WaitingChat {
  readonly id: number
  readonly rhythm: Rhythm
  readonly nextAt: Temporal.Instant
  readonly digestedAt?: Temporal.Instant
  readonly digested?: DigestDates
  readonly pausedUntil?: Temporal.Instant
}

interface Replanned {
  readonly id: number
  /** The instant at which the digest was due when it was found. */
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
}

const RHYTHM = ['zone', 'cadence', 'hour', 'weekday', 'quiet_from', 'quiet_to'] as const
const DIGESTED = ['digested_at', 'digest_day', 'digest_week'] as const
const WAITING = ['id', ...RHYTHM, ...DIGESTED, 'next_digest_at', 'paused_until'] as const

/** Concurrent transactions for one batch of due chats. Each keeps a core of PostgreSQL busy; SQLite has one connection. */
const TRANSACTIONS: Readonly<Record<DialectName, number>> = { postgres: 2, sqlite: 1 }

const RECORD_COLUMNS = {
  c: 'bigint',
  d: 'bigint',
  b: 'bigint',
  s: 'bigint',
  n: 'bigint',
  g: 'text',
  w: 'text',
}

function toRecord({ id, dueAt, broadcast, digested = { day: '' }, ...rest }: DigestDecision) {
  return {
    c: id,
    d: dueAt.epochMilliseconds,
    b: broadcast ?? null,
    s: rest.slotAt.epochMilliseconds,
    n: rest.nextAt.epochMilliseconds,
    g: digested.day,
    w: digested.week ?? null,
  }
}

export function createDigests(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Digests {
  /** Enqueues a part of a batch in one transaction. */
  async function enqueuePart(platform: string, decisions: readonly DigestDecision[]) {
    const records = jsonRecordset(dialect, decisions.map(toRecord), RECORD_COLUMNS)
    const broadcasts = [...new Set(decisions.flatMap(({ broadcast }) => broadcast ?? []))]
    const isReachable = isReachableOrDue(clock.now().epochMilliseconds)
    const move = sql`
      update chats set next_digest_at = v.n, digested_at = v.s,
        digest_day = v.g, digest_week = coalesce(v.w, digest_week)
      from ${records} where chats.id = v.c and chats.next_digest_at = v.d`
    const insertFrom = (rows: RawBuilder<unknown>) => sql`
      insert into deliveries (broadcast_id, chat_id, platform, state, attempts, next_at, part,
        revision, revision_sent, repeated)
      select b, c, ${platform}, 'pending', 0, 0, 0, 0, 0, 0 from ${rows} on conflict do nothing`
    await db.transaction().execute(async transaction => {
      if (dialect === 'postgres') {
        // One statement finds and locks each chat once.
        const due = sql`moved where b is not null and is_reachable`
        await sql`
          with moved as (${move} returning v.b, v.c, ${isReachable} as is_reachable)
          ${insertFrom(due)}`.execute(transaction)
      } else {
        const due = sql`${records} join chats on chats.id = v.c
          where v.b is not null and chats.next_digest_at = v.d and ${isReachable}`
        await insertFrom(due).execute(transaction)
        await move.execute(transaction)
      }
      if (broadcasts.length === 0) return
      if (dialect === 'postgres') {
        // In one order, so that concurrent parts cannot wait for each other below.
        await transaction
          .selectFrom('broadcasts')
          .select('id')
          .where('id', 'in', broadcasts)
          .orderBy('id')
          .forNoKeyUpdate()
          .execute()
      }
      // Reopen a finished broadcast: a chat whose pause has ended late gets the same digest as the others. The rows come
      // first: they lock their broadcasts against `finish` until the transaction ends.
      await transaction
        .updateTable('broadcasts')
        .set({ finished_at: null, enqueued: 0 })
        .where('id', 'in', broadcasts)
        .where(({ or, eb }) => or([eb('finished_at', 'is not', null), eb('enqueued', '=', 1)]))
        .execute()
    })
  }

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
    async enqueue(platform, decisions) {
      const size = Math.ceil(decisions.length / TRANSACTIONS[dialect])
      const parts: Promise<void>[] = []
      for (let from = 0; from < decisions.length; from += size) {
        parts.push(enqueuePart(platform, decisions.slice(from, from + size)))
      }
      await Promise.all(parts)
    },
    async markEnqueued() {
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
    async tooFarAhead(platform, now, { daily, weekly }, most) {
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
    async resetDamaged(platform) {
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
        c: id,
        o: from.epochMilliseconds,
        n: to.epochMilliseconds,
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
