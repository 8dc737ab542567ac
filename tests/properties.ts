import fc from 'fast-check'

/** Code points between U+D7FF and U+E000, which are halves of a character. */
const SURROGATES = 0x800

/**
 * Any character of Unicode, for `fc.string({ unit: anyCharacter })`. The unit `binary` of fast-check has the same
 * characters, but first builds a map of all 1.1 million of them, which takes over two seconds in each process.
 */
export const anyCharacter = fc.nat(0x10ffff - SURROGATES).map(
  index => String.fromCodePoint(index < 0xd800 ? index : index + SURROGATES),
  character => {
    const point = typeof character === 'string' ? character.codePointAt(0) : undefined
    if (point === undefined || String.fromCodePoint(point) !== character) {
      throw new Error('It is no single character.')
    }
    return point < 0xd800 ? point : point - SURROGATES
  },
)

/** Returns the number of runs of a property: `all` in `npm test`, a tenth of them in `npm run test:unit`. */
export function runs(all: number): number {
  return process.env.TESTS === 'unit' ? Math.ceil(all / 10) : all
}
