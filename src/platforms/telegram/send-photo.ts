import type { Pictures } from '../../poster.ts'
import type { ApiOptions } from '../options.ts'
import { createPictureReader } from '../pictures.ts'
import type { Call } from './api.ts'
import { createUploads, type Sent, type Upload } from './file-id-cache.ts'
import { ATTACHED, createFormCall } from './multipart.ts'
import { blankPicture } from './placeholder-image.ts'

/** An upload may take so many times as long as another call. */
const UPLOAD_TIMES = 3

export interface PhotosOptions extends ApiOptions {
  readonly call: Call
  readonly pictures: Pictures
}

/** Makes a call with a picture that is kept, or with a blank one; rejects as the call does. */
export type CallWithPhoto = (
  method: string,
  picture: number | 'blank',
  /** What is sent, with the picture as the Bot API names it. */
  payload: (photo: string) => object,
) => Promise<Sent | undefined>

/** Sends pictures: the file where Telegram has not got it yet, and its id from then on. */
export function createPhotos(options: PhotosOptions): CallWithPhoto {
  const { call, pictures, signal, timeoutMs } = options
  const callForm = createFormCall(options)
  const withPhoto = createUploads(signal)
  const uploadOf = keptUploads(pictures)
  return (method, picture, payload) =>
    withPhoto(picture === 'blank' ? BLANK : uploadOf(picture), photo =>
      typeof photo === 'string'
        ? call(method, payload(photo))
        : callForm(method, payload(ATTACHED), photo, timeoutMs * UPLOAD_TIMES),
    )
}

/** Pictures with the ids that Telegram has given them. */
function keptUploads(pictures: Pictures): (id: number) => Upload {
  const read = createPictureReader(pictures)
  return id => ({
    name: String(id),
    read: async () => (await read(id)).bytes,
    known: () => pictures.telegramFile(id),
    keep: file => pictures.keepTelegramFile(id, file),
  })
}

/** Made anew by each process that needs it. */
const BLANK: Upload = {
  name: 'blank',
  read: async () => blankPicture(),
  known: async () => undefined,
  keep: async () => {},
}
