import type { Kysely } from 'kysely'
import { instantOf } from './instant.ts'
import type { Tables } from './schema.ts'

/** Until when platforms have asked us to wait. Throws {@link StoreError} where the store fails. */
export interface Floods {
  /** Keeps the later of two waits. A kept one that ends over a day later is replaced: a clock ahead has kept it. */
  keep(platform: string, until: Temporal.Instant): Promise<void>
  /** Deletes the wait of a platform that takes posts again earlier. */
  end(platform: string): Promise<void>
  /** Undefined if no wait is kept, or a damaged one. */
  until(platform: string): Promise<Temporal.Instant | undefined>
}

const DAY_MS = 86_400_000

export function createFloods(db: Kysely<Tables>): Floods {
  return {
    async keep(platform, instant) {
      const until = instant.epochMilliseconds
      await db
        .insertInto('floods')
        .values({ platform, until })
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
    async end(platform) {
      await db.deleteFrom('floods').where('platform', '=', platform).execute()
    },
    async until(platform) {
      const row = await db
        .selectFrom('floods')
        .select('until')
        .where('platform', '=', platform)
        .executeTakeFirst()
      return row && instantOf(row.until)
    },
  }
}
