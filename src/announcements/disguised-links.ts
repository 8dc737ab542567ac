import { domainToUnicode } from 'node:url'
import { clean } from '../render/clean.ts'
import { telegramFinds } from '../render/telegram-finds.ts'

/** Characters that browsers read as a dot in a host (UTS 46: U+3002, U+FF0E, U+FF61), or that look like a dot. */
const DOTS = /[\u3002\uFF0E\uFF61\u2024\uFE52]/g

/**
 * Characters that Unicode lists as confusable with a dot, and blanks behind a dot. Running text has them, too, so they
 * count only if the words as a whole are an address.
 */
const CONFUSABLE =
  /[\u0660\u06D4\u06F0\u0701\u0702\u2027\u30FB\uA4F8\uA60E\u{10A50}\u{1D16D}]|(?<=\.)\s+/gu

/** Spaces beside a dot that are too narrow to be seen. */
const NARROW = /[\u2005-\u200A\u202F\u205F]+(?=\.)|(?<=\.)[\u2005-\u200A\u202F\u205F]+/g

/** One label of a host. */
const LABEL = '[\\p{L}\\p{M}\\p{N}_-]+'

/** A host in a text: labels and a top-level domain, with dots between them, or an IPv4 address. */
const HOST = new RegExp(
  `(?<![\\p{L}\\p{M}\\p{N}_.-])(?:(?:${LABEL}\\.)+(?:\\p{L}[\\p{L}\\p{M}]{1,23}|xn--[a-z0-9-]{2,59})|(?:\\d{1,3}\\.){3}\\d{1,3})(?![\\p{L}\\p{M}\\p{N}])`,
  'giu',
)

/** An address with its host in any form. Browsers accept any number of slashes and backslashes. */
const ADDRESS = /\bhttps?:[/\\]*([^\s/\\?#]+)/gi

/** Letters of other alphabets that look like Latin ones. A label with only these letters imitates a Latin one. */
const LOOKALIKES = /^[асԁеһіјӏкорԛѕԝтхуьмнвгѵαικνορτυχωβηζγ\d-]+$/u

/** Alphabets that labels do not mix. */
const ALPHABETS = ['Latn', 'Cyrl', 'Grek', 'Armn', 'Cher'] as const
/** Scripts that a label may mix with an alphabet: Japanese, Chinese and Korean labels may have Latin letters. */
const COMPANIONS: Partial<Record<(typeof ALPHABETS)[number], string>> = {
  Latn: ['Hani', 'Hira', 'Kana', 'Hang', 'Bopo'].map(script => `\\p{sc=${script}}`).join(''),
}
/** For each alphabet: its letters, and the letters that a label must not mix with them. */
const MIXED = ALPHABETS.map(script => ({
  own: new RegExp(`\\p{sc=${script}}`, 'u'),
  other: new RegExp(
    `(?![\\p{sc=${script}}\\p{sc=Zyyy}\\p{sc=Zinh}${COMPANIONS[script] ?? ''}])\\p{L}`,
    'u',
  ),
}))

/**
 * Returns the address that the words of a link hide, in a form that a reader can compare; undefined if nothing is
 * hidden. The words hide an address if they show another host, if the address has a name before an `@`, or if its
 * host looks like another one. Pure.
 */
export function hiddenBehind(words: string, url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const address = new URL(url)
  const { hostname, username, password } = address
  if (isLookalike(hostname)) return address.href
  // A name before an @ looks like the host.
  if (username !== '' || password !== '') {
    Object.assign(address, { username: '', password: '' })
    return address.href
  }
  // Words that show the whole address hide nothing.
  if (bareAddress(words) === bareAddress(url)) return undefined
  const host =
    address.protocol === 'mailto:' ? (address.pathname.split('@').at(-1) ?? '') : hostname
  return hostsIn(words).some(shown => bare(shown) !== bare(hostOf(host))) ? url : undefined
}

/** Returns every host that a reader may see in the words, as a browser writes it. */
function hostsIn(words: string): string[] {
  const text = percentDecoded(clean(words).replace(/\p{DI}/gu, ''))
    .replace(DOTS, '.')
    .replace(NARROW, '')
    // A mark on a dot is no part of a host.
    .replace(/(?<=\.)\p{M}+/gu, '')
  const authorities = [...text.matchAll(ADDRESS)].map(([, authority = '']) => authority)
  const named = authorities.map(authority => authority.split('@').at(-1) ?? '')
  const whole = text.trim().replace(CONFUSABLE, mark => (mark.trim() === '' ? '' : '.'))
  const isWhole = telegramFinds(whole).some(({ start, end }) => start === 0 && end === whole.length)
  return [...named, ...((isWhole ? whole : text).match(HOST) ?? [])]
    .filter(host => host !== '')
    .map(hostOf)
}

function percentDecoded(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, code =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  )
}

/** Returns the host as a browser writes it: letters of other alphabets become Punycode. */
function hostOf(shown: string): string {
  const address = `https://${shown}`
  return URL.canParse(address) ? new URL(address).hostname : shown
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
}

function bareAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/^(https?:\/\/|mailto:)/, '')
    .replace(/\/$/, '')
}

/** Whether a label of a host mixes alphabets, has only lookalikes, or has a symbol such as `⁄`. */
function isLookalike(hostname: string): boolean {
  const labels = domainToUnicode(hostname).split('.')
  const isForeign = labels.at(-1)?.match(/^\p{sc=Latn}+$/u) === null
  return labels.some(
    label =>
      !/^[\p{L}\p{M}\p{N}_-]*$|^\[.*\]$/u.test(label) ||
      MIXED.some(({ own, other }) => own.test(label) && other.test(label)) ||
      (!isForeign && /\P{ASCII}/u.test(label) && LOOKALIKES.test(label)),
  )
}
