import type { Migration } from 'kysely/migration'
import type { Dialect } from './dialect.ts'

/** Adds the servers whose own lists of events the bot fills, the events there, and which updates were discarded. */
export const scheduledEvents = ({ clustered }: Dialect): Migration => ({
  async up(db) {
    await clustered(
      db.schema
        .createTable('event_servers')
        .addColumn('platform', 'text', column => column.notNull())
        .addColumn('server', 'text', column => column.notNull())
        .addColumn('is_on', 'integer', column => column.notNull())
        .addColumn('zone', 'text', column => column.notNull())
        .addColumn('refused', 'text')
        .addColumn('tries', 'integer', column => column.notNull())
        .addColumn('next_at', 'bigint', column => column.notNull())
        .addColumn('edition_id', 'bigint')
        .addColumn('revision', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('event_servers_key', ['platform', 'server']),
    ).execute()
    await clustered(
      db.schema
        .createTable('scheduled_events')
        .addColumn('platform', 'text', column => column.notNull())
        .addColumn('server', 'text', column => column.notNull())
        .addColumn('subject', 'text', column => column.notNull())
        .addColumn('event_id', 'text')
        .addColumn('digest', 'text', column => column.notNull())
        .addColumn('state', 'text', column => column.notNull())
        .addColumn('starts_at', 'bigint', column => column.notNull())
        .addColumn('ends_at', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('scheduled_events_key', ['platform', 'server', 'subject']),
    ).execute()
    await db.schema
      .alterTable('editions')
      .addColumn('discarded', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  },
})
