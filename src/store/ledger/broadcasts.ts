import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Message } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { insertBroadcastNote, type NewEntry } from '../announcements/audit.ts'
import { readKind } from '../chats/chat-row.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { chatsOf, surveyOf } from './audience.ts'
import {
  type Audience,
  type AudienceGroup,
  BREAKER_OVERRIDDEN,
  type Broadcast,
  type BroadcastWithMessage,
  type NewBroadcast,
  type Progress,
  type Report,
} from './broadcast.ts'
import { toBroadcast, toBroadcastWithMessage } from './broadcast-row.ts'
import { countDeliveries } from './counts.ts'
import { insertBroadcast, type Renewal, renewBroadcast } from './write-broadcast.ts'

/**
 * The broadcasts, their audiences and their progress. Everything throws {@link StoreError} if the store fails. An
 * `entry` goes into the audit in the same transaction as the change, if there is a change; the broadcast's id is added.
 */
export interface Broadcasts {
  /** Creates a broadcast. The key makes it idempotent: a second call returns the existing broadcast's id. */
  create(broadcast: NewBroadcast, entry?: NewEntry): Promise<{ readonly id: number }>
  find(id: number): Promise<BroadcastWithMessage | undefined>
  /** Lists unfinished broadcasts, the highest priority first. */
  open(): Promise<Broadcast[]>
  /** Lists the broadcasts about a subject, the oldest first. */
  about(subject: string): Promise<Broadcast[]>
  /** Counts all rows of a broadcast, in batches. Too slow to run for each send. */
  progress(id: number): Promise<Progress>
  /** Counts all rows, and the causes of failures; undefined if there is no such broadcast. */
  report(id: number): Promise<Report | undefined>
  /** Lists up to `most` broadcasts with ids below `before`, the newest first. */
  list(most: number, before?: number): Promise<BroadcastWithMessage[]>
  /** Counts all chats of an audience in groups, including those that would not get a message now. */
  survey(audience: Audience): Promise<AudienceGroup[]>
  /**
   * Lists the kinds of reachable places that get a broadcast. `hasTaken` is true if a place of the kind has the newest
   * revision.
   */
  kinds(
    id: number,
  ): Promise<(Pick<ChatRef, 'platform' | 'kind'> & { readonly hasTaken: boolean })[]>
  /** Counts the chats that would get a message now, by platform; 0 for a platform without any. */
  count(audience: Audience): Promise<Readonly<Record<string, number>>>

  /**
   * Replaces the message, both where it was sent and where it is pending. A cancelled broadcast is corrected only
   * where it was sent. Resolves to false if there is no such broadcast, or if it is no longer at the revision `after`.
   */
  revise(id: number, message: Message, entry?: NewEntry, after?: number): Promise<boolean>
  /** Retracts the message. `notice` replaces one that the platform cannot delete. Resolves to false as `revise` does. */
  retract(id: number, notice: Message, entry?: NewEntry, after?: number): Promise<boolean>
  /** Pauses sending. Resolves to false if the broadcast is finished, paused or cancelled. */
  pause(id: number, entry?: NewEntry): Promise<boolean>
  /** Pauses sending because of a fault; `note` is the reason. Resolves to the same as `pause`. */
  pauseForFault(id: number, note: string): Promise<boolean>
  /** Resumes sending, and overrides the breaker. Resolves to false unless the broadcast is paused and unfinished. */
  resume(id: number, entry?: NewEntry): Promise<boolean>
  /**
   * Stops sending to chats that have no part of the message yet. Resolves to false if the broadcast is finished or
   * cancelled.
   */
  cancel(id: number, entry?: NewEntry): Promise<boolean>
}

export function createBroadcasts(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Broadcasts {
  const now = () => clock.now().epochMilliseconds

  /** Runs a change of a broadcast, and records it if it resolves to true. */
  const recorded = (
    id: number,
    entry: NewEntry | undefined,
    change: (transaction: Transaction<Tables>) => Promise<boolean>,
  ) =>
    db.transaction().execute(async transaction => {
      const isDone = await change(transaction)
      if (isDone && entry) await insertBroadcastNote(transaction, entry, id, now())
      return isDone
    })

  const renew = (id: number, renewal: Renewal, entry?: NewEntry) =>
    recorded(id, entry, transaction => renewBroadcast(transaction, dialect, id, renewal, now()))

  /** Sets the state of an unfinished broadcast, unless its state is one of `except`. */
  const setState = (
    id: number,
    except: readonly string[],
    to: { readonly state: Broadcast['state']; readonly note: string | null },
    entry?: NewEntry,
  ) =>
    recorded(id, entry, async transaction => {
      const { numUpdatedRows } = await transaction
        .updateTable('broadcasts')
        .set(to)
        .where('id', '=', id)
        .where('state', 'not in', except)
        .where('finished_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    })

  return {
    create: (broadcast, entry) =>
      db.transaction().execute(async transaction => {
        const inserted = await insertBroadcast(transaction, broadcast, now())
        if (inserted && entry) await insertBroadcastNote(transaction, entry, inserted.id, now())
        if (inserted) return inserted
        return transaction
          .selectFrom('broadcasts')
          .select('id')
          .where('dedupe_key', '=', broadcast.key)
          .executeTakeFirstOrThrow()
      }),
    async find(id) {
      const row = await db
        .selectFrom('broadcasts')
        .select([...COLUMNS, 'message'])
        .where('id', '=', id)
        .executeTakeFirst()
      return row && toBroadcastWithMessage(row)
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
      return rows.map(toBroadcastWithMessage)
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
        platform,
        kind: readKind(kind),
        hasTaken: taken > 0,
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

    revise: (id, message, entry, after) => renew(id, { message, isRetracted: false, after }, entry),
    retract: (id, message, entry, after) => renew(id, { message, isRetracted: true, after }, entry),
    pause: (id, entry) => setState(id, NOT_PAUSABLE, { state: 'paused', note: null }, entry),
    pauseForFault: (id, note) => setState(id, NOT_PAUSABLE, { state: 'paused', note }),
    resume: (id, entry) =>
      setState(id, ['active', 'cancelled'], { state: 'active', note: BREAKER_OVERRIDDEN }, entry),
    cancel: (id, entry) => setState(id, ['cancelled'], { state: 'cancelled', note: null }, entry),
  }
}

/** The states in which a broadcast cannot be paused. */
const NOT_PAUSABLE = ['paused', 'cancelled']

/** All columns except the message, which may be long. */
const COLUMNS = [
  'id',
  'dedupe_key',
  'kind',
  'topic',
  'audience',
  'priority',
  'state',
  'revision',
  'enqueued_to',
  'enqueued',
  'revised_to',
  'retracted',
  'urgent',
  'repeats',
  'publish',
  'starts_at',
  'expires_at',
  'created_at',
  'created_by',
  'finished_at',
  'note',
  'subject',
  'edition_id',
  'slot_at',
] as const

/** Selects unfinished broadcasts, the highest priority first, then the oldest first. */
export function selectOpen(db: Kysely<Tables>) {
  return db
    .selectFrom('broadcasts')
    .select(COLUMNS)
    .where('finished_at', 'is', null)
    .orderBy('priority', 'desc')
    .orderBy('id')
}
