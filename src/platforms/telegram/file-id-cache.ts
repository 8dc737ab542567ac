import { BoundedMap } from '../../async/bounded-map.ts'
import { fromStore, LATER } from '../pictures.ts'
import { NotSent } from '../retry.ts'
import { classifyError, isWrongFile } from './failure.ts'

/** A picture in a call: the `file_id` of an uploaded file, or the file itself. */
type Photo = string | Buffer<ArrayBuffer>

/** A picture that may have been uploaded already. */
export interface Upload {
  /** The key in the cache. */
  readonly name: string
  read(): Promise<Buffer<ArrayBuffer>>
  /** Resolves to the stored `file_id`. */
  known(): Promise<string | undefined>
  /** Stores the `file_id`. */
  keep(file: string): Promise<void>
}

/** The result of a call that sent a picture. */
export interface Sent {
  readonly message_id?: unknown
  readonly photo?: readonly PhotoSize[]
}

interface PhotoSize {
  readonly file_id: string
  readonly width: number
  readonly height: number
}

/** Makes a call with a picture. Rejects as `call` does, and with {@link NotSent}. */
export type WithPhoto = (
  upload: Upload,
  call: (photo: Photo) => Promise<Sent | undefined>,
) => Promise<Sent | undefined>

/** Most pictures whose `file_id` is in memory. The store has those of the others. */
const KEPT = 1000

/** Pause between two calls that waited for an upload, in milliseconds: all at once would exceed the rate limit. */
const GAP_MS = 1000 / 30

/** Lost uploads for which a call waits. Each may take as long as its time-out, and one follows the other. */
const MOST_LOST = 2

/**
 * Uploads each picture once. Calls during the upload wait for it, and all later calls use its `file_id`. If the upload
 * fails, the next call uploads. A `file_id` that Telegram does not know any more, or that belongs to another bot, is
 * dropped. A call rejects with {@link NotSent} if it still waits when `signal` aborts, or after {@link MOST_LOST}.
 */
export function createFileIdCache(signal: AbortSignal): WithPhoto {
  const files = new BoundedMap<string, string>(KEPT)
  /** The `file_id`s that Telegram has refused: the store may still have one. */
  const refused = new BoundedMap<string, string>(KEPT)
  const lookups = new Map<string, Promise<string | undefined>>()
  /** Resolves to whether the upload was lost: it had no answer. */
  const uploading = new Map<string, Promise<boolean>>()
  /** When the next call that waited may start, by `performance.now()`. */
  let freeAt = 0

  /** Returns the `file_id`. Calls at the same time read the store once. */
  async function find({ name, known }: Upload): Promise<string | undefined> {
    const lookup = files.get(name) ?? lookups.get(name) ?? fromStore(known())
    if (typeof lookup === 'string') return lookup
    lookups.set(name, lookup)
    const found = await lookup.finally(() => lookups.delete(name))
    if (found === undefined || found === refused.get(name)) return files.get(name)
    files.set(name, found)
    return found
  }

  /** Resolves when the caller may start its call: callers get their turns `GAP_MS` apart. */
  async function awaitTurn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, freeAt)
    freeAt = at + GAP_MS
    await new Promise(resolve => setTimeout(resolve, at - now))
  }

  const upload: WithPhoto = async ({ name, read, keep }, call) => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    uploading.set(name, promise)
    let file: string | undefined
    let isLost = false
    try {
      const sent = await call(await read())
      file = largest(sent?.photo)?.file_id
      if (file !== undefined) files.set(name, file)
      return sent
    } catch (error) {
      isLost = !(error instanceof NotSent) && classifyError(error).next === 'uncertain'
      throw error
    } finally {
      uploading.delete(name)
      resolve(isLost)
      // If this fails, the next process uploads the picture again.
      if (file !== undefined) await keep(file).catch(() => {})
    }
  }

  return async (picture, call) => {
    const { name } = picture
    let lost = 0
    for (let isDropped = false; ; ) {
      const file = await find(picture)
      const before = uploading.get(name)
      if (file === undefined && !before) return upload(picture, call)
      if (file === undefined) {
        if (await before) lost += 1
        if (files.has(name)) await awaitTurn()
        // Nothing was sent, so the new lease holder may retry safely.
        if (signal.aborted) throw new NotSent({ next: 'retry', code: 'over' })
        if (lost >= MOST_LOST && !files.has(name)) throw new NotSent(LATER)
        continue
      }
      try {
        return await call(file)
      } catch (error) {
        if (isDropped || !isWrongFile(error)) throw error
        isDropped = true
        refused.set(name, file)
        // Another call may have uploaded the picture in the meantime.
        if (files.get(name) === file) files.delete(name)
      }
    }
  }
}

function largest(sizes: readonly PhotoSize[] = []): PhotoSize | undefined {
  return sizes.toSorted((a, b) => a.width * a.height - b.width * b.height).at(-1)
}
