import type { Migration } from 'kysely/migration'

export const calendarFeeds = (): Migration => ({
  async up(db) {
    await db.schema
      .createTable('calendar_feeds')
      .addColumn('key', 'text', column => column.primaryKey())
      .addColumn('checked_at', 'bigint', column => column.notNull())
      .addColumn('next_at', 'bigint', column => column.notNull())
      .addColumn('version', 'bigint', column => column.notNull())
      .addColumn('failures', 'integer', column => column.notNull())
      .addColumn('failure', 'text')
      .addColumn('etag', 'text')
      .addColumn('last_modified', 'text')
      .addColumn('events', 'text')
      .addColumn('misses', 'text')
      .addColumn('unsupported', 'integer', column => column.notNull())
      .addColumn('skipped', 'integer', column => column.notNull())
      .execute()
  },
})
