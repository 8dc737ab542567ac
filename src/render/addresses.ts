import { telegramFinds } from './telegram-finds.ts'

/** An address as readers see it. */
export interface Address {
  readonly url: string
  readonly text: string
}

/**
 * The addresses behind a link: the receivers of a mail, the number of a call, and any other address as it is. Empty if
 * a mail names no receiver. Pure.
 */
export function addressesOf(url: string): Address[] {
  const [, scheme = '', rest = ''] = /^(mailto|tel|sms):(.*)$/is.exec(url) ?? []
  if (scheme === '') return url === '' ? [] : [{ url, text: url }]
  const [path = '', query = ''] = rest.split(/\?(.*)/s)
  const named = path === '' ? (new URLSearchParams(query).get('to') ?? '') : decoded(path)
  return named
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
    .map(text => ({ url: `${scheme.toLowerCase()}:${text}`, text }))
}

/** Whether the words of a link are its address, with or without the scheme and the query of a mail. Pure. */
export function isAddress(words: string, url: string): boolean {
  const shown = addressesOf(url).map(({ text }) => text)
  if ([url, url.replace(/^mailto:/i, '')].includes(words)) return true
  if (SCHEME.test(words)) return ended(words) === ended(url)
  return normal(words) === normal(shown.join(','))
}

/**
 * Whether the words of a link have an address that it does not lead to, such as those of a phishing mail. An address may
 * be cut by `…`, or be the host alone. Pure.
 */
export function claimsOther(words: string, url: string): boolean {
  const targets = addressesOf(url).flatMap(({ url: whole, text }) => {
    const bare = text.replace(/^https?:\/\//i, '')
    return [whole, text, bare, bare.replace(/^www\./i, ''), bare.replace(/^[^/?#]*@/, '')]
  })
  // Names at hosts are for mails. Those of a web address hide its host.
  const known = /^https?:/i.test(url) ? targets.slice(0, -1) : targets
  return telegramFinds(words).some(({ start, end }) => {
    const found = words.slice(start, end)
    return CLAIM.test(found) && !known.some(target => begins(target, found))
  })
}

/** Whether an address begins with a part that ends where its host or a part of its path does, or with `…`. */
function begins(target: string, part: string): boolean {
  const shown = ended(part.replace(/(?:…|\.{3}).*$/s, ''))
  const isCut = shown !== ended(part)
  const whole = ended(target)
  return whole.startsWith(shown) && (isCut || /^(?:[/?#:]|$)/.test(whole.slice(shown.length)))
}

/** An address that a reader takes for one. `notes.sh` and `1.2.3.4` may be other names. */
const CLAIM = /^(?:https?:\/\/|www\.)|.@|\.(?:com|org|net|int|gov|edu|info)(?![\p{L}\p{N}.-])/iu

const SCHEME = /^(?:https?:\/\/|mailto:|tel:|sms:)/i

function ended(address: string): string {
  return decoded(address)
    .replace(/\/$|(?<=,)\s+/g, '')
    .toLowerCase()
}

function normal(address: string): string {
  return ended(address).replace(SCHEME, '')
}

/** Escapes of marks that divide an address. Without their escape, they would divide it in another place. */
const DIVIDING = /%(?=2F|5C|3F|23|25|2C)/gi

/** Resolves the escapes of an address, such as `%40`. A damaged address stays as it is. */
function decoded(address: string): string {
  try {
    return decodeURIComponent(address.replace(DIVIDING, '%25'))
  } catch {
    return address
  }
}
