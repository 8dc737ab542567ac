import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PictureFiles } from '../content/picture-files.ts'
import { sqlitePath } from '../database-url.ts'
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

/** Beginning of the names of temporary folders. */
const TEMPORARY = 'sitrep-pictures-'

/** Age of a temporary folder of a process that was killed, in milliseconds. A living process creates its folder again. */
const ABANDONED_MS = 7 * 24 * 3_600_000

/**
 * Creates the drawings of a process. Their cache is a folder beside an SQLite file. With PostgreSQL it is a temporary
 * folder, which `close` removes, and which a later process removes a week after a crash.
 */
export function openDrawings(databaseUrl: string, log: Log): Drawings {
  const kept = drawingFolder(databaseUrl)
  if (kept !== undefined) return createDrawings({ directory: kept, log })
  const directory = join(tmpdir(), `${TEMPORARY}${crypto.randomUUID()}`)
  const drawings = createDrawings({ directory, log })
  const removing = removeAbandoned()
  return {
    ...drawings,
    async close() {
      await drawings.close()
      await removing
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Returns the folder of the drawings that outlives the process; undefined if there is none. Pure. */
export function drawingFolder(databaseUrl: string): string | undefined {
  const path = sqlitePath(databaseUrl)
  return path === undefined ? undefined : `${path}-pictures`
}

/** Removes the temporary folders of processes that were killed. Never rejects. */
async function removeAbandoned(): Promise<void> {
  // Without the list nothing is removed, which costs room alone.
  const names = await readdir(tmpdir()).catch(() => [])
  for (const path of names
    .filter(name => name.startsWith(TEMPORARY))
    .map(each => join(tmpdir(), each))) {
    // Another user's folder stays, as does one that another process removes now.
    const facts = await lstat(path).catch(() => undefined)
    if (!facts?.isDirectory() || Date.now() - facts.mtimeMs < ABANDONED_MS) continue
    // A folder that cannot be removed now is tried again at the next start.
    await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}
