import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { GlobalFonts } from '@napi-rs/canvas'
import { coveredBy } from './font-coverage.ts'

/** A character that no font here has. */
export class MissingGlyph extends Error {}

export interface FontStyle {
  /** CSS pixels. */
  readonly size: number
  readonly weight: 400 | 600
  readonly isItalic?: boolean
}

/** The package for Hangul alone. Its forms of Chinese characters are Korean. */
const KOREAN = '@fontsource-variable/noto-sans-kr'

/** Packages with fonts, in the order in which a canvas looks for a glyph. */
const PACKAGES = [
  '@fontsource-variable/noto-sans',
  '@fontsource-variable/noto-sans-arabic',
  '@fontsource-variable/noto-sans-hebrew',
  '@fontsource/noto-sans-symbols-2',
  KOREAN,
  '@fontsource-variable/noto-sans-sc',
] as const

type Package = (typeof PACKAGES)[number]

const EMOJI = 'twemoji'

/** Characters that have no glyph of their own: joiners, direction marks, variation selectors, tags. */
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\s]$/u

const { resolve } = createRequire(import.meta.url)

/** A font file: characters of its package, and the range that the package declares for the file. */
interface Subset {
  /** Place of the package in {@link PACKAGES}. */
  readonly rank: number
  readonly file: string
  /** The same in italics, which only Noto Sans has. Skia slants the letters of the others. */
  readonly italic: string
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

const subsets = new Map<Package, readonly Subset[]>()
/** Families that are known to be registered. */
const registered = new Set<string>()
const coverage = new Map<string, ReadonlySet<number>>()
/** The subset of each character; undefined if no font has it. */
const found = new Map<string, Subset | undefined>()

/**
 * Returns the value of a canvas's `font` for a text, and registers the font files that the text needs. No font of the
 * system is used. Throws {@link MissingGlyph}.
 */
export function fontOf(text: string, isEmoji: boolean, style: FontStyle): string {
  const { size, weight, isItalic = false } = style
  const families = isEmoji
    ? [familyOf(resolve('twemoji-colr-font/twemoji.woff2'), EMOJI)]
    : subsetsFor(text).map(subset => {
        const file = isItalic ? subset.italic : subset.file
        return familyOf(file, basename(file, '.woff2'))
      })
  return `${isItalic ? 'italic ' : ''}${weight} ${size}px ${families.join(', ')}`
}

/** Returns the subsets with the characters of a text. The first one is that of Latin letters, which has the blank. */
function subsetsFor(text: string): Subset[] {
  const needed = new Set<Subset>()
  for (const character of `x${text}`) {
    if (INVISIBLE.test(character)) continue
    const subset = subsetOf(character)
    if (!subset) {
      const point = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
      throw new MissingGlyph(`No font has the character U+${point}.`)
    }
    needed.add(subset)
  }
  return [...needed].sort((a, b) => a.rank - b.rank)
}

/** Whether the emoji font has all characters of a grapheme. */
export function isInEmojiFont(grapheme: string): boolean {
  const covered = coverageOf(resolve('twemoji-colr-font/twemoji.woff2'))
  return [...grapheme].every(
    character => INVISIBLE.test(character) || covered.has(character.codePointAt(0) ?? 0),
  )
}

/** Whether a font other than that of emoji has a character. */
export function isInTextFont(character: string): boolean {
  return subsetOf(character) !== undefined
}

/**
 * Registers a font file as a family of its own, so that a font list names exactly the files that a text needs. The
 * registry belongs to the process: a new worker finds the families of the one before it.
 */
function familyOf(file: string, family: string): string {
  // `has` takes 0.5 ms, because it lists all families.
  if (!registered.has(family) && !GlobalFonts.has(family)) {
    const key = GlobalFonts.registerFromPath(file, family)
    if (!key) throw new Error(`The font ${family} can't be read.`)
  }
  registered.add(family)
  return `"${family}"`
}

function subsetOf(character: string): Subset | undefined {
  if (!found.has(character)) found.set(character, findSubset(character))
  return found.get(character)
}

function findSubset(character: string): Subset | undefined {
  const point = character.codePointAt(0) ?? 0
  const isHangul = /\p{Script=Hangul}/u.test(character)
  for (const name of PACKAGES.filter(each => (each === KOREAN) === isHangul)) {
    const subset = subsetsOf(name).find(
      ({ file, ranges }) =>
        ranges.some(([first, last]) => point >= first && point <= last) &&
        coverageOf(file).has(point),
    )
    if (subset) return subset
  }
  return undefined
}

function coverageOf(file: string): ReadonlySet<number> {
  const known = coverage.get(file)
  if (known) return known
  const read = coveredBy(file)
  coverage.set(file, read)
  return read
}

/** Reads the ranges of a package's files. The largest list, with 124 files, takes 2 ms. */
function subsetsOf(name: Package): readonly Subset[] {
  const known = subsets.get(name)
  if (known) return known
  const list = resolve(`${name}/unicode.json`)
  const ranges: Record<string, string> = JSON.parse(readFileSync(list, 'utf8'))
  const [scope, font] = name.split('/')
  const weight = scope === '@fontsource' ? '400' : 'wght'
  const begin = join(dirname(list), 'files', font ?? '')
  const read = Object.entries(ranges).map(([subset, text]) => {
    // The number of a subset of Chinese or Korean is in brackets.
    const file = `${begin}-${subset.replace(/[[\]]/g, '')}-${weight}-normal.woff2`
    return {
      rank: PACKAGES.indexOf(name),
      file,
      italic: font === 'noto-sans' ? file.replace(/normal(?=\.woff2$)/, 'italic') : file,
      ranges: text.split(',').map(range => {
        const [first = '', last = first] = range.slice(2).split('-')
        return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const
      }),
    }
  })
  subsets.set(name, read)
  return read
}
