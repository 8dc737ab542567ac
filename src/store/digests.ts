import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import type { DigestCadence } from './chat.ts'
import type { DialectName } from './migrations.ts'
import { records } from './records.ts'
import type { Tables } from './schema.ts'
import type { Slice } from './spreading.ts'

/**
 * Whose digest is due, and their rows. Chats are taken: whoever has a row for a digest waits for the next
 * from then on, in the same transaction. Everything throws {@link StoreError} where the store fails.
 */
export interface Digests {
  /** The digest that is due first on a platform. */
  next(platform: string, now: Temporal.Instant): Promise<DueDigest | undefined>
  /** When the next one is due, if any is to come. */
  soonest(platforms: readonly string[]): Promise<Temporal.Instant | undefined>
  /** Takes up to `most` chats whose digest this is, and gives them rows of `broadcast` where there is one. */
  take(due: DueDigest, taking: Taking, most: number): Promise<Slice>
  /** All that were taken have their rows: their broadcasts may finish. */
  seal(): Promise<void>
  /** Up to `most` chats behind the id `after` that wait for a digest. */
  waiting(after: number, most: number): Promise<WaitingChat[]>
  /** Moves digests to other instants. */
  replan(
    plans: readonly { readonly id: number; readonly nextAt: Temporal.Instant }[],
  ): Promise<void>
}

/** What chats have in common that get the same digest. */
export interface DueDigest {
  readonly platform: string
  readonly dueAt: Temporal.Instant
  readonly rhythm: DigestRhythm
  /** The edition that they know; nothing of those who know none. */
  readonly since?: number
  readonly onlyNew: boolean
}

interface DigestRhythm {
  /** IANA zone. */
  readonly zone: string
  readonly cadence: DigestCadence
  /** 0–23, local. */
  readonly hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  readonly weekday: number
  readonly quiet?: { readonly from: number; readonly to: number }
}

interface Taking {
  /** The broadcast that they get; nothing where they get none this time. */
  readonly broadcast?: number
  /** Which digest this was. */
  readonly slotAt: Temporal.Instant
  readonly nextAt: Temporal.Instant
}

export interface WaitingChat {
  readonly id: number
  readonly rhythm: DigestRhythm
  readonly nextAt: Temporal.Instant
  readonly digestedAt?: Temporal.Instant
}

const RHYTHM = ['zone', 'cadence', 'hour', 'weekday', 'quiet_from', 'quiet_to'] as const

export function createDigests(db: Kysely<Tables>, dialect: DialectName): Digests {
  const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms)

  /** Adds rows to a broadcast, finished or not: who wakes up late gets what others have got. */
  async function addRows(
    transaction: Transaction<Tables>,
    broadcast: number,
    platform: string,
    ids: readonly number[],
  ): Promise<void> {
    await transaction
      .updateTable('broadcasts')
      .set({ finished_at: null, enqueued: 0 })
      .where('id', '=', broadcast)
      .execute()
    await sql`
      insert into deliveries (broadcast_id, chat_id, platform, state, attempts, next_at, part,
        revision, revision_sent, repeated)
      select ${sql.lit(broadcast)}, v.c, ${platform}, 'pending', 0, 0, 0, 0, 0, 0
      from ${idRecords(ids)} where true
      on conflict do nothing
    `.execute(transaction)
  }

  const idRecords = (ids: readonly number[]) =>
    records(
      dialect,
      ids.map(c => ({ c })),
      { c: 'bigint' },
    )

  return {
    async next(platform, now) {
      const row = await db
        .selectFrom('chats')
        .select([...RHYTHM, 'next_digest_at', 'edition_id', 'only_new'])
        .where('platform', '=', platform)
        .where('next_digest_at', '<=', now.epochMilliseconds)
        .orderBy('next_digest_at')
        .limit(1)
        .executeTakeFirst()
      if (!row) return undefined
      return {
        platform,
        dueAt: instant(row.next_digest_at ?? 0),
        rhythm: toRhythm(row),
        ...(row.edition_id !== null && { since: row.edition_id }),
        onlyNew: row.only_new === 1,
      }
    },
    async soonest(platforms) {
      const rows = await Promise.all(
        platforms.map(platform =>
          db
            .selectFrom('chats')
            .select('next_digest_at as at')
            .where('platform', '=', platform)
            .where('next_digest_at', 'is not', null)
            .orderBy('next_digest_at')
            .limit(1)
            .executeTakeFirst(),
        ),
      )
      const times = rows.flatMap(row => row?.at ?? [])
      return times.length > 0 ? instant(Math.min(...times)) : undefined
    },
    async take(due, { broadcast, slotAt, nextAt }, most) {
      return db.transaction().execute(async transaction => {
        const query = sameDigest(transaction.selectFrom('chats'), due).select('id').limit(most)
        const rows = await (dialect === 'postgres' ? query.forUpdate() : query).execute()
        const ids = rows.map(({ id }) => id)
        if (ids.length === 0) return { isDone: true }
        if (broadcast !== undefined) await addRows(transaction, broadcast, due.platform, ids)
        await sql`
          update chats set next_digest_at = ${nextAt.epochMilliseconds},
            digested_at = ${slotAt.epochMilliseconds}
          where id in (select v.c from ${idRecords(ids)})
        `.execute(transaction)
        return { isDone: ids.length < most }
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
        .select(['id', ...RHYTHM, 'next_digest_at', 'digested_at'])
        .where('id', '>', after)
        .where('next_digest_at', 'is not', null)
        .orderBy('id')
        .limit(most)
        .execute()
      return rows.map(row => ({
        id: row.id,
        rhythm: toRhythm(row),
        nextAt: instant(row.next_digest_at ?? 0),
        ...(row.digested_at !== null && { digestedAt: instant(row.digested_at) }),
      }))
    },
    async replan(plans) {
      const rows = plans.map(({ id, nextAt }) => ({ c: id, n: nextAt.epochMilliseconds }))
      await sql`
        update chats set next_digest_at = v.n
        from ${records(dialect, rows, { c: 'bigint', n: 'bigint' })}
        where chats.id = v.c and chats.next_digest_at is not null
      `.execute(db)
    },
  }
}

function sameDigest<O>(
  query: SelectQueryBuilder<Tables, 'chats', O>,
  { platform, dueAt, rhythm, since, onlyNew }: DueDigest,
) {
  const { zone, cadence, hour, weekday, quiet } = rhythm
  return query
    .where('platform', '=', platform)
    .where('next_digest_at', '=', dueAt.epochMilliseconds)
    .where('zone', '=', zone)
    .where('cadence', '=', cadence)
    .where('hour', '=', hour)
    .where('weekday', '=', weekday)
    .where('quiet_from', 'is not distinct from', quiet?.from ?? null)
    .where('quiet_to', 'is not distinct from', quiet?.to ?? null)
    .where('edition_id', 'is not distinct from', since ?? null)
    .where('only_new', '=', Number(onlyNew))
}

interface RhythmRow {
  readonly zone: string
  readonly cadence: string
  readonly hour: number
  readonly weekday: number
  readonly quiet_from: number | null
  readonly quiet_to: number | null
}

function toRhythm({ zone, cadence, hour, weekday, quiet_from, quiet_to }: RhythmRow): DigestRhythm {
  return {
    ...{ zone, cadence: cadence as DigestCadence, hour, weekday },
    ...(quiet_from !== null && quiet_to !== null && { quiet: { from: quiet_from, to: quiet_to } }),
  }
}
