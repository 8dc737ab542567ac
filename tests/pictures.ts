import { crc32, deflateSync } from 'node:zlib'
import { createPictures, type PictureSources } from '../src/app/pictures.ts'
import { type PictureType, pictureName } from '../src/picture.ts'
import type { Pictures } from '../src/poster.ts'

/** Returns a chunk of a PNG file. */
export function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** A picture of one shade, of these pixels; it is a whole one where it is not too large for that. */
export function png(width: number, height: number, shade = 0): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const row = Buffer.from([0, ...Array.from({ length: Math.min(width, 1000) }, () => shade)])
  const rows = Buffer.concat(Array.from({ length: Math.min(height, 1000) }, () => row))
  const beginning = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const end = chunk('IEND', Buffer.alloc(0))
  return Buffer.concat([beginning, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), end])
}

/** Returns the headers of a JPEG, up to its measures. */
export function jpeg(width: number, height: number): Buffer {
  const sides = Buffer.alloc(4)
  sides.writeUInt16BE(height, 0)
  sides.writeUInt16BE(width, 2)
  const application = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')
  const end = Buffer.from('03011100021100031100ffd9', 'hex')
  return Buffer.concat([application, Buffer.from('ffc0001108', 'hex'), sides, end])
}

/** Returns the headers of a WebP image, up to its measures. */
export function webp(width: number, height: number): Buffer {
  const made = Buffer.alloc(30)
  made.write('RIFF', 0, 'latin1')
  made.writeUInt32LE(22, 4)
  made.write('WEBPVP8X', 8, 'latin1')
  made.writeUInt32LE(10, 16)
  made.writeUIntLE(width - 1, 24, 3)
  made.writeUIntLE(height - 1, 27, 3)
  return made
}

/** The pictures of a store, one for each picture of the content folder and each drawn one. */
export function storePictures(store: PictureSources['store']): Pictures {
  const others = { read: async () => ({ bytes: png(8, 6), type: 'png' }) as const }
  return createPictures({ store, files: others, drawings: others })
}

/**
 * Pictures in memory: stored ones by their ids from 1 on, and one for each picture of the content folder and each drawn
 * one.
 */
export function memoryPictures(...pictures: readonly Buffer[]): Pictures & {
  /** The file ids of Telegram, by the name of the image. */
  readonly files: Map<string, string>
  /** The names of the images that were read, in order. */
  readonly reads: string[]
} {
  const files = new Map<string, string>()
  const reads: string[] = []
  const type: PictureType = 'png'
  return {
    ...{ files, reads },
    async read(picture) {
      reads.push(pictureName(picture))
      const bytes = 'id' in picture ? pictures[picture.id - 1] : png(8, 6)
      return bytes && { bytes, type }
    },
    telegramFile: async name => files.get(name),
    async keepTelegramFile(name, file) {
      files.set(name, file)
    },
  }
}
