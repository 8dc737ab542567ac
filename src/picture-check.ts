import { crc32 } from 'node:zlib'
import { imageSize } from 'image-size'
import { PICTURE_BYTES, type PictureType } from './picture.ts'

/**
 * Bot API, sendPhoto: "The photo's width and height must not exceed 10000 in total. Width and height
 * ratio must be at most 20." In pixels.
 */
const SIDES = 10_000
const RATIO = 20

/**
 * Faults of an image: too many bytes; a type that not both platforms show; sides beyond {@link SIDES} or {@link RATIO};
 * a file that is cut or damaged; more than one frame, of which Discord would show all and Telegram the first.
 */
export type PictureFault = 'large' | 'unknown' | 'misshapen' | 'broken' | 'animated'

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

/** Finds damage and animation. A file that goes on behind its end is whole: cameras append data of their own. */
const CHECKS: Readonly<Record<PictureType, (bytes: Buffer) => PictureFault | undefined>> = {
  jpeg: checkJpeg,
  png: checkPng,
  webp: checkWebp,
}

/**
 * Detects the type of an image by its content. Returns a fault if the image cannot be posted. Decodes no pixels. Pure.
 */
export function pictureOf(bytes: Uint8Array): { readonly type: PictureType } | PictureFault {
  if (bytes.length > PICTURE_BYTES) return 'large'
  // Copies the bytes, because `image-size` would read past the end of a view.
  const own = Buffer.from(Uint8Array.from(bytes).buffer)
  const beginning = own.toString('hex', 0, 16)
  const [type] = BEGINNINGS.find(([, pattern]) => pattern.test(beginning)) ?? []
  if (!type) return 'unknown'
  const sides = sidesOf(own)
  if (!sides) return 'broken'
  const [short = 0, long = 0] = sides
  if (short === 0 || long + short > SIDES || long > short * RATIO) return 'misshapen'
  return CHECKS[type](own) ?? { type }
}

/** Returns the shorter and the longer side in pixels; undefined if the image is damaged. */
function sidesOf(bytes: Buffer): number[] | undefined {
  try {
    const { width, height } = imageSize(bytes)
    return [width, height].sort((a, b) => a - b)
  } catch {
    // The caller reports a damaged image.
    return undefined
  }
}

/** Reads the chunks of a PNG up to IEND. Each has a length, a name of four letters, its data and a checksum of both. */
function checkPng(bytes: Buffer): PictureFault | undefined {
  let hasPixels = false
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at)
    if (end + 4 > bytes.length) return 'broken'
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return 'broken'
    const name = bytes.toString('latin1', at + 4, at + 8)
    if (name === 'acTL') return 'animated'
    if (name === 'IDAT' && end > at + 8) hasPixels = true
    if (name === 'IEND') return hasPixels ? undefined : 'broken'
    at = end + 4
  }
  return 'broken'
}

/** Markers of JPEG; that of a scan precedes compressed data. */
const [END_OF_IMAGE, START_OF_SCAN] = [0xd9, 0xda]

/** Whether a marker of JPEG has no length behind it: RST0 to RST7. Pure. */
function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7
}

/** Reads the segments of a JPEG up to its end. A thumbnail within a segment has an end of its own. */
function checkJpeg(bytes: Buffer): PictureFault | undefined {
  for (let at = 2; at + 1 < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff) return 'broken'
    if (marker === END_OF_IMAGE) return undefined
    // Any number of filling bytes may precede a marker.
    if (marker === 0xff) at += 1
    else if (isRestart(marker)) at += 2
    else if (at + 3 < bytes.length) {
      at += 2 + bytes.readUInt16BE(at + 2)
      if (marker === START_OF_SCAN) at = endOfScan(bytes, at)
    } else return 'broken'
  }
  return 'broken'
}

/** Returns the index of the marker behind compressed data. `ff00` is a byte of the data, and RST0 to RST7 are parts. */
function endOfScan(bytes: Buffer, start: number): number {
  let at = start
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0
    if (bytes[at] === 0xff && next !== 0 && !isRestart(next)) return at
    at += 1
  }
  return bytes.length
}

/** The flag of animation in the first byte of a chunk VP8X. */
const ANIMATION = 0b10

/** Reads the chunks of a WebP image, which fill the length in its header. A chunk of odd length has one byte more. */
function checkWebp(bytes: Buffer): PictureFault | undefined {
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) return 'broken'
  let at = 12
  while (at + 8 <= end) {
    const name = bytes.toString('latin1', at, at + 4)
    if (name === 'ANIM' || name === 'ANMF') return 'animated'
    if (name === 'VP8X' && ((bytes[at + 8] ?? 0) & ANIMATION) > 0) return 'animated'
    const length = bytes.readUInt32LE(at + 4)
    at += 8 + length + (length % 2)
  }
  // Some programs leave the last byte out.
  return at > end + 1 ? 'broken' : undefined
}
