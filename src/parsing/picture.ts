import { imageSize } from 'image-size'
import { PICTURE_BYTES, type PictureType } from '../picture.ts'

/**
 * Bot API, sendPhoto: "The photo's width and height must not exceed 10000 in total. Width and height
 * ratio must be at most 20." In pixels.
 */
const SIDES = 10_000
const RATIO = 20

/**
 * Faults of an image: too many bytes; a type that not both platforms show; sides beyond {@link
 * SIDES} or {@link RATIO}.
 */
export type PictureFault = 'large' | 'unknown' | 'misshapen'

/**
 * The first bytes of files of these types, in hexadecimal. Checked before `image-size` runs, because it
 * reads twenty types, and an attacker could send one that takes it minutes.
 */
const BEGINNINGS: readonly (readonly [PictureType, RegExp])[] = [
  ['jpeg', /^ffd8ff/],
  // The signature, a length, "IHDR".
  ['png', /^89504e470d0a1a0a.{8}49484452/],
  // "RIFF", a length, "WEBPVP8".
  ['webp', /^52494646.{8}57454250565038/],
]

/**
 * Detects the type of an image by its content. Returns a fault if the image cannot be posted. Pure.
 */
export function pictureOf(bytes: Uint8Array): { readonly type: PictureType } | PictureFault {
  if (bytes.length > PICTURE_BYTES) return 'large'
  // Copies the bytes, because `image-size` would read past the end of a view.
  const own = Buffer.from(Uint8Array.from(bytes).buffer)
  const beginning = own.toString('hex', 0, 16)
  const [type] = BEGINNINGS.find(([, pattern]) => pattern.test(beginning)) ?? []
  const sides = type && sidesOf(own)
  if (!sides) return 'unknown'
  const [short = 0, long = 0] = sides
  return long + short > SIDES || long > short * RATIO ? 'misshapen' : { type }
}

/** Returns the shorter and the longer side in pixels; undefined if the image is damaged. */
function sidesOf(bytes: Buffer): number[] | undefined {
  try {
    const { width, height } = imageSize(bytes)
    return [width, height].sort((a, b) => a - b)
  } catch {
    return undefined
  }
}
