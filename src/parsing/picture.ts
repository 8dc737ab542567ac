import { imageSize } from 'image-size'
import { PICTURE_BYTES, type PictureType } from '../message.ts'

/**
 * Bot API, sendPhoto: "The photo's width and height must not exceed 10000 in total. Width and height
 * ratio must be at most 20." In pixels.
 */
const SIDES = 10_000
const RATIO = 20

/** Too many bytes; none of the types that both platforms show; too wide, too narrow, too large to be shown. */
export type PictureFault = 'large' | 'unknown' | 'misshapen'

/**
 * How files of these types begin, in hexadecimal. Looked at first: `image-size` reads twenty types, of
 * which somebody could make it read one that takes it minutes.
 */
const BEGINNINGS: readonly (readonly [PictureType, RegExp])[] = [
  ['jpeg', /^ffd8ff/],
  // Its signature, a length, "IHDR".
  ['png', /^89504e470d0a1a0a.{8}49484452/],
  // "RIFF", a length, "WEBPVP8".
  ['webp', /^52494646.{8}57454250565038/],
]

/** What kind of picture it is by its content, whatever it is called; or why it cannot be posted. Pure. */
export function pictureOf(bytes: Uint8Array): { readonly type: PictureType } | PictureFault {
  if (bytes.length > PICTURE_BYTES) return 'large'
  // Of its own: past the end of a view `image-size` would read on in its neighbour.
  const own = Buffer.from(Uint8Array.from(bytes).buffer)
  const beginning = own.toString('hex', 0, 16)
  const [type] = BEGINNINGS.find(([, pattern]) => pattern.test(beginning)) ?? []
  const sides = type && sidesOf(own)
  if (!sides) return 'unknown'
  const [short = 0, long = 0] = sides
  return long + short > SIDES || long > short * RATIO ? 'misshapen' : { type }
}

/** The shorter and the longer side in pixels; nothing where it is broken. */
function sidesOf(bytes: Buffer): number[] | undefined {
  try {
    const { width, height } = imageSize(bytes)
    return [width, height].sort((a, b) => a - b)
  } catch {
    return undefined
  }
}
