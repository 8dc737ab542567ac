import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from './dialect.ts'

export const schedule = ({ clustered, withId }: Dialect): Migration => ({
  async up(db) {
    await db.schema
      .alterTable('chats')
      .addColumn('only_new', 'integer', column => column.notNull().defaultTo(0))
      .execute()
    for (const name of ['digested_at', 'edition_id']) {
      await db.schema.alterTable('chats').addColumn(name, 'bigint').execute()
    }
    // Most chats are in no group or server. A partial index avoids writes for their frequent changes.
    await db.schema.dropIndex('chats_by_place').execute()
    await db.schema
      .createIndex('chats_by_place')
      .on('chats')
      .columns(['platform', 'within'])
      .where(sql.ref('within'), 'is not', null)
      .execute()
    // Finds due digests, soonest first. The platform comes first, so an unserved platform does not slow the others.
    await db.schema.dropIndex('chats_due').execute()
    await db.schema
      .createIndex('chats_due')
      .on('chats')
      .columns(['platform', 'next_digest_at'])
      .where(sql.ref('next_digest_at'), 'is not', null)
      .execute()
    // Finds all chats of a zone, and all zones.
    await db.schema.createIndex('chats_by_zone').on('chats').columns(['zone', 'id']).execute()
    for (const [name, type] of [
      ['subject', 'text'],
      ['edition_id', 'bigint'],
      ['slot_at', 'bigint'],
    ] as const) {
      await db.schema.alterTable('broadcasts').addColumn(name, type).execute()
    }
    await db.schema
      .createIndex('broadcasts_by_subject')
      .on('broadcasts')
      .column('subject')
      .where(sql.ref('subject'), 'is not', null)
      .execute()
    await withId(db, 'editions')
      .addColumn('content', 'text', column => column.notNull())
      .addColumn('known', 'text', column => column.notNull())
      .addColumn('state', 'text', column => column.notNull())
      .addColumn('at', 'bigint', column => column.notNull())
      .execute()
    await clustered(
      db.schema
        .createTable('looks')
        .addColumn('chat_id', 'bigint', column =>
          column.notNull().references('chats.id').onDelete('cascade'),
        )
        .addColumn('subject', 'text', column => column.notNull())
        .addColumn('edition_id', 'bigint', column => column.notNull())
        .addColumn('before_id', 'bigint', column => column.notNull())
        .addColumn('at', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('looks_key', ['chat_id', 'subject']),
    ).execute()
    await db.schema
      .createTable('slots')
      .addColumn('key', 'text', column => column.primaryKey())
      .addColumn('at', 'bigint', column => column.notNull())
      .addColumn('outcome', 'text', column => column.notNull())
      .execute()
    await db.schema.createIndex('slots_by_time').on('slots').column('at').execute()
    await db.schema
      .createTable('agenda')
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('value', 'text', column => column.notNull())
      .execute()
  },
})
