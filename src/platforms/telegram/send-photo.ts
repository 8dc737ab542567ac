import type { MessageFile } from '../../message.ts'
import { type Picture, pictureName } from '../../picture.ts'
import type { Pictures } from '../../poster.ts'
import { createPictureReader } from '../pictures.ts'
import type { ApiOptions } from '../platform-options.ts'
import type { Call } from './api.ts'
import { createFileIdCache, type Sent, type Upload } from './file-id-cache.ts'
import { ATTACHED, createMultipartCall } from './multipart.ts'
import { placeholderImage } from './placeholder-image.ts'

/** The time-out of an upload is this many times that of other calls. */
const UPLOAD_TIMES = 3

export interface PhotosOptions extends ApiOptions {
  readonly call: Call
  readonly pictures: Pictures
}

/** Makes a call with a picture, or with the placeholder image. Rejects as the call does, and with `NotSent`. */
export type CallWithPhoto = (
  method: string,
  picture: Picture | 'placeholder',
  /** Returns the payload, in which `photo` stands for the picture. */
  payload: (photo: string) => object,
) => Promise<Sent | undefined>

/** Makes a call with a file, which is uploaded each time. Rejects as the call does. */
export type CallWithFile = (
  method: string,
  file: MessageFile,
  /** Returns the payload, in which `document` stands for the file. */
  payload: (document: string) => object,
) => Promise<unknown>

/** Returns a function that uploads files. */
export function createFiles(options: ApiOptions): CallWithFile {
  const callMultipart = createMultipartCall(options)
  return (method, { name, text }, payload) =>
    callMultipart(
      method,
      payload(ATTACHED),
      new TextEncoder().encode(text),
      options.timeoutMs * UPLOAD_TIMES,
      name,
    )
}

/** Returns a function that sends pictures: the file the first time, and its `file_id` from then on. */
export function createPhotos(options: PhotosOptions): CallWithPhoto {
  const { call, pictures, signal, timeoutMs } = options
  const callMultipart = createMultipartCall(options)
  const withPhoto = createFileIdCache(signal)
  const uploadOf = uploads(pictures)
  return (method, picture, payload) =>
    withPhoto(picture === 'placeholder' ? PLACEHOLDER : uploadOf(picture), photo =>
      typeof photo === 'string'
        ? call(method, payload(photo))
        : callMultipart(method, payload(ATTACHED), photo, timeoutMs * UPLOAD_TIMES),
    )
}

/** Returns the uploads of pictures, whose `file_id` is stored. */
function uploads(pictures: Pictures): (picture: Picture) => Upload {
  const read = createPictureReader(pictures)
  return picture => {
    const name = pictureName(picture)
    return {
      name,
      read: async () => (await read(picture)).bytes,
      known: () => pictures.telegramFile(name),
      keep: file => pictures.keepTelegramFile(name, file),
    }
  }
}

/** The placeholder image. Its `file_id` is not stored, so each process uploads it once. */
const PLACEHOLDER: Upload = {
  name: 'placeholder',
  read: async () => placeholderImage(),
  known: async () => undefined,
  keep: async () => {},
}
