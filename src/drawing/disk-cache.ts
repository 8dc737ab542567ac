import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'

/** Files in a folder, each under a name, of which the least recently used go first. */
export interface DiskCache {
  /** Returns undefined if there is no whole file of that name. Never rejects. */
  read(name: string): Promise<Buffer | undefined>
  /** Keeps bytes under a name of letters, digits and `-`. Never rejects. */
  write(name: string, bytes: Uint8Array): Promise<void>
}

export interface CacheSize {
  readonly files: number
  readonly bytes: number
}

/** Length of the SHA-256 at the start of each file. */
const HASH_BYTES = 32

const SUFFIX = '.cache'

/** Files of the cache, whole and unfinished. The folder may have others, which stay. */
const OWN = /\.(?:cache|new)$/

/** Share of the limits that remains when the least recently used files are removed. New files fill the rest. */
const REMAINING = 0.9

/** Age of an unfinished file of a process that was killed, in milliseconds. */
const ABANDONED_MS = 3_600_000

/** Files that are looked up at a time. */
const BATCH = 16

/**
 * Creates a cache in a folder, which is created at the first write. Several processes can share a folder. A folder
 * that is full, read-only or damaged makes the cache forget; the first failure is logged.
 */
export function createDiskCache(folder: string, most: CacheSize, log: Log): DiskCache {
  /** The room for new files before old ones are removed. The first write looks at the folder. */
  let room: CacheSize = { files: 0, bytes: 0 }
  let isWarned = false
  let lastWrite: Promise<void> = Promise.resolve()

  function warn(err: unknown): void {
    if (isWarned) return
    isWarned = true
    const text = 'The cache of drawn images fails, so images are drawn again. Check its folder.'
    log.warn({ event: 'drawing.cache', err }, text)
  }

  async function removeOldest(): Promise<void> {
    const files = await filesIn(folder)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const left = { files: files.length, bytes }
    for (const file of files) {
      const isWithin = left.files < most.files * REMAINING && left.bytes < most.bytes * REMAINING
      if (isWithin && !file.isAbandoned) continue
      await rm(file.path, { force: true })
      left.files -= 1
      left.bytes -= file.bytes
    }
    room = { files: most.files - left.files, bytes: most.bytes - left.bytes }
  }

  async function write(name: string, bytes: Uint8Array): Promise<void> {
    const size = HASH_BYTES + bytes.length
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (room.files < 1 || room.bytes < size) await removeOldest()
    const unfinished = join(folder, `${randomUUID()}.new`)
    try {
      await writeFile(unfinished, [hash(bytes), bytes], { mode: 0o600, flag: 'wx' })
      await rename(unfinished, join(folder, name + SUFFIX))
    } catch (error) {
      // The first error counts. An unfinished file that stays is removed later.
      await rm(unfinished, { force: true }).catch(() => {})
      throw error
    }
    room = { files: room.files - 1, bytes: room.bytes - size }
  }

  return {
    async read(name) {
      const path = join(folder, name + SUFFIX)
      try {
        const file = await readWhole(path, most.bytes)
        const bytes = file.subarray(HASH_BYTES)
        if (!hash(bytes).equals(file.subarray(0, HASH_BYTES))) {
          throw new Error('A file of the cache is damaged.')
        }
        const now = Date.now() / 1000
        // A cache that can't be written to can still be read.
        utimes(path, now, now).catch(() => {})
        return bytes
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warn(error)
        return undefined
      }
    },
    write(name, bytes) {
      lastWrite = lastWrite.then(() => write(name, bytes)).catch(warn)
      return lastWrite
    },
  }
}

/** Reads a file of the cache. Follows no link, and does not wait for the writer of a pipe. */
async function readWhole(path: string, mostBytes: number): Promise<Buffer> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const facts = await file.stat()
    if (!facts.isFile() || facts.size > mostBytes)
      throw new Error('A file of the cache is damaged.')
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Returns the files of a folder, the least recently used first. */
async function filesIn(folder: string) {
  const names = (await readdir(folder)).filter(name => OWN.test(name))
  const files = []
  for (let start = 0; start < names.length; start += BATCH) {
    const batch = names.slice(start, start + BATCH).map(async name => {
      const path = join(folder, name)
      // Another process may have removed the file.
      const facts = await stat(path).catch(() => undefined)
      if (!facts?.isFile()) return []
      const usedMs = facts.mtimeMs
      const isAbandoned = !name.endsWith(SUFFIX) && Date.now() - usedMs > ABANDONED_MS
      return [{ path, bytes: facts.size, usedMs, isAbandoned }]
    })
    files.push(...(await Promise.all(batch)).flat())
  }
  return files.sort((a, b) => a.usedMs - b.usedMs)
}

function hash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
