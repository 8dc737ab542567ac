import { crc32, deflateSync } from 'node:zlib'

/** Size in pixels. Every client shows an image of this shape. */
const WIDTH = 640
const HEIGHT = 360

/** A shade between the dark and the light background of clients. */
const GREY = 0x80

/** Returns a plain grey image, as a PNG, which replaces a retracted picture. */
export function placeholderImage(): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  // Eight bits per pixel, greyscale.
  header[8] = 8
  // Each row begins with its filter type, 0 for none.
  const row = Buffer.alloc(1 + WIDTH, GREY).fill(0, 0, 1)
  const rows = Buffer.concat(Array.from({ length: HEIGHT }, () => row))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
