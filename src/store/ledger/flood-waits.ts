import type { Kysely } from 'kysely'
import { instantOf } from '../instant.ts'
import type { Tables } from '../sql/schema.ts'

/**
 * The waits that platforms asked for, named after Telegram's FLOOD_WAIT. Everything throws {@link StoreError} if the
 * store fails.
 */
export interface FloodWaits {
  /**
   * Stores the wait of a platform, or of one of its chats (see {@link chatKey}), unless a longer one is stored. A
   * stored wait that ends over a day later is replaced, because a clock that was ahead wrote it.
   */
  keep(place: string, until: Temporal.Instant): Promise<void>
  /** Deletes the wait of a place that accepts posts again. */
  end(place: string): Promise<void>
  /** Reads the end of a wait, which may be over; undefined if none is stored, or a damaged one. */
  until(place: string): Promise<Temporal.Instant | undefined>
  /** Lists the waits of single chats that end after `now`, and deletes those that are over. */
  chats(platform: string, now: Temporal.Instant): Promise<ChatWait[]>
}

interface ChatWait {
  readonly chat: string
  readonly until: Temporal.Instant
}

/** Names a chat as a place that has a wait. Pure. */
export function chatKey(platform: string, chat: string): string {
  return `${platform}/${chat}`
}

const DAY_MS = 86_400_000

export function createFloods(db: Kysely<Tables>): FloodWaits {
  return {
    async keep(place, instant) {
      const until = instant.epochMilliseconds
      await db
        .insertInto('floods')
        .values({ platform: place, until })
        .onConflict(conflict =>
          conflict
            .column('platform')
            .doUpdateSet({ until })
            .where(({ eb, or }) =>
              or([eb('floods.until', '<', until), eb('floods.until', '>', until + DAY_MS)]),
            ),
        )
        .execute()
    },
    async end(place) {
      await db.deleteFrom('floods').where('platform', '=', place).execute()
    },
    async chats(platform, now) {
      const prefix = chatKey(platform, '')
      await db
        .deleteFrom('floods')
        .where('platform', 'like', `${prefix}%`)
        .where('until', '<=', now.epochMilliseconds)
        .execute()
      const rows = await db
        .selectFrom('floods')
        .select(['platform', 'until'])
        .where('platform', 'like', `${prefix}%`)
        .execute()
      return rows.flatMap(({ platform: place, until: kept }) => {
        const until = instantOf(kept)
        return until ? [{ chat: place.slice(prefix.length), until }] : []
      })
    },
    async until(place) {
      const row = await db
        .selectFrom('floods')
        .select('until')
        .where('platform', '=', place)
        .executeTakeFirst()
      return row && instantOf(row.until)
    },
  }
}
