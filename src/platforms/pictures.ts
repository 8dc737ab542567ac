import { BoundedMap } from '../async/bounded-map.ts'
import type { Log } from '../log.ts'
import { type Picture, type PictureType, pictureName } from '../picture.ts'
import type { Failure, Pictures } from '../poster.ts'
import { NotSent } from './retry.ts'

/** Most pictures in memory, of at most a megabyte each: all of one message. All chats get the same few. */
const KEPT = 10

/** The code of a failure to read a picture. */
const NO_PICTURE = 'picture'

const UNREADABLE: Failure = {
  next: 'rejected',
  code: NO_PICTURE,
  of: 'content',
  isPicture: true,
  reason: 'picture',
}

/** The picture cannot be read or uploaded now. */
export const LATER: Failure = { next: 'retry', code: NO_PICTURE }

/** Converts the failure of a reply, which never waits: a picture that cannot be read now counts as unreadable. Pure. */
export function asAnswer(failure: Failure): Failure {
  return failure.code === NO_PICTURE ? UNREADABLE : failure
}

/** Logs that a reply failed; at level `error` if an operator has to act. `fields` name the platform and the call. */
export function logReplyFailure(log: Log, title: string, fields: object, failure: Failure): void {
  const { next, code } = failure
  // A body that is refused for its content is a fault of Sitrep.
  const isMistake =
    next === 'rejected' ? failure.of === 'content' && code !== NO_PICTURE : next === 'stop'
  const all = { event: 'reply.failed', ...fields, next, code }
  if (isMistake) log.error(all, `${title} rejected a reply.`)
  else log.warn(all, 'Couldn’t send a reply.')
}

/** Reads a picture. Rejects with {@link NotSent} if it no longer exists, or if the store fails. */
export type ReadPicture = (picture: Picture) => Promise<{
  readonly bytes: Buffer<ArrayBuffer>
  readonly type: PictureType
}>

/** Returns a reader that keeps the last few pictures in memory. */
export function createPictureReader(pictures: Pick<Pictures, 'read'>): ReadPicture {
  const kept = new BoundedMap<string, ReturnType<ReadPicture>>(KEPT)

  async function read(picture: Picture) {
    const found = await fromStore(pictures.read(picture))
    if (!found) throw new NotSent(UNREADABLE)
    const { bytes, type } = found
    return { bytes: Buffer.from(bytes), type }
  }

  return picture => {
    const name = pictureName(picture)
    const reading = kept.get(name) ?? read(picture)
    kept.set(name, reading)
    reading.catch(() => {
      if (kept.get(name) === reading) kept.delete(name)
    })
    return reading
  }
}

/** Awaits a result of the store. Rejects with {@link NotSent} if the store fails, so that the caller retries. */
export async function fromStore<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch {
    throw new NotSent(LATER)
  }
}
