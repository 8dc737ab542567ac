import { crc32, deflateSync } from 'node:zlib'

/** In pixels; a shape that every client shows. */
const WIDTH = 640
const HEIGHT = 360

/** A shade between the clients' dark and light grounds. */
const GREY = 0x80

/** A plain grey picture, as a PNG: what stands where a picture was taken back. */
export function blankPicture(): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  // Eight bits a pixel, of grey alone.
  header[8] = 8
  // Each row begins with its filter: none.
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
