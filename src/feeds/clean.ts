import { blankForbidden, isVisible, withoutDirection } from '../content/characters.ts'
import { OPTIONAL_FACTS } from '../content/edition.ts'

/** Most characters of a description that are read. */
const READ = 20_000

/**
 * Returns a text as content may have it, in one line of at most `limit` characters (code points), cut at a word;
 * undefined if nothing visible is left. Pure.
 */
export function cleanText(value: string | undefined, limit: number): string | undefined {
  const text = blankForbidden(withoutDirection((value ?? '').slice(0, READ)).toWellFormed())
    .replace(/\s+/g, ' ')
    .trim()
  if (!isVisible(text)) return undefined
  const characters = [...text]
  if (characters.length <= limit) return text
  const kept = characters.slice(0, limit - 1).join('')
  const end = characters[limit - 1] === ' ' ? kept.length : kept.lastIndexOf(' ')
  // A text without blanks, or a very long last word, is cut within the word.
  return `${kept.slice(0, end > kept.length / 2 ? end : kept.length).trimEnd()}…`
}

/** A tag that calendar programs write into descriptions. */
const HTML =
  /<\/?(?:a|b|body|br|div|em|font|h[1-6]|head|html|i|li|ol|p|pre|span|strong|table|td|th|tr|u|ul)\b[^<>]*>/i

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** Returns the first paragraph of a description, which may be HTML; undefined if it is empty. Pure. */
export function noteOf(description: string | undefined): string | undefined {
  const text = (description ?? '').slice(0, READ)
  const plain = HTML.test(text) ? withoutHtml(text) : text
  const paragraph = plain.split(/\n\s*\n/).find(part => part.trim() !== '')
  return cleanText(paragraph, OPTIONAL_FACTS.note.maxLength)
}

function withoutHtml(html: string): string {
  return html
    .split('\n')
    .map(line => line.trim())
    .join(' ')
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, '')
    .replace(/<br\b[^<>]*>/gi, '\n')
    .replace(/<\/?(?:p|div|h[1-6]|li|ul|ol|tr|table)\b[^<>]*>/gi, '\n\n')
    .replace(/<\/?[a-z!][^<>]*>/gi, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
      if (name) return ENTITIES[name.toLowerCase()] ?? whole
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    })
}

/** Returns a web address as content may have it; undefined for any other text. Pure. */
export function linkOf(value: string | undefined): string | undefined {
  const text = (value ?? '').trim()
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { href, username, password } = new URL(text)
  const isPlain = username === '' && password === '' && /^[!-~]+$/.test(href)
  return isPlain && href.length <= OPTIONAL_FACTS.link.maxLength ? href : undefined
}
