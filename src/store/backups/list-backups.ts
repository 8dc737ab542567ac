import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { backupTime } from './backup-names.ts'

/**
 * Resolves to the names of the backups in a folder: those of regular files that are not empty. A folder that can't be read
 * has none.
 */
export async function listBackups(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => backupTime(name))
  const stats = await Promise.all(
    names.map(name => lstat(join(folder, name)).catch(() => undefined)),
  )
  return names.filter((_, index) => stats[index]?.isFile() && stats[index].size > 0)
}
