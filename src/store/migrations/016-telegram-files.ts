import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Stores Telegram's file ids in a table of their own, because pictures without a row of their own have them too. */
export const telegramFiles = (): Migration => ({
  async up(db) {
    await db.schema
      .createTable('telegram_files')
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('picture_id', 'bigint', column =>
        column.unique().references('pictures.id').onDelete('cascade'),
      )
      .addColumn('file', 'text', column => column.notNull())
      .addColumn('kept_at', 'bigint', column => column.notNull())
      .execute()
    const source = sql.table('pictures')
    await sql`
      insert into telegram_files (name, picture_id, file, kept_at)
      select cast(id as text), id, telegram_file, created_at from ${source}
      where telegram_file is not null
    `.execute(db)
    await db.schema.alterTable('pictures').dropColumn('telegram_file').execute()
  },
})
