/** The causes for which a file cannot be read or written, by the codes of the system. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there’s no such file',
  EISDIR: 'it’s a folder, not a file',
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
}

/** Says in words why a file could not be read or written; with the code of the system if there are no words for it. Pure. */
export function causeOf(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  return CAUSES[code] ?? code
}
