import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from './dialect.ts'

export const delivery = ({ isSqlite }: Dialect): Migration => ({
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
    // A claim names the broadcast and the platform, so a paused broadcast does not slow the others.
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
    // Rows leave the index `deliveries_due` soon, and dead entries would slow each claim, so vacuum often.
    if (!isSqlite) {
      await sql`alter table deliveries set (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
        autovacuum_vacuum_cost_delay = 0)`.execute(db)
    }
  },
})
