import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Tables } from '../sql/schema.ts'

/** Telegram's file ids of pictures, by `pictureName`. Everything throws {@link StoreError} if the store fails. */
export interface TelegramFiles {
  /** Reads a file id; undefined before the first upload. */
  find(name: string): Promise<string | undefined>
  /** Stores a file id. Rejects if the picture of an announcement was erased in the meantime. */
  keep(name: string, file: string): Promise<void>
}

/** Most file ids of pictures that are not in the store. Telegram gets a picture of a forgotten one again. */
const MOST = 1000

export function createTelegramFiles(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): TelegramFiles {
  /** Erases the oldest file ids of pictures that are not in the store. */
  async function eraseOldest(): Promise<void> {
    const newest = db
      .selectFrom('telegram_files')
      .select('name')
      .where('picture_id', 'is', null)
      .orderBy('kept_at', 'desc')
      .orderBy('name')
      .limit(MOST)
    await db
      .deleteFrom('telegram_files')
      .where('picture_id', 'is', null)
      .where('name', 'not in', newest)
      .execute()
  }

  return {
    async find(name) {
      const row = await db
        .selectFrom('telegram_files')
        .select('file')
        .where('name', '=', name)
        .executeTakeFirst()
      return row?.file
    },
    async keep(name, file) {
      const kept = { file, kept_at: clock.now().epochMilliseconds }
      const picture_id = storedId(name)
      await db
        .insertInto('telegram_files')
        .values({ name, picture_id, ...kept })
        .onConflict(conflict => conflict.column('name').doUpdateSet(kept))
        .execute()
      if (picture_id === null) await eraseOldest()
    },
  }
}

/** Returns the id of a stored picture, whose name it is; null for other pictures. Pure. */
function storedId(name: string): number | null {
  return /^\d{1,15}$/.test(name) ? Number(name) : null
}
