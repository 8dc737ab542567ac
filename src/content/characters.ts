import type { Nodes } from 'mdast'
import { visit } from 'unist-util-visit'

/**
 * Scripts whose letters change their form beside a joiner (Unicode, chapters 9, 12 to 14 and 16),
 * as a regular expression.
 */
const JOINING = [
  ...['Arab', 'Syrc', 'Mand', 'Mong', 'Nkoo', 'Phag', 'Adlm', 'Rohg', 'Thaa'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh'],
  ...['Mymr', 'Khmr', 'Tibt', 'Bali', 'Java', 'Newa', 'Gran', 'Tirh', 'Sidd'],
]
  .map(script => `\\p{scx=${script}}`)
  .join('')

/** Invisible characters that a script or an emoji needs. They are kept. */
const NEEDED = [
  // The flags of England, Scotland and Wales. Tags after any other character hide a text.
  '\\p{RGI_Emoji_Tag_Sequence}',
  // A joiner that combines emoji into one, such as a family.
  '(?<=\\p{ExtPict}[\\uFE0F\\p{EMod}]{0,2})\\u200D(?=\\p{ExtPict})',
  // The choice of colour or text for an emoji. A digit is an emoji only in a keycap.
  '(?<=(?![0-9#*])\\p{Emoji})[\\uFE0E\\uFE0F]',
  '(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
  `(?<=(?=\\p{L}|\\p{M})[${JOINING}])[\\u200C\\u200D]`,
  // Variants of characters that have registered ones.
  '(?<=\\p{sc=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
  '(?<=[\\p{Sm}\\p{sc=Mymr}])\\uFE00',
  '(?<=\\p{sc=Mong})[\\u180B-\\u180F]',
].join('|')

/**
 * Invisible characters, which make a text differ from its look. Unicode counts the signs before Arabic
 * numbers as format characters, but fonts draw them, so they are excluded.
 */
const HIDDEN =
  '(?!\\p{Bidi_C})(?:\\p{DI}|(?![\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}])\\p{Cf})'

const HIDDEN_OR_NEEDED = new RegExp(`${NEEDED}|(?<hidden>${HIDDEN})`, 'gv')

/**
 * Characters that no text may have. Control characters steer a terminal, and platforms and databases
 * refuse them. Half a surrogate pair is not text. Characters that steer the writing direction can
 * make a sentence read as another one. Line ends and tabs are allowed.
 */
const FORBIDDEN = new RegExp(
  `${NEEDED}|(?<forbidden>(?![\\t\\n\\r])\\p{Cc}|\\p{Cs}|\\p{Bidi_C}|${HIDDEN}|\\r(?!\\n|$))`,
  'gv',
)

/** ASCII text, which has no forbidden character. */
const ASCII = /^[\t\n -~]*$/

/** Embeddings and overrides of the writing direction, which copied texts carry. */
const DIRECTION = /[\u202A-\u202E]/g

/** Words of the warning that {@link withoutDirection} changes a text; undefined if it does not. Pure. */
export function directionLeftOut(text: string): { message: string; fix: string } | undefined {
  const found = text.match(DIRECTION)?.[0]
  if (!found) return undefined
  const message = `A character that turns the writing direction (${codePoint(found)}) is left out.`
  return { message, fix: 'Delete it.' }
}

/** Replaces the embeddings and overrides of the writing direction; by default removes them. Pure. */
export function withoutDirection(text: string, replacement = ''): string {
  return text.replace(DIRECTION, replacement)
}

/** Single marks of direction, and the scripts that need them to place punctuation. */
const MARK = /^[\u200E\u200F\u061C]$/
const LEFTWARD =
  '(?=\\p{L})[\\p{sc=Hebr}\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Thaa}\\p{sc=Nkoo}\\p{sc=Adlm}\\p{sc=Rohg}\\p{sc=Mand}\\p{sc=Samr}]'
const RIGHT_TO_LEFT = new RegExp(LEFTWARD, 'v')

/** The first character of a right-to-left stretch that has only letters of that direction. */
const IDLE_LEFTWARD = new RegExp(
  `[\\u202B\\u202E](?=(?:${LEFTWARD}|[\\p{M}\\s])*(?:\\u202C|$))`,
  'gv',
)

/** A forbidden character: its code, as `U+0007`, and its index in UTF-16 units. */
interface Forbidden {
  readonly code: string
  readonly index: number
}

/** Finds the first forbidden character; undefined if there is none. */
export function findForbidden(text: string): Forbidden | undefined {
  return allForbidden(text).next().value
}

/** Yields the forbidden characters of a text in their order. */
export function* allForbidden(text: string): Generator<Forbidden, undefined> {
  if (ASCII.test(text)) return
  const isForbidden = forbiddenIn(text)
  for (const { index, groups } of text.matchAll(FORBIDDEN)) {
    const found = groups?.forbidden
    if (found !== undefined && isForbidden(found)) yield { code: codePoint(found), index }
  }
}

/** Replaces each forbidden character with blanks of its length, so that positions stay the same. */
export function blankForbidden(text: string): string {
  if (ASCII.test(text)) return text
  const isForbidden = forbiddenIn(text)
  return text.replace(FORBIDDEN, (...found) => {
    const [all, forbidden] = [found[0] as string, found.at(-1).forbidden as string | undefined]
    return forbidden !== undefined && isForbidden(forbidden) ? ' '.repeat(all.length) : all
  })
}

/**
 * Returns a check of characters found in `text`: a mark of direction is allowed if the text has
 * right-to-left letters.
 */
function forbiddenIn(text: string): (found: string) => boolean {
  let isRightToLeft: boolean | undefined
  return found => {
    if (!MARK.test(found)) return true
    isRightToLeft ??= RIGHT_TO_LEFT.test(text)
    return !isRightToLeft
  }
}

/** Removes invisible characters that no script or emoji needs. Characters of direction stay. */
export function withoutHidden(text: string): string {
  return text.replace(HIDDEN_OR_NEEDED, (...found) =>
    found.at(-1).hidden === undefined ? (found[0] as string) : '',
  )
}

/**
 * Removes the embeddings and overrides of the writing direction that change nothing, such as those around a copied
 * number. Those that would reorder the text stay. Pure.
 */
export function withoutIdleDirections(text: string): string {
  const isRightToLeft = RIGHT_TO_LEFT.test(text)
  const kept = isRightToLeft ? text : text.replace(/[\u202A\u202D]/g, '')
  const rest = kept.replace(IDLE_LEFTWARD, '')
  return /[\u202A\u202B\u202D\u202E]/.test(rest) ? rest : withoutDirection(rest)
}

/** Copies a tree, and removes hidden characters and those of direction from its words and addresses. */
export function treeWithoutHidden<N extends Nodes>(tree: N): N {
  const copy = structuredClone(tree)
  const shown = (text: string) => withoutDirection(withoutHidden(text))
  visit(copy, node => {
    if ('value' in node && typeof node.value === 'string') node.value = shown(node.value)
    if ('url' in node && typeof node.url === 'string') node.url = shown(node.url)
  })
  return copy
}

/** Formats the first code point as the Unicode standard does: `U+0007`. */
export function codePoint(character: string): string {
  return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`
}

/**
 * Whether a text has visible characters. Platforms refuse a message without any. Telegram deletes U+030A, U+0333 and
 * U+033F, and takes U+2800 and U+FFFC for blanks. Pure.
 */
export function isVisible(text: string): boolean {
  return /(?!\u030A|\u0333|\u033F)[^\s\u2800\uFFFC\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/u.test(
    text,
  )
}
