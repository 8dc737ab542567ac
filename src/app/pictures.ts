import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PictureFiles } from '../content/picture-files.ts'
import { createDrawings, type Drawings } from '../drawing/drawings.ts'
import type { Log } from '../log.ts'
import type { Pictures } from '../poster.ts'
import type { Store } from '../store/store.ts'

export interface PictureSources {
  readonly store: Pick<Store, 'pictures' | 'telegramFiles'>
  readonly files: PictureFiles
  readonly drawings: Pick<Drawings, 'read'>
}

/**
 * Returns the pictures of all sources. Only the store's failures reject, because a post can wait for the store. A picture
 * that cannot be drawn counts as missing: words replace it.
 */
export function createPictures({ store, files, drawings }: PictureSources): Pictures {
  return {
    async read(picture) {
      if ('id' in picture) return store.pictures.read(picture.id)
      if ('hash' in picture) return files.read(picture)
      // The drawings log their failures.
      return drawings.read(picture).catch(() => undefined)
    },
    telegramFile: store.telegramFiles.find,
    keepTelegramFile: store.telegramFiles.keep,
  }
}

/**
 * Creates the drawings of a process. Their cache is a folder beside an SQLite file. With PostgreSQL it is a temporary
 * folder, which `close` removes.
 */
export function openDrawings(databaseUrl: string, log: Log): Drawings {
  if (databaseUrl.startsWith('file:')) {
    return createDrawings({ directory: `${databaseUrl.slice('file:'.length)}-pictures`, log })
  }
  const directory = join(tmpdir(), `${TEMPORARY}${crypto.randomUUID()}`)
  // A folder of another user stays.
  removeAbandoned().catch(() => {})
  const drawings = createDrawings({ directory, log })
  return {
    ...drawings,
    async close() {
      await drawings.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The beginning of the names of temporary folders. */
const TEMPORARY = 'sitrep-pictures-'

/** Age of a temporary folder without a new file after which its process counts as killed, in milliseconds. */
const ABANDONED_MS = 24 * 3_600_000

/** Removes the temporary folders of killed processes. A quiet process whose folder goes draws its images again. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(TEMPORARY)) continue
    const path = join(tmpdir(), name)
    const { mtimeMs } = await lstat(path)
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}
