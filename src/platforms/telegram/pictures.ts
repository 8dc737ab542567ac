import { TelegramError } from 'telegraf'
import type { Document, PhotoSize } from 'telegraf/types'
import { PICTURE_BYTES } from '../../picture.ts'
import { type Downloaded, type DownloadOptions, download } from '../download.ts'
import type { Call } from './api.ts'

/** Longest wait for the path of a file (getFile), in milliseconds. */
const PATH_MS = 3000

export interface PictureOptions extends DownloadOptions {
  readonly call: Call
  readonly token: string
}

/** The part of a message that may be a picture. */
export interface Pictured {
  /** One picture in several sizes. */
  readonly photo?: readonly PhotoSize[]
  readonly document?: Document
}

/** Returns a function that downloads the picture of a message and never rejects; undefined if there is no picture. */
export type PictureOf = (message: Pictured) => (() => Promise<Downloaded>) | undefined

/** Creates the function that finds the picture of a message, and downloads it through the Bot API. */
export function createPictures({ call, token, ...options }: PictureOptions): PictureOf {
  const pathMs = Math.min(PATH_MS, options.timeoutMs)
  const root = options.apiUrl?.replace(/\/*$/, '/') ?? 'https://api.telegram.org/'

  async function fetchFile(id: string): Promise<Downloaded> {
    try {
      const file = await call<{ file_path?: unknown } | undefined>(
        'getFile',
        { file_id: id },
        pathMs,
      )
      if (typeof file?.file_path !== 'string') return 'unreachable'
      return await download(`${root}file/bot${token}/${file.file_path}`, options)
    } catch (error) {
      // getFile refuses files of more than 20 MB (Bot API).
      const isLarge = error instanceof TelegramError && /too big/i.test(error.description)
      return isLarge ? 'large' : 'unreachable'
    }
  }

  return message => {
    const files = filesOf(message)
    if (files.length === 0) return undefined
    // A file without a size is limited by the download itself.
    const [id] = files.filter(({ file_size = 0 }) => file_size <= PICTURE_BYTES)
    return async () => (id ? fetchFile(id.file_id) : 'large')
  }
}

/** Lists the files of a picture, the largest first. Pure. */
function filesOf({ photo = [], document }: Pictured): readonly (PhotoSize | Document)[] {
  if (photo.length > 0) return photo.toSorted((a, b) => b.width * b.height - a.width * a.height)
  return document?.mime_type?.startsWith('image/') ? [document] : []
}
