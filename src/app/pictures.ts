import type { Log } from '../log.ts'
import type { ContentPicture, DrawnPicture, PictureFile } from '../picture.ts'
import type { Pictures } from '../poster.ts'
import type { Store } from '../store/store.ts'

export interface PictureSources {
  readonly store: Pick<Store, 'pictures' | 'telegramFiles'>
  /** The content folder. Resolves to undefined if it no longer has the picture. */
  readonly content: { read(picture: ContentPicture): Promise<PictureFile | undefined> }
  /** Rejects if a picture cannot be drawn. */
  readonly drawings: { read(picture: DrawnPicture): Promise<PictureFile> }
  readonly log: Log
}

/**
 * Returns the pictures of all sources. Only the store's failures reject, because a post can wait for the store. A message
 * does not wait for a picture that another source cannot read now: words replace it.
 */
export function createPictures({ store, content, drawings, log }: PictureSources): Pictures {
  return {
    async read(picture) {
      if ('id' in picture) return store.pictures.read(picture.id)
      try {
        return await ('hash' in picture ? content.read(picture) : drawings.read(picture))
      } catch (err) {
        const source = 'hash' in picture ? picture.path : picture.drawing.kind
        log.warn({ event: 'picture.unread', source, err }, 'Couldn’t read or draw an image.')
        return undefined
      }
    },
    telegramFile: store.telegramFiles.find,
    keepTelegramFile: store.telegramFiles.keep,
  }
}
