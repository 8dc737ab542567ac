import { closeSync, fsyncSync, linkSync, openSync } from 'node:fs'

/** The first bytes of a database: sqlite.org/fileformat.html. */
export const SQLITE_HEADER = 'SQLite format 3\0'

/** Writes a file, or the names of a folder, to the disk. Throws the system's error. */
export function sync(path: string, flags: 'r' | 'r+'): void {
  // Windows opens no folder.
  if (process.platform === 'win32' && flags === 'r') return
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Gives a file a second name. Returns false if that fails, because FAT and some network disks have no hard links. Throws
 * the system's error if a file has the name already.
 */
export function tryLink(file: string, name: string): boolean {
  try {
    linkSync(file, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    return false
  }
}
