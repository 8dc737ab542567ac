import type { Kysely } from 'kysely'
import { instantOrEpoch, LATEST } from '../instant.ts'
import type { Tables } from '../sql/schema.ts'

/** The calendars outside the content, by the keys of their entries. Everything throws {@link StoreError} if the store fails. */
export interface CalendarFeeds {
  /** Lists the rows of some calendars, without their events. A calendar that was never checked has none. */
  heads(keys: readonly string[]): Promise<FeedHead[]>
  /** Reads the events of a calendar; undefined if it was never read. */
  read(key: string): Promise<StoredFeed | undefined>
  /**
   * Claims the next check of a calendar until `until`. Resolves to false if another process was faster: then the last
   * check is not that of `checkedAt` any more, which is undefined before the first check.
   */
  claim(
    key: string,
    checkedAt: Temporal.Instant | undefined,
    now: Temporal.Instant,
    until: Temporal.Instant,
  ): Promise<boolean>
  /** Stores the result of a claimed check. Does nothing if another process has claimed the calendar since. */
  save(key: string, claimedAt: Temporal.Instant, result: FeedResult): Promise<void>
  /** Deletes the calendars that were last checked before an instant, and those whose time is damaged. */
  erase(before: Temporal.Instant): Promise<void>
}

export interface FeedHead {
  readonly key: string
  /** When its last check began. */
  readonly checkedAt: Temporal.Instant
  /** When its next check is due. */
  readonly nextAt: Temporal.Instant
  /** Differs after each change of the events. */
  readonly version: number
  /** The number of failures since the last success. */
  readonly failures: number
  /** The cause of the last failure; absent after a success. */
  readonly failure?: string
  readonly unsupported: number
  readonly skipped: number
}

interface StoredFeed {
  readonly version: number
  readonly etag?: string
  readonly lastModified?: string
  /** JSON. */
  readonly events: string
  /** JSON: the number of fetches without an event, by its id. */
  readonly misses: string
}

interface FeedResult {
  readonly nextAt: Temporal.Instant
  readonly failures: number
  readonly failure?: string
  /** The calendar of a success; absent after a failure. */
  readonly success?: {
    readonly etag?: string | undefined
    readonly lastModified?: string | undefined
    readonly misses: string
    /** Absent if they are the same as before. */
    readonly events?: string | undefined
    /** Absent for the same calendar as before. */
    readonly counts?: { readonly unsupported: number; readonly skipped: number } | undefined
  }
}

const HEAD = [
  'key',
  'checked_at',
  'next_at',
  'version',
  'failures',
  'failure',
  'unsupported',
  'skipped',
] as const

export function createCalendarFeeds(db: Kysely<Tables>): CalendarFeeds {
  return {
    async heads(keys) {
      if (keys.length === 0) return []
      const rows = await db
        .selectFrom('calendar_feeds')
        .select(HEAD)
        .where('key', 'in', keys)
        .execute()
      return rows.map(({ key, failure, ...row }) => ({
        key,
        checkedAt: instantOrEpoch(row.checked_at),
        nextAt: instantOrEpoch(row.next_at),
        version: row.version,
        failures: countOf(row.failures),
        ...(failure !== null && { failure }),
        unsupported: countOf(row.unsupported),
        skipped: countOf(row.skipped),
      }))
    },
    async read(key) {
      const row = await db
        .selectFrom('calendar_feeds')
        .select(['version', 'etag', 'last_modified', 'events', 'misses'])
        .where('key', '=', key)
        .executeTakeFirst()
      if (!row || row.events === null) return undefined
      return {
        version: row.version,
        events: row.events,
        misses: row.misses ?? '{}',
        ...(row.etag !== null && { etag: row.etag }),
        ...(row.last_modified !== null && { lastModified: row.last_modified }),
      }
    },
    async claim(key, checkedAt, now, until) {
      const claimed = { checked_at: now.epochMilliseconds, next_at: until.epochMilliseconds }
      if (!checkedAt) {
        const fresh = { key, ...claimed, version: 0, failures: 0, unsupported: 0, skipped: 0 }
        const row = await db
          .insertInto('calendar_feeds')
          .values(fresh)
          .onConflict(conflict => conflict.column('key').doNothing())
          .returning('key')
          .executeTakeFirst()
        return row !== undefined
      }
      const { numUpdatedRows } = await db
        .updateTable('calendar_feeds')
        .set(claimed)
        .where('key', '=', key)
        .where('checked_at', '=', checkedAt.epochMilliseconds)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async save(key, claimedAt, { nextAt, failures, failure, success }) {
      await db
        .updateTable('calendar_feeds')
        .set({
          next_at: nextAt.epochMilliseconds,
          failures,
          failure: failure ?? null,
          ...(success && {
            etag: success.etag ?? null,
            last_modified: success.lastModified ?? null,
            misses: success.misses,
            ...success.counts,
            ...(success.events !== undefined && {
              events: success.events,
              version: claimedAt.epochMilliseconds,
            }),
          }),
        })
        .where('key', '=', key)
        .where('checked_at', '=', claimedAt.epochMilliseconds)
        .execute()
    },
    async erase(before) {
      await db
        .deleteFrom('calendar_feeds')
        .where(({ eb, or }) =>
          or([
            eb('checked_at', '<', before.epochMilliseconds),
            eb('checked_at', '>', LATEST.epochMilliseconds),
          ]),
        )
        .execute()
    },
  }
}

/** Most failures and events that are counted. */
const MOST_COUNT = 1_000_000

/** Reads a stored number of things; 0 if it is damaged. */
function countOf(value: number): number {
  return Number.isInteger(value) && value > 0 ? Math.min(value, MOST_COUNT) : 0
}
