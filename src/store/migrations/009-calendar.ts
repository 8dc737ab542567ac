import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const calendar = (): Migration => ({
  async up(db) {
    for (const name of ['digest_day', 'digest_week'] as const) {
      await db.schema.alterTable('chats').addColumn(name, 'text').execute()
    }
    await db.schema.alterTable('chats').addColumn('zoned_at', 'bigint').execute()
    await db.schema
      .alterTable('chats')
      .addColumn('moved', 'integer', column => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createIndex('chats_moved')
      .on('chats')
      .column('id')
      .where(sql.ref('moved'), '=', sql.lit(1))
      .execute()
    // Releases before this column did not record changes of the zone, so each change counts as one.
    await sql`update chats set zoned_at = changed_at where changed_at > 0`.execute(db)
  },
})
