import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const cards = (): Migration => ({
  async up(db) {
    await db.schema.dropIndex('announcements_open').execute()
    // Finds the announcements whose progress is still shown: 0, or 2 once the outcome is in the audit.
    await db.schema
      .createIndex('announcements_open')
      .on('announcements')
      .column('id')
      .where(sql.ref('card_done'), '<>', sql.lit(1))
      .execute()
  },
})
