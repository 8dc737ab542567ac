import type { Migration } from 'kysely/migration'

export const sound = (): Migration => ({
  async up(db) {
    await db.schema.alterTable('chats').addColumn('sound', 'text').execute()
  },
})
