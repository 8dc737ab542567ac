import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { ChatRef } from '../../platform.ts'
import { readKind } from '../chats/chat-row.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { chatsOf, surveyOf } from './audience.ts'
import {
  type Audience,
  type AudienceGroup,
  BREAKER_OVERRIDDEN,
  type Broadcast,
  type BroadcastListItem,
  KINDS,
  type NewBroadcast,
  type Progress,
  type Report,
  toBroadcast,
} from './broadcast.ts'
import { countDeliveries } from './counts.ts'
import { lockBroadcast } from './fan-out.ts'

/** What is to be sent, to whom, and how far that has come. Throws {@link StoreError} where the store fails. */
export interface Broadcasts {
  /** Makes it, where there is none of its key yet. */
  create(broadcast: NewBroadcast): Promise<{ readonly id: number; readonly isNew: boolean }>
  find(id: number): Promise<Broadcast | undefined>
  /** What is not finished, the most urgent first. */
  open(): Promise<Broadcast[]>
  /** What was posted about something, the oldest first. */
  about(subject: string): Promise<Broadcast[]>
  /** Its message of this moment, as JSON, and the revision that it belongs to. */
  message(id: number): Promise<{ readonly message: string; readonly revision: number } | undefined>
  /** Counts all rows, in slices: for people, not for each send. */
  progress(id: number): Promise<Progress>
  /** The same, with whom it has reached and why not the others; nothing where there is no such one. */
  report(id: number): Promise<Report | undefined>
  /** The newest first; those before the id `before`, where one is given. */
  list(most: number, before?: number): Promise<BroadcastListItem[]>
  /** Everybody in an audience at this moment, whether they would get it or not. */
  survey(audience: Audience): Promise<AudienceGroup[]>
  /** Each kind of place that gets a broadcast and can be reached; `hasTaken`: one has its newest revision. */
  kinds(
    id: number,
  ): Promise<(Pick<ChatRef, 'platform' | 'kind'> & { readonly hasTaken: boolean })[]>
  /** How many chats are in an audience at this moment, by platform. */
  count(audience: Audience): Promise<Readonly<Record<string, number>>>

  /**
   * Another message in the place of the one that was sent, and for those who wait; of a cancelled one, for
   * those alone who have got it. False where there is no such one.
   */
  revise(id: number, message: string): Promise<boolean>
  /** Takes it back; `notice`, a message as JSON, stands where nothing can be deleted. */
  retract(id: number, notice: string): Promise<boolean>
  /** False where it is not on its way; `note` where nobody but ourselves has wanted that. */
  pause(id: number, note?: string): Promise<boolean>
  resume(id: number): Promise<boolean>
  /** Whoever has not got a part of it yet does not get it. */
  cancel(id: number): Promise<boolean>
}

export function createBroadcasts(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Broadcasts {
  const now = () => clock.now().epochMilliseconds

  const renew = (id: number, message: string, isRetracted: boolean) =>
    db
      .transaction()
      .execute(transaction =>
        renewBroadcast(transaction, dialect, id, { message, isRetracted }, now()),
      )

  async function turn(
    id: number,
    but: readonly string[],
    to: Broadcast['state'],
    note: string | null = null,
  ): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('broadcasts')
      .set({ state: to, note })
      .where('id', '=', id)
      .where('state', 'not in', but)
      .where('finished_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  return {
    async create(broadcast) {
      const made = await insertBroadcast(db, broadcast, now())
      if (made) return { ...made, isNew: true }
      const known = await db
        .selectFrom('broadcasts')
        .select('id')
        .where('dedupe_key', '=', broadcast.key)
        .executeTakeFirstOrThrow()
      return { ...known, isNew: false }
    },
    async find(id) {
      const row = await db
        .selectFrom('broadcasts')
        .select(COLUMNS)
        .where('id', '=', id)
        .executeTakeFirst()
      return row && toBroadcast(row)
    },
    async open() {
      const rows = await selectOpen(db).execute()
      return rows.map(toBroadcast)
    },
    async about(subject) {
      const rows = await db
        .selectFrom('broadcasts')
        .select(COLUMNS)
        .where('subject', '=', subject)
        .orderBy('id')
        .execute()
      return rows.map(toBroadcast)
    },
    message: id =>
      db
        .selectFrom('broadcasts')
        .select(['message', 'revision'])
        .where('id', '=', id)
        .executeTakeFirst(),
    progress: async id => (await countDeliveries(db, id, 0, now())).progress,
    async report(id) {
      const broadcast = await db
        .selectFrom('broadcasts')
        .select('revision')
        .where('id', '=', id)
        .executeTakeFirst()
      return broadcast && countDeliveries(db, id, broadcast.revision, now())
    },
    async list(most, before = Number.MAX_SAFE_INTEGER) {
      const rows = await db
        .selectFrom('broadcasts')
        .select([...COLUMNS, 'message'])
        .where('id', '<', before)
        .orderBy('id', 'desc')
        .limit(most)
        .execute()
      return rows.map(row => ({
        ...toBroadcast(row),
        message: row.message,
      }))
    },
    survey: audience => surveyOf(db, audience, now()),
    async kinds(id) {
      const rows = await db
        .selectFrom('deliveries as d')
        .innerJoin('broadcasts as b', 'b.id', 'd.broadcast_id')
        .innerJoin('chats as c', 'c.id', 'd.chat_id')
        .select(['c.platform', 'c.kind'])
        .select(
          sql<number>`max(case when d.revision_sent >= b.revision then 1 else 0 end)`.as('taken'),
        )
        .where('d.broadcast_id', '=', id)
        .where('d.state', 'not in', ['gone', 'skipped'])
        .groupBy(['c.platform', 'c.kind'])
        .execute()
      return rows.map(({ platform, kind, taken }) => ({
        ...{ platform, kind: readKind(kind), hasTaken: taken > 0 },
      }))
    },
    async count(audience) {
      const rows = await chatsOf(db, audience, now())
        .select(({ fn }) => ['chats.platform', fn.countAll<number>().as('count')])
        .groupBy('chats.platform')
        .execute()
      const none = audience.platforms.map(platform => [platform, 0])
      const counted = rows.map(({ platform, count }) => [platform, Number(count)])
      return { ...Object.fromEntries(none), ...Object.fromEntries(counted) }
    },

    revise: (id, message) => renew(id, message, false),
    retract: (id, notice) => renew(id, notice, true),
    pause: (id, note) => turn(id, ['paused', 'cancelled'], 'paused', note),
    resume: id => turn(id, ['active', 'cancelled'], 'active', BREAKER_OVERRIDDEN),
    cancel: id => turn(id, ['cancelled'], 'cancelled'),
  }
}

/** Makes it, in a transaction of somebody else's too; nothing where there is one of its key. */
export function insertBroadcast(
  db: Kysely<Tables>,
  { key, kind, audience, message, urgent, repeats = true, publish, ...rest }: NewBroadcast,
  now: number,
): Promise<{ readonly id: number } | undefined> {
  const { topic, ...others } = audience
  return db
    .insertInto('broadcasts')
    .values({
      ...{ dedupe_key: key, kind, topic, message, audience: JSON.stringify(others) },
      ...{ priority: KINDS[kind], state: 'active', revision: 1, enqueued_to: 0 },
      ...{ urgent: Number(urgent ?? false), repeats: Number(repeats) },
      publish: Number(publish ?? false),
      starts_at: rest.startsAt?.epochMilliseconds ?? null,
      expires_at: rest.expiresAt?.epochMilliseconds ?? null,
      ...{ created_at: now, created_by: rest.by ?? null, subject: rest.subject ?? null },
      edition_id: rest.editionId ?? null,
      slot_at: rest.slotAt?.epochMilliseconds ?? null,
    })
    .onConflict(conflict => conflict.column('dedupe_key').doNothing())
    .returning('id')
    .executeTakeFirst()
}

/** What stands in the place of what a broadcast says. */
export interface Renewal {
  /** As JSON. */
  readonly message: string
  readonly isRetracted: boolean
  /** The revision that it was made of, where it shall follow upon no other. */
  readonly after?: number
}

/**
 * Its next revision, within somebody's transaction; false where there is no such broadcast, or it is not what
 * the renewal was made of any more. What nobody has got yet is not sent only to be taken back.
 */
export async function renewBroadcast(
  transaction: Transaction<Tables>,
  dialect: DialectName,
  id: number,
  { message, isRetracted, after }: Renewal,
  now: number,
): Promise<boolean> {
  const row = await lockBroadcast(transaction, dialect, id)
  const isUnsent = row?.starts_at !== null && row?.enqueued === 0 && row.enqueued_to === 0
  const isOver = isUnsent && row.state === 'cancelled'
  if (!row || (after !== undefined && (row.revision !== after || isOver))) return false
  const rest =
    isRetracted && isUnsent
      ? { state: 'cancelled', revised_to: null, finished_at: now }
      : { revised_to: 0, finished_at: null }
  await transaction
    .updateTable('broadcasts')
    .set({ message, retracted: Number(isRetracted), revision: row.revision + 1, ...rest })
    .where('id', '=', id)
    .execute()
  // Earlier cards of it show that, and lose their buttons.
  await transaction
    .updateTable('announcements')
    .set({ card_done: 2 })
    .where('broadcast_id', '=', id)
    .where('state', '=', 'confirmed')
    .where('card_done', '=', 1)
    .execute()
  return true
}

const COLUMNS = [
  ...(['id', 'dedupe_key', 'kind', 'topic', 'audience', 'priority', 'state'] as const),
  ...(['revision', 'enqueued_to', 'enqueued', 'revised_to', 'retracted', 'urgent'] as const),
  ...(['repeats', 'publish', 'starts_at', 'expires_at', 'created_at', 'created_by'] as const),
  ...(['finished_at', 'note', 'subject', 'edition_id', 'slot_at'] as const),
] as const

/** What is not finished, the most urgent first, the oldest first. */
export function selectOpen(db: Kysely<Tables>) {
  return db
    .selectFrom('broadcasts')
    .select(COLUMNS)
    .where('finished_at', 'is', null)
    .orderBy('priority', 'desc')
    .orderBy('id')
}
