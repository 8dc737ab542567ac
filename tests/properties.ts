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

/** The shares of the runs that `npm run test:unit` and `npm run test:long` play. `npm test` plays {@link USUAL}. */
const SHARES: Record<string, number> = { unit: 0.1, long: 1 }
const USUAL = 0.25

/** Returns the number of runs of a property: `all` in `npm run test:long`, and a share of them elsewhere. */
export function runs(all: number): number {
  return Math.ceil(all * (SHARES[process.env.TESTS ?? ''] ?? USUAL))
}
