import { fromStore } from '../pictures.ts'
import { NotSent } from '../retry.ts'
import { isWrongFile } from './failure.ts'

/** A picture as a call takes it: the id of a file that Telegram has, or the file. */
type Photo = string | Buffer<ArrayBuffer>

/** A picture that Telegram may have already. */
export interface Upload {
  readonly name: string
  read(): Promise<Buffer<ArrayBuffer>>
  /** The id that was kept. */
  known(): Promise<string | undefined>
  keep(file: string): Promise<void>
}

/** What a call answers that has sent a picture. */
export interface Sent {
  readonly message_id?: unknown
  readonly photo?: readonly PhotoSize[]
}

interface PhotoSize {
  readonly file_id: string
  readonly width: number
  readonly height: number
}

/** Makes a call with a picture; rejects as the call does. */
export type WithPhoto = (
  upload: Upload,
  call: (photo: Photo) => Promise<Sent | undefined>,
) => Promise<Sent | undefined>

/** Between two who have waited for an upload, in milliseconds: all at once they would be too many. */
const GAP_MS = 1000 / 30

/**
 * Sends each picture to Telegram once: whoever comes meanwhile waits, and everybody from then on names
 * the file. Where that upload fails, the next one tries. An id that Telegram does not know any more, or that
 * is another bot's, is forgotten. Who still waits when `signal` aborts is sent nothing.
 */
export function createUploads(signal: AbortSignal): WithPhoto {
  const files = new Map<string, string>()
  const seenChanges = new Map<string, Promise<void>>()
  const uploading = new Map<string, Promise<void>>()
  let free = 0

  /** Asks once what was kept. */
  function look({ name, known }: Upload): Promise<void> {
    const looked =
      seenChanges.get(name) ??
      fromStore(known()).then(file => {
        if (file !== undefined) files.set(name, file)
      })
    seenChanges.set(name, looked)
    looked.catch(() => seenChanges.delete(name))
    return looked
  }

  /** One after another. */
  async function turn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, free)
    free = at + GAP_MS
    await new Promise(resolve => setTimeout(resolve, at - now))
  }

  const first: WithPhoto = async ({ name, read, keep }, call) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    uploading.set(name, promise)
    let file: string | undefined
    try {
      const sent = await call(await read())
      file = largest(sent?.photo)?.file_id
      if (file !== undefined) files.set(name, file)
      return sent
    } finally {
      uploading.delete(name)
      resolve()
      // Not kept, it is uploaded once more by whoever starts next.
      if (file !== undefined) await keep(file).catch(() => {})
    }
  }

  return async (upload, call) => {
    const { name } = upload
    await look(upload)
    for (let isForgotten = false; ; ) {
      const file = files.get(name)
      const before = uploading.get(name)
      if (file === undefined && !before) return first(upload, call)
      if (file === undefined) {
        await before
        if (files.has(name)) await turn()
        // It has waited, and not left: whoever goes on need not wonder.
        if (signal.aborted) throw new NotSent({ next: 'retry', code: 'over' })
        continue
      }
      try {
        return await call(file)
      } catch (error) {
        if (isForgotten || !isWrongFile(error)) throw error
        isForgotten = true
        // Somebody else may have uploaded it anew meanwhile.
        if (files.get(name) === file) files.delete(name)
      }
    }
  }
}

function largest(sizes: readonly PhotoSize[] = []): PhotoSize | undefined {
  return sizes.toSorted((a, b) => a.width * a.height - b.width * b.height).at(-1)
}
