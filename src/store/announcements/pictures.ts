import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { PictureFile, PictureType } from '../../picture.ts'
import type { Tables } from '../sql/schema.ts'

/** The pictures of announcements. Everything throws {@link StoreError} if the store fails. */
export interface Pictures {
  /** Stores a picture, and resolves to its id. The caller has checked the bytes and their type. */
  add(bytes: Uint8Array, type: PictureType): Promise<number>
  /** Reads a picture; undefined if the store no longer has it. */
  read(id: number): Promise<PictureFile | undefined>
}

export function createPictures(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): Pictures {
  return {
    async add(bytes, type) {
      const { id } = await db
        .insertInto('pictures')
        .values({
          type,
          // Both drivers accept a Buffer.
          bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
          created_at: clock.now().epochMilliseconds,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },
    async read(id) {
      const row = await db
        .selectFrom('pictures')
        .select(['bytes', 'type'])
        .where('id', '=', id)
        .executeTakeFirst()
      return row && { bytes: row.bytes, type: row.type as PictureType }
    },
  }
}
