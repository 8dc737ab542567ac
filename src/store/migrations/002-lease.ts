import type { Migration } from 'kysely/migration'

export const lease = (): Migration => ({
  async up(db) {
    await db.schema
      .createTable('lease')
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('holder', 'text')
      .addColumn('epoch', 'bigint', column => column.notNull())
      .addColumn('expires_at', 'bigint', column => column.notNull())
      .execute()
  },
})
