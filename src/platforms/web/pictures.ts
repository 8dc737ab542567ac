import { imageSize } from 'image-size'
import { BoundedMap } from '../../async/bounded-map.ts'
import { type Picture, type PictureFile, pictureName } from '../../picture.ts'
import type { Pictures } from '../../poster.ts'
import { withoutUploads } from '../../render/discord.ts'
import { withoutPhoto } from '../../render/telegram.ts'
import { createPictureReader } from '../pictures.ts'
import type { Bodies } from './bodies.ts'
import type { Entry, ShownPicture } from './protocol.ts'

/** Most pictures that are remembered. A schedule preview of ten years has 520 digests, each with its own timeline. */
const REMEMBERED = 1000

/** The bodies of a message, as the page gets them. */
export type PageBodies = Pick<Entry, 'discord' | 'telegram'>

/** The pictures that the page shows, by their names. */
export interface ShownPictures {
  /** Returns bodies with the names of their pictures, without their sizes. */
  named(bodies: Bodies): PageBodies
  /**
   * Resolves to bodies with the names and sizes of their pictures. The plainer form, as the platform would get it,
   * replaces a body with a picture that cannot be read.
   */
  measured(bodies: Bodies): Promise<PageBodies>
  /** Resolves to undefined if no picture that was shown has this name, or if it cannot be read. */
  read(name: string): Promise<PictureFile | undefined>
}

type Size = Pick<ShownPicture, 'width' | 'height'>

export function createShownPictures(pictures: Pick<Pictures, 'read'>): ShownPictures {
  const readPicture = createPictureReader(pictures)
  const shown = new BoundedMap<string, Size & { readonly picture: Picture }>(REMEMBERED)

  /** Remembers a picture. Returns what the page gets of it. */
  function named(picture: Picture): ShownPicture {
    const name = pictureName(picture)
    const { width, height } = shown.get(name) ?? {}
    const size = width !== undefined && height !== undefined && { width, height }
    shown.set(name, { picture, ...size })
    return { name, ...size }
  }

  /** Remembers a picture with its size. Resolves to false if it cannot be read. */
  async function measure(picture: Picture): Promise<boolean> {
    if (named(picture).width !== undefined) return true
    try {
      const { bytes } = await readPicture(picture)
      shown.set(pictureName(picture), { picture, ...sizeOf(bytes) })
      return true
    } catch {
      // The store and the drawings log it, and the watch reports a changed file. The reader gets the words.
      return false
    }
  }

  const nameAll = ({ discord, telegram }: Bodies): PageBodies => ({
    discord: discord.map(({ pictures: uploads, ...body }) => ({
      ...body,
      ...(uploads && {
        pictures: uploads.map(({ picture, instead }) => ({ ...named(picture), instead })),
      }),
    })),
    telegram: telegram.map(body =>
      'photo' in body ? { ...body, photo: named(body.photo) } : body,
    ),
  })

  return {
    named: nameAll,
    async measured({ discord, telegram }) {
      const forDiscord = discord.map(async body => {
        const found = await Promise.all(
          (body.pictures ?? []).map(({ picture }) => measure(picture)),
        )
        return found.every(Boolean) ? body : withoutUploads(body)
      })
      const forTelegram = telegram.map(async body =>
        !('photo' in body) || (await measure(body.photo)) ? body : withoutPhoto(body),
      )
      return nameAll({
        discord: await Promise.all(forDiscord),
        telegram: await Promise.all(forTelegram),
      })
    },
    async read(name) {
      // The page keeps the posts of an earlier process, with their ids.
      const stored = isOfAnnouncement(name) && ({ id: Number(name), type: 'png' } as const)
      const picture = shown.get(name)?.picture ?? stored
      // The source has logged it. The page then shows the words.
      return picture ? readPicture(picture).catch(() => undefined) : undefined
    },
  }
}

/** Whether a name is the id of an announcement's picture, in the store, rather than a hash of the picture. Pure. */
export function isOfAnnouncement(name: string): boolean {
  return /^[0-9]{1,15}$/.test(name)
}

/** Returns the size in which browsers show an image: a JPEG may say that it lies on its side. */
function sizeOf(bytes: Uint8Array): Size {
  try {
    const { width, height, orientation = 1 } = imageSize(bytes)
    return orientation > 4 ? { width: height, height: width } : { width, height }
  } catch {
    // The page takes the size from the image itself.
    return {}
  }
}
