import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

/** Until when platforms have asked us to wait. Throws {@link StoreError} where the store fails. */
export interface Floods {
  /** Keeps the later of two. */
  keep(platform: string, until: Temporal.Instant): Promise<void>
  until(platform: string): Promise<Temporal.Instant | undefined>
}

export function createFloods(db: Kysely<Tables>): Floods {
  return {
    async keep(platform, instant) {
      const until = instant.epochMilliseconds
      await db
        .insertInto('floods')
        .values({ platform, until })
        .onConflict(conflict =>
          conflict.column('platform').doUpdateSet({ until }).where('floods.until', '<', until),
        )
        .execute()
    },
    async until(platform) {
      const row = await db
        .selectFrom('floods')
        .select('until')
        .where('platform', '=', platform)
        .executeTakeFirst()
      return row && Temporal.Instant.fromEpochMilliseconds(row.until)
    },
  }
}
