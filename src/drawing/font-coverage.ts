import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

/** Number of the `cmap` table in the list of known tags of WOFF2. Tags that are not on the list follow in full. */
const CMAP = 0
const UNLISTED = 63

/** Numbers of `glyf` and `loca`, whose length is stored twice unless their version is 3. */
const GLYPH_TABLES = [10, 11]

/**
 * Returns the characters for which a WOFF2 font has glyphs, as code points. Canvases do not tell this, and draw a
 * missing glyph as a box or in a font of the system. Sources: WOFF2 (W3C), sections 4 to 5; OpenType, `cmap`.
 */
export function coveredBy(path: string): ReadonlySet<number> {
  const file = readFileSync(path)
  const tables = file.readUInt16BE(12)
  const compressed = file.readUInt32BE(20)
  let position = 48
  const next = () => file[position++] ?? 0
  /** Reads a number in groups of 7 bits, the highest first. */
  const number = () => {
    let value = 0
    for (let byte = 0x80; byte & 0x80; ) {
      byte = next()
      value = value * 128 + (byte & 0x7f)
    }
    return value
  }
  let offset = 0
  let cmap = 0
  for (let index = 0; index < tables; index++) {
    const flags = next()
    const tag = flags & 63
    if (tag === UNLISTED) position += 4
    const length = number()
    const isTransformed = GLYPH_TABLES.includes(tag) ? flags >> 6 !== 3 : flags >> 6 !== 0
    if (tag === CMAP) cmap = offset
    offset += isTransformed ? number() : length
  }
  const data = brotliDecompressSync(file.subarray(position, position + compressed))
  return charactersIn(data.subarray(cmap))
}

/** Reads the subtables of the formats 4 and 12, which all fonts here have. */
function charactersIn(cmap: Buffer): Set<number> {
  const characters = new Set<number>()
  const add = (first: number, last: number) => {
    for (let point = first; point <= last; point++) characters.add(point)
  }
  for (let index = 0; index < cmap.readUInt16BE(2); index++) {
    const table = cmap.subarray(cmap.readUInt32BE(8 + 8 * index))
    const format = table.readUInt16BE(0)
    if (format === 12) {
      for (let group = 0; group < table.readUInt32BE(12); group++) {
        const at = 16 + 12 * group
        add(table.readUInt32BE(at), table.readUInt32BE(at + 4))
      }
    }
    if (format === 4) {
      const bytes = table.readUInt16BE(6)
      for (let at = 14; at < 14 + bytes; at += 2) {
        const last = table.readUInt16BE(at)
        // The last segment of each table is an end mark.
        if (last < 0xffff) add(table.readUInt16BE(at + bytes + 2), last)
      }
    }
  }
  return characters
}
