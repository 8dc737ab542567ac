import { statSync } from 'node:fs'

/** The causes for which a file cannot be read or written, by the codes of the system. */
const CAUSES: Readonly<Record<string, string>> = {
  EISDIR: 'it’s a folder, not a file',
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EFBIG: 'it’s too long',
  ENXIO: 'it’s a device or a socket, not a file',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EEXIST: 'there is already such a file',
}

/**
 * Says in words why a file could not be read or written; undefined if there are no words for the error. `missing` is what
 * is missing if the system finds nothing: the folder of a file that is created. Pure.
 */
export function knownCauseOf(
  error: unknown,
  missing: 'file' | 'folder' = 'file',
): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? `there’s no such ${missing}` : CAUSES[code]
}

/** Says why a file could not be read or written, with the code of the system if there are no words for it. Pure. */
export function causeOf(error: unknown): string {
  return knownCauseOf(error) ?? (error as NodeJS.ErrnoException).code ?? 'unknown error'
}

/** Returns what a path names, through symbolic links; undefined if it names nothing. Throws the system's error. */
export function kindOf(path: string): 'file' | 'folder' | 'other' | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return undefined
  if (stats.isFile()) return 'file'
  return stats.isDirectory() ? 'folder' : 'other'
}
