import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export type DialectName = 'sqlite' | 'postgres'

/**
 * What each migration does. Never changed once released: a database that somebody has may be at any
 * of them. By their names in order.
 */
export function createMigrations(dialect: DialectName): Record<string, Migration> {
  const isSqlite = dialect === 'sqlite'

  /** A table with an `id` that is never used again, not even after a row is gone. */
  const withId = (db: Kysely<unknown>, name: string) =>
    db.schema
      .createTable(name)
      .addColumn('id', isSqlite ? 'integer' : 'bigint', column =>
        isSqlite
          ? column.primaryKey().autoIncrement()
          : column.primaryKey().generatedAlwaysAsIdentity(),
      )

  /** Kept in the order of its key, without a second key beside it. */
  const clustered = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
    isSqlite ? table.modifyEnd(sql`without rowid`) : table

  return {
    '001 chats': {
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
    },
    '002 lease': {
      async up(db) {
        await db.schema
          .createTable('lease')
          .addColumn('name', 'text', column => column.primaryKey())
          .addColumn('holder', 'text')
          .addColumn('epoch', 'bigint', column => column.notNull())
          .addColumn('expires_at', 'bigint', column => column.notNull())
          .execute()
      },
    },
    '003 ledger': {
      async up(db) {
        await db.schema
          .createTable('installation')
          .addColumn('id', 'text', column => column.primaryKey())
          .execute()
        await sql`insert into installation (id) values (${crypto.randomUUID()})`.execute(db)
        await withId(db, 'broadcasts')
          .addColumn('dedupe_key', 'text', column => column.notNull().unique())
          .addColumn('kind', 'text', column => column.notNull())
          .addColumn('topic', 'text', column => column.notNull())
          .addColumn('message', 'text', column => column.notNull())
          .addColumn('audience', 'text', column => column.notNull())
          .addColumn('priority', 'integer', column => column.notNull())
          .addColumn('state', 'text', column => column.notNull())
          .addColumn('revision', 'integer', column => column.notNull())
          .addColumn('enqueued_to', 'bigint', column => column.notNull())
          .addColumn('created_at', 'bigint', column => column.notNull())
          .addColumn('created_by', 'text')
          .execute()
        await clustered(
          db.schema
            .createTable('deliveries')
            .addColumn('broadcast_id', 'bigint', column =>
              column.notNull().references('broadcasts.id').onDelete('cascade'),
            )
            .addColumn('chat_id', 'bigint', column => column.notNull().references('chats.id'))
            .addColumn('state', 'text', column => column.notNull())
            .addColumn('attempts', 'integer', column => column.notNull())
            .addColumn('next_at', 'bigint', column => column.notNull())
            .addColumn('epoch', 'bigint')
            .addColumn('part', 'integer', column => column.notNull())
            .addColumn('revision_sent', 'integer', column => column.notNull())
            .addColumn('message_ids', 'text')
            .addColumn('error', 'text')
            .addColumn('settled_at', 'bigint')
            .addPrimaryKeyConstraint('deliveries_key', ['broadcast_id', 'chat_id']),
        ).execute()
        // What may be claimed, soonest first: as quick with 950,000 rows sent as with none.
        await db.schema
          .createIndex('deliveries_due')
          .on('deliveries')
          .columns(['next_at', 'broadcast_id', 'chat_id'])
          .where(sql.ref('state'), '=', sql.lit('pending'))
          .execute()
      },
    },
    '004 delivery': {
      async up(db) {
        for (const [name, type] of [
          ['enqueued', 'integer'],
          ['retracted', 'integer'],
          ['urgent', 'integer'],
          ['repeats', 'integer'],
          ['publish', 'integer'],
        ] as const) {
          await db.schema
            .alterTable('broadcasts')
            .addColumn(name, type, column => column.notNull().defaultTo(0))
            .execute()
        }
        for (const [name, type] of [
          ['revised_to', 'bigint'],
          ['expires_at', 'bigint'],
          ['finished_at', 'bigint'],
          ['note', 'text'],
        ] as const) {
          await db.schema.alterTable('broadcasts').addColumn(name, type).execute()
        }
        await db.schema
          .createIndex('broadcasts_open')
          .on('broadcasts')
          .column('priority')
          .where(sql.ref('finished_at'), 'is', null)
          .execute()
        await db.schema
          .alterTable('deliveries')
          .addColumn('platform', 'text', column => column.notNull().defaultTo(''))
          .execute()
        for (const name of ['revision', 'repeated']) {
          await db.schema
            .alterTable('deliveries')
            .addColumn(name, 'integer', column => column.notNull().defaultTo(0))
            .execute()
        }
        await db.schema.alterTable('deliveries').addColumn('tried_at', 'bigint').execute()
        // Claims are made for one broadcast and platform: one that rests is in nobody's way.
        await db.schema.dropIndex('deliveries_due').execute()
        await db.schema
          .createIndex('deliveries_due')
          .on('deliveries')
          .columns(['broadcast_id', 'platform', 'next_at', 'chat_id'])
          .where(sql.ref('state'), '=', sql.lit('pending'))
          .execute()
        await db.schema
          .createIndex('deliveries_claimed')
          .on('deliveries')
          .columns(['broadcast_id', 'platform', 'epoch'])
          .where(sql.ref('state'), '=', sql.lit('claimed'))
          .execute()
        await db.schema
          .createTable('floods')
          .addColumn('platform', 'text', column => column.primaryKey())
          .addColumn('until', 'bigint', column => column.notNull())
          .execute()
        // Rows leave the index of what is due as quickly as they came: dead ones would slow each claim.
        if (!isSqlite) {
          await sql`alter table deliveries set (
            autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
            autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
            autovacuum_vacuum_cost_delay = 0)`.execute(db)
        }
      },
    },
    '005 schedule': {
      async up(db) {
        await db.schema
          .alterTable('chats')
          .addColumn('only_new', 'integer', column => column.notNull().defaultTo(0))
          .execute()
        for (const name of ['digested_at', 'edition_id']) {
          await db.schema.alterTable('chats').addColumn(name, 'bigint').execute()
        }
        // Most chats are part of nothing: their rows change often, and need no place in it.
        await db.schema.dropIndex('chats_by_place').execute()
        await db.schema
          .createIndex('chats_by_place')
          .on('chats')
          .columns(['platform', 'within'])
          .where(sql.ref('within'), 'is not', null)
          .execute()
        // Whose digest is due first. A platform that is not served is in nobody's way.
        await db.schema.dropIndex('chats_due').execute()
        await db.schema
          .createIndex('chats_due')
          .on('chats')
          .columns(['platform', 'next_digest_at'])
          .where(sql.ref('next_digest_at'), 'is not', null)
          .execute()
        // Everybody in a zone, and every zone that there is.
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
    },
    '006 announcements': {
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
        // Whose progress is still to be shown.
        await db.schema
          .createIndex('announcements_open')
          .on('announcements')
          .column('id')
          .where(sql.ref('card_done'), '=', sql.lit(0))
          .execute()
      },
    },
  }
}
