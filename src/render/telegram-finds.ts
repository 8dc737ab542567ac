import tlds from 'tlds' with { type: 'json' }

/** A range of a text, in UTF-16 units, that Telegram makes a link automatically. */
export interface Find {
  readonly start: number
  readonly end: number
  /**
   * Places of invisible joiners that prevent the link, and most links that Telegram would find in its pieces; empty if
   * a joiner could only stand between digits.
   */
  readonly cuts: readonly number[]
  /** The link writes a mail. */
  readonly isMail?: true
}

/**
 * An address that Telegram keeps as a link: its host has a dot between labels or is an IPv6 address. The server silently drops other
 * links, and reads `mailto:` as the name of a host.
 */
const KEPT =
  /^https?:\/\/(?:[^\s/?#@[\]{}"<>`|\\]*@)?(?:\[[\da-f:.]+\]|(?=[^/?#]*[^./?#]\.[^./?#])[\w.~%!$&'()*+,;=\u0080-\uFFFF-]+)(?::(\d+))?(?=[/?#]|$)/i

/** Whether Telegram shows a link to an address. Pure. */
export function isLink(address: string): boolean {
  const [kept, port = '80'] = KEPT.exec(address) ?? []
  return kept !== undefined && Number(port) > 0 && Number(port) <= 65_535
}

const LETTER = '\\p{L}\\p{N}_'
const TAG = '\\p{L}\\p{Nd}_\u00B7\u200C\u0D80-\u0DFF'

/** The name of a channel behind a tag. */
const CHANNEL = '@[A-Za-z0-9_]{3,32}(?![A-Za-z0-9_])'
const NAME = `(?:${CHANNEL}|(?!${CHANNEL}))`
/** The end of a tag of more than 256 characters: Telegram makes a link of the first 256. */
const LONG = `(?<=#[${TAG}]{256})(?=[${TAG}]+(?![${TAG}#]))`
/** Blanks, and the punctuation of Unicode's general block without joiners and dashes. */
const APART = '\\p{Z}\\u2000-\\u200B\\u200E\\u200F\\u2016-\\u206F'

/** Mentions, commands, hashtags, cashtags and links into Telegram. The mark or scheme is the first group. */
const MARKED = [
  `(?<![${LETTER}])(@)(?:[A-Za-z0-9_]{4,32}|[Gg][Ii][Ff]|[Vv][Ii][Dd]|[Pp][Ii][Cc])(?![${LETTER}])`,
  `(?<![${LETTER}/<>])(\\/)[A-Za-z0-9_]{1,64}(?![A-Za-z0-9_])(?:@[A-Za-z0-9_]{3,32}(?![A-Za-z0-9_])|(?!@))(?![${LETTER}/<>])`,
  `(?<![${TAG}])(#)(?=[\\p{Nd}_\u00B7\u200C\u0D80-\u0DFF]{0,255}\\p{L})[${TAG}]{1,256}(?:(?![${TAG}])${NAME}(?!#)|${LONG})`,
  `(?<![${TAG}$])(\\$)(?:1INCH|[A-Z]{1,8}(?![A-Z]))${NAME}(?![${TAG}$])`,
  `([Tt][Gg]:|[Tt][Oo][Nn]:)\\/\\/[\\w-]{1,253}(?:[/?#][^\\n<>"«»${APART}]+(?<![.:;,('?!\`])|\\/)?`,
].map(pattern => new RegExp(pattern, 'gu'))

const DOMAIN = new RegExp(`[\\w.~-]|(?![${APART}])[\\u00C0-\\u{10FFFF}]`, 'u')
const USER = new RegExp(`[^\\n/\\[\\]{}()'\`<>"@«»${APART}]`, 'u')
const SCHEME = /[A-Za-z0-9+-]|(?!\p{Z})[\u0080-\u{10FFFF}]/u
const HOST = new RegExp(`(?:${DOMAIN.source}|@)*`, 'uy')
const PORT = /:0*(\d{1,5})(?!\d)/y
const PATH = new RegExp(`[/?#][^\\n<>"«»${APART}]*`, 'uy')

/**
 * Finds the links, mail addresses, mentions, commands and tags that Telegram would find in a plain text, by the rules
 * of its server (TDLib, `MessageEntity.cpp`). Pure.
 */
export function telegramFinds(text: string): Find[] {
  const marked = MARKED.flatMap(pattern =>
    [...text.matchAll(pattern)].map(({ 0: all, 1: mark = '', index }) => {
      const end = index + all.length
      return { start: index, end, cuts: withInner([index + mark.length], text, index, end) }
    }),
  )
  const found = [...marked, ...addresses(text)].toSorted(
    (a, b) => a.start - b.start || b.end - a.end,
  )
  let end = 0
  return found.filter(each => {
    if (each.start < end) return false
    end = each.end
    return true
  })
}

/** Finds web and mail addresses: a domain around each dot, then the scheme or name before it and the path behind it. */
function* addresses(text: string): Generator<Find> {
  let from = 0
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
    const host = sticky(HOST, text, dot)
    const at = host.lastIndexOf('@')
    let start = back(DOMAIN, text, dot, from)
    if (at >= 0) start = back(USER, text, start, from)
    let end = dot + host.length
    const [port = '', number] = exec(PORT, text, end)
    if (Number(number) > 0 && Number(number) <= 65_535) end += port.length
    const path = sticky(PATH, text, end).replace(/(?<=.)[.:;,('?!`]+$/, '')
    if (path.length > 1 || path === '/') end += path.length
    while (end > dot + 1 && text[end - 1] === '.') end -= 1
    const begin = before(text, start, from, at >= 0)
    const find = begin === undefined ? undefined : validated(text, begin, end)
    if (find) yield find
    // A row of dots is no address, and a text that is none may hold one behind its last dot.
    if (end === dot + 1) from = dot + host.length
    else if (begin === undefined) from = text.lastIndexOf('.', end - 1) + 1
    else from = text[end] === '.' ? end + 1 : end
  }
}

/** The begin of an address before its domain: of the name in `name@host`, or of a scheme. Undefined if it has a bad one. */
function before(text: string, domain: number, from: number, hasName: boolean): number | undefined {
  let start = domain
  if (start > from && text[start - 1] === '@') {
    start = back(USER, text, start - 1, from)
    if (hasName || start === domain - 1) return undefined
  }
  if (start === from) return start
  if (start - from >= 6 && text.startsWith('://', start - 3)) {
    const scheme = text.slice(back(SCHEME, text, start - 3, from), start - 3).toLowerCase()
    const known = /(?<!^s)http$|https$|(?<!^[ts])ftp$/.exec(scheme)
    return known ? start - 3 - known[0].length : undefined
  }
  return /[\p{L}\p{N}_/#@]$/u.test(text.slice(Math.max(from, start - 2), start)) ? undefined : start
}

const MAIL =
  /^(?:mailto:)?(?:[\w-]{0,26}[.+]){0,10}[\w-]{1,35}@(?:[a-z0-9](?:[\w-]{0,28}[a-z0-9])?\.){1,6}[a-z]{2,8}$/i
const TLDS = new Set([...tlds, 'onion', 'ton'])

/** The address from `start` to `end` as Telegram accepts it, cut where its path ends; undefined if it is none. */
function validated(text: string, start: number, end: number): Find | undefined {
  const whole = text.slice(start, end)
  const [, scheme = '', authority = '', path = ''] =
    /^((?:https?|ftp):\/\/)?([^/?#]*)(.*)$/is.exec(whole) ?? []
  const last = (host: string) => start + whole.indexOf(host) + host.lastIndexOf('.') + 1
  if (whole.includes('@') && MAIL.test(whole)) {
    const from = start + (whole.startsWith('mailto:') ? 7 : 0)
    return { start: from, end, cuts: [last(whole)], isMail: true }
  }
  const host = authority.slice(authority.indexOf('@') + 1).replace(/:[^:]*$/, '')
  const labels = host.split('.')
  if (labels.length === 1 || labels.some(label => !isLabel(label))) return undefined
  const close = { start, end: end - path.length + balanced(path).length }
  if (/^(?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/.test(host)) {
    return { ...close, cuts: [] }
  }
  const [name = '', top = ''] = labels.slice(-2)
  if (/^[\d.]*$/.test(host) || name.includes('_') || !isTop(top, scheme !== '')) return undefined
  const dot = last(host)
  const isBetweenDigits = /\d/.test(text[dot - 2] ?? '') && /\d/.test(text[dot] ?? '')
  const cuts = [
    ...(scheme === '' ? [] : [start + scheme.length - 2]),
    ...(isBetweenDigits ? [] : [dot]),
  ]
  return { ...close, cuts: cuts.length > 0 ? withInner(cuts, text, start, end) : [] }
}

/** A place where another address may begin: behind the colon of a scheme, or behind a dot before the group, a label. */
const INNER = new RegExp(`:(?=//)|\\.(?=((?:(?!\\.)(?:${DOMAIN.source}))*))`, 'gu')

/**
 * Adds the places in an address that has joiners where further addresses may begin, because a search for each of them
 * alone would read a long row of addresses again for each one.
 */
function withInner(cuts: readonly number[], text: string, start: number, end: number): number[] {
  const found = text
    .slice(start, end)
    .matchAll(INNER)
    .filter(({ 1: label }) => label === undefined || isTop(label, false))
  const all = new Set([...cuts, ...found.map(({ index }) => start + index + 1)])
  return [...all].sort((a, b) => a - b)
}

function isLabel(label: string): boolean {
  return label !== '' && !label.endsWith('-') && Buffer.byteLength(label) < 64
}

/** Whether the last label of a host can be a top-level domain. With a scheme before the host, any word can. */
function isTop(top: string, hasScheme: boolean): boolean {
  if ([...top].length < 2) return false
  if (top.startsWith('xn--')) return /^xn--[a-z0-9]{2,}$/i.test(top)
  if (/[_-]/.test(top)) return false
  // Telegram takes a word such as `Net` for the beginning of a sentence, but not `NET`.
  // JavaScript makes two characters of a small `İ`.
  const lower = top.replaceAll('İ', 'i').toLowerCase()
  const isCapital = lower !== top && lower.slice(1) === top.slice(1)
  return hasScheme || (!isCapital && TLDS.has(lower))
}

/** The part of a path before a bracket that nothing opens, without marks at its end. */
function balanced(path: string): string {
  const open = { ')': 0, ']': 0, '}': 0 }
  let end = 0
  for (; end < path.length; end++) {
    const mark = path[end] ?? ''
    const opened = ')]}'['([{'.indexOf(mark)] as keyof typeof open | undefined
    if ('([{'.includes(mark) && opened) open[opened] += 1
    else if (mark in open && --open[mark as keyof typeof open] < 0) break
  }
  return path.slice(0, end).replace(/[.:;,('?!`]+$/, '')
}

/** The first index, from `from` on, behind which only characters of a class stand up to `end`. */
function back(kind: RegExp, text: string, end: number, from: number): number {
  let start = end
  while (start > from) {
    const next = start - (/[\uDC00-\uDFFF]/.test(text[start - 1] ?? '') ? 2 : 1)
    if (!kind.test(text.slice(next, start))) break
    start = next
  }
  return start
}

function exec(pattern: RegExp, text: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at
  return pattern.exec(text) ?? []
}

function sticky(pattern: RegExp, text: string, at: number): string {
  return exec(pattern, text, at)[0] ?? ''
}
