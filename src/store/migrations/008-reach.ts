import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const reach = (): Migration => ({
  async up(db) {
    await db.schema.alterTable('chats').addColumn('retry_at', 'bigint').execute()
    await db.schema.alterTable('chats').addColumn('reach', 'text').execute()
    // Releases before these columns gave up a chat at its first refusal, so each such chat gets another try.
    await sql`
      update chats set retry_at = 1, reach = '{"since":' || changed_at || ',"tries":0}'
      where gone is not null
    `.execute(db)
    for (const column of ['changed_at', 'retry_at'] as const) {
      await db.schema
        .createIndex(`chats_unreachable_by_${column}`)
        .on('chats')
        .columns(['platform', column])
        .where(sql.ref('gone'), 'is not', null)
        .execute()
    }
  },
})
