import type { PictureType } from '../message.ts'
import type { Failure, Pictures } from '../poster.ts'
import { NotSent } from './retry.ts'

/** Most pictures in memory, of a megabyte each at most: every chat gets the same. */
const KEPT = 4

/** What a failure is called where a picture cannot be read. */
const NO_PICTURE = 'picture'

const UNREADABLE: Failure = {
  ...{ next: 'rejected', code: NO_PICTURE, of: 'content' },
  ...{ isPicture: true, reason: 'picture' },
}

/** A failure as an answer takes it: a picture that cannot be read just now is not waited for. Pure. */
export function asAnswer(failure: Failure): Failure {
  return failure.code === NO_PICTURE ? UNREADABLE : failure
}

/** Whether an operator has to look at it: a body that is refused for its content is a mistake of ours. Pure. */
export function isMistake(failure: Failure): boolean {
  if (failure.next === 'rejected') return failure.of === 'content' && failure.code !== NO_PICTURE
  return failure.next === 'stop'
}

/** Reads a picture. Rejects with {@link NotSent}. */
export type ReadPicture = (id: number) => Promise<{
  readonly bytes: Buffer<ArrayBuffer>
  readonly type: PictureType
}>

/** Reads each picture once, for as long as it is one of the last few. */
export function createPictureReader(pictures: Pick<Pictures, 'read'>): ReadPicture {
  const kept = new Map<number, ReturnType<ReadPicture>>()

  async function read(id: number) {
    const found = await reached(pictures.read(id))
    if (!found) throw new NotSent(UNREADABLE)
    const { bytes, type } = found
    return { bytes: Buffer.from(bytes), type }
  }

  return id => {
    const reading = kept.get(id) ?? read(id)
    // Moved to the end: the first is the one unused for longest.
    kept.delete(id)
    kept.set(id, reading)
    const [oldest] = kept.size > KEPT ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    reading.catch(() => {
      if (kept.get(id) === reading) kept.delete(id)
    })
    return reading
  }
}

/** What is kept, or {@link NotSent}: it is tried again once it can be reached. */
export async function reached<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking
  } catch {
    throw new NotSent({ next: 'retry', code: NO_PICTURE })
  }
}
