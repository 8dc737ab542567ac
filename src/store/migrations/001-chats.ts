import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from './dialect.ts'

export const chats = ({ clustered, withId }: Dialect): Migration => ({
  async up(db) {
    await withId(db, 'chats')
      .addColumn('platform', 'text', column => column.notNull())
      .addColumn('address', 'text')
      .addColumn('within', 'text')
      .addColumn('kind', 'text', column => column.notNull())
      .addColumn('state', 'text', column => column.notNull())
      .addColumn('gone', 'text')
      .addColumn('paused_until', 'bigint')
      .addColumn('zone', 'text', column => column.notNull())
      .addColumn('cadence', 'text', column => column.notNull())
      .addColumn('hour', 'integer', column => column.notNull())
      .addColumn('weekday', 'integer', column => column.notNull())
      .addColumn('quiet_from', 'integer')
      .addColumn('quiet_to', 'integer')
      .addColumn('table_style', 'text', column => column.notNull())
      .addColumn('next_digest_at', 'bigint')
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('changed_at', 'bigint', column => column.notNull())
      .addUniqueConstraint('chats_by_address', ['platform', 'address'])
      .execute()
    await db.schema
      .createIndex('chats_by_place')
      .on('chats')
      .columns(['platform', 'within'])
      .execute()
    await db.schema
      .createIndex('chats_due')
      .on('chats')
      .column('next_digest_at')
      .where(sql.ref('next_digest_at'), 'is not', null)
      .execute()
    await clustered(
      db.schema
        .createTable('subscriptions')
        .addColumn('chat_id', 'bigint', column =>
          column.notNull().references('chats.id').onDelete('cascade'),
        )
        .addColumn('topic', 'text', column => column.notNull())
        .addPrimaryKeyConstraint('subscriptions_key', ['chat_id', 'topic']),
    ).execute()
    await db.schema
      .createIndex('subscriptions_by_topic')
      .on('subscriptions')
      .columns(['topic', 'chat_id'])
      .execute()
    await withId(db, 'audit')
      .addColumn('at', 'bigint', column => column.notNull())
      .addColumn('actor', 'text', column => column.notNull())
      .addColumn('action', 'text', column => column.notNull())
      .addColumn('details', 'text', column => column.notNull())
      .execute()
  },
})
