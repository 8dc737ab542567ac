/** The beginning of the URL of an SQLite file. */
const FILE = 'file:'

/** Returns the path of an SQLite file; undefined if the URL is that of a PostgreSQL database. Pure. */
export function sqlitePath(url: string): string | undefined {
  return url.startsWith(FILE) ? url.slice(FILE.length) : undefined
}

/** Returns the paths of an SQLite file, of its journal and of its shared memory. Pure. */
export function sqliteFiles(path: string): string[] {
  return ['', '-wal', '-shm'].map(suffix => `${path}${suffix}`)
}
