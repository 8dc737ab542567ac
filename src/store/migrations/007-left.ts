import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const left = (): Migration => ({
  async up(db) {
    await db.schema.alterTable('deliveries').addColumn('left_at', 'bigint').execute()
    // Releases before this column recorded claims alone, so each claimed row may have been sent.
    await sql`
      update deliveries set left_at = next_at where state = 'claimed' and revision_sent < revision
    `.execute(db)
  },
})
