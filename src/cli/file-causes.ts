/** The causes for which a file cannot be read, by the codes of the system. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there’s no such file',
  EISDIR: 'it’s a folder, not a file',
  EACCES: 'this user has no permission',
}

/** Says in words why a file could not be read; with the code of the system if there are no words for it. Pure. */
export function causeOf(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  return CAUSES[code] ?? code
}
