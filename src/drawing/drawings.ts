import { BoundedMap } from '../async/bounded-map.ts'
import type { Log } from '../log.ts'
import { type DrawnPicture, pictureName } from '../picture.ts'
import { type CacheSize, createDiskCache } from './disk-cache.ts'
import { DrawingError, drawInWorker } from './in-worker.ts'

/** The bytes of drawn pictures. */
export interface Drawings {
  /**
   * Reads a picture from the cache, or draws it. Rejects with a {@link DrawingError} if it can't be drawn, if
   * {@link MOST_WAITING} pictures wait, or after `close`.
   */
  read(picture: DrawnPicture): Promise<PictureBytes>
  /** Ends the work and waits for the last write to the cache. */
  close(): Promise<void>
}

interface PictureBytes {
  readonly bytes: Buffer
  readonly type: 'png'
}

interface Options {
  /** The folder of the cache, created with the first picture. */
  readonly directory: string
  readonly log: Log
  /** Most files and bytes in the folder. */
  readonly size?: CacheSize
  /** Draws a picture; of tests. */
  readonly draw?: typeof drawInWorker
}

/** A thousand pictures of the usual 200 KB, or 200 of the largest. */
const SIZE: CacheSize = { files: 1000, bytes: 200_000_000 }

/** Pictures in memory: those of an answer that many readers ask for. */
const MOST_IN_MEMORY = 16

/** Failures in memory, so that a picture for many chats fails once. */
const MOST_FAILURES = 200

/** Time after which a failed picture is drawn again, in milliseconds: the cause may have been a lack of memory. */
const FAILURE_MS = 10 * 60_000

/** Most pictures that wait for the worker: about 20 seconds of work. */
const MOST_WAITING = 200

/** Creates the reader of drawn pictures: from memory, from the cache on disk, or drawn in a worker, one at a time. */
export function createDrawings(options: Options): Drawings {
  const { directory, log, size = SIZE, draw = drawInWorker } = options
  const disk = createDiskCache(directory, size, log)
  const memory = new BoundedMap<string, Buffer>(MOST_IN_MEMORY)
  const failures = new BoundedMap<string, { readonly error: unknown; readonly at: number }>(
    MOST_FAILURES,
  )
  const underWay = new Map<string, Promise<Buffer>>()
  const ending = new AbortController()
  let waiting = 0
  let lastDrawn: Promise<unknown> = Promise.resolve()
  let lastWrite: Promise<void> = Promise.resolve()

  /** Draws after the pictures that wait. */
  async function drawNext(name: string, { drawing }: DrawnPicture): Promise<Buffer> {
    if (waiting >= MOST_WAITING) {
      const error = new DrawingError('Too many drawings wait.')
      warn(error)
      throw error
    }
    waiting += 1
    const drawn = lastDrawn.then(() => {
      ending.signal.throwIfAborted()
      return draw(drawing, ending.signal)
    })
    // The caller gets the failure. It does not concern the next picture.
    lastDrawn = drawn.catch(() => {})
    try {
      return await drawn
    } catch (error) {
      if (!ending.signal.aborted) {
        failures.set(name, { error, at: performance.now() })
        warn(error)
      }
      throw error
    } finally {
      waiting -= 1
    }
  }

  function warn(err: unknown): void {
    log.warn({ event: 'drawing.failed', err }, 'An image can’t be drawn; its words replace it.')
  }

  async function find(name: string, picture: DrawnPicture): Promise<Buffer> {
    const kept = await disk.read(name)
    if (kept) return kept
    const bytes = await drawNext(name, picture)
    lastWrite = disk.write(name, bytes)
    return bytes
  }

  async function start(name: string, picture: DrawnPicture): Promise<Buffer> {
    try {
      const bytes = await find(name, picture)
      memory.set(name, bytes)
      return bytes
    } finally {
      underWay.delete(name)
    }
  }

  return {
    async read(picture) {
      ending.signal.throwIfAborted()
      const name = pictureName(picture)
      const kept = memory.get(name)
      if (kept) {
        memory.set(name, kept)
        return { bytes: kept, type: 'png' }
      }
      const failure = failures.get(name)
      if (failure && performance.now() - failure.at < FAILURE_MS) throw failure.error
      const found = underWay.get(name) ?? start(name, picture)
      underWay.set(name, found)
      return { bytes: await found, type: 'png' }
    },
    async close() {
      ending.abort(new DrawingError('Drawings are closed.'))
      await lastDrawn
      await lastWrite
    },
  }
}
