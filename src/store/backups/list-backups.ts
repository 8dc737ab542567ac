import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { backupTime } from './backup-names.ts'
import { SQLITE_HEADER } from './disk.ts'

/**
 * Resolves to the names of the backups in a folder: those of regular files that begin as a database does. A folder that
 * can't be read has none.
 */
export async function listBackups(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => backupTime(name))
  const areBackups = await Promise.all(
    // A file that can't be read is none of the bot's.
    names.map(name => isDatabase(join(folder, name)).catch(() => false)),
  )
  return names.filter((_, index) => areBackups[index])
}

async function isDatabase(path: string): Promise<boolean> {
  // A pipe may never be opened.
  if (!(await lstat(path)).isFile()) return false
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(SQLITE_HEADER.length))
  return buffer.toString('latin1') === SQLITE_HEADER
}
