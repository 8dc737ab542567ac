/**
 * Control characters steer a terminal and are refused by platforms and databases, halves of a
 * surrogate pair are no text, and overrides of the writing direction can make a sentence read as
 * another one. Line ends and tabs are none of these.
 */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202A-\u202E]|\r(?!\n|$)/gu

/** The first character that no text may have, as `U+0007`, and where; undefined where all is well. */
export function findForbidden(text: string): { code: string; index: number } | undefined {
  const [found] = text.matchAll(FORBIDDEN)
  return found ? { code: codePoint(found[0]), index: found.index } : undefined
}

/** The text with a blank for each character that no text may have: as long as before. */
export function blankForbidden(text: string): string {
  return text.replace(FORBIDDEN, found => ' '.repeat(found.length))
}

/** `U+0007`, as the Unicode standard writes it. */
export function codePoint(character: string): string {
  return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`
}
