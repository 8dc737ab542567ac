import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from './dialect.ts'

export const announcements = ({ isSqlite, withId }: Dialect): Migration => ({
  async up(db) {
    await db.schema.alterTable('broadcasts').addColumn('starts_at', 'bigint').execute()
    await withId(db, 'pictures')
      .addColumn('type', 'text', column => column.notNull())
      .addColumn('bytes', isSqlite ? 'blob' : 'bytea', column => column.notNull())
      .addColumn('telegram_file', 'text')
      .addColumn('created_at', 'bigint', column => column.notNull())
      .execute()
    await withId(db, 'announcements')
      .addColumn('source_key', 'text', column => column.notNull().unique())
      .addColumn('act', 'text', column => column.notNull())
      .addColumn('state', 'text', column => column.notNull())
      .addColumn('revision', 'integer', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('platform', 'text', column => column.notNull())
      .addColumn('address', 'text')
      .addColumn('within', 'text')
      .addColumn('kind', 'text', column => column.notNull())
      .addColumn('text', 'text', column => column.notNull())
      .addColumn('options', 'text', column => column.notNull())
      .addColumn('picture_id', 'bigint', column => column.references('pictures.id'))
      .addColumn('broadcast_id', 'bigint', column =>
        column.references('broadcasts.id').onDelete('cascade'),
      )
      .addColumn('card_id', 'text')
      .addColumn('card_done', 'integer', column => column.notNull())
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('changed_at', 'bigint', column => column.notNull())
      .execute()
    await db.schema
      .createIndex('announcements_by_broadcast')
      .on('announcements')
      .column('broadcast_id')
      .execute()
    // Finds the announcements whose progress is still shown.
    await db.schema
      .createIndex('announcements_open')
      .on('announcements')
      .column('id')
      .where(sql.ref('card_done'), '=', sql.lit(0))
      .execute()
  },
})
