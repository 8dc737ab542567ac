import { findForbidden } from '../content/characters.ts'
import { clean } from './clean.ts'
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
 * be cut by an ellipsis behind its host, or be the host alone. Pure.
 */
export function claimsOther(words: string, url: string): boolean {
  const shown = clean(words).replace(/\.{2,}/g, '…')
  return telegramFinds(shown).some(({ start, end }) => {
    const found = shown.slice(start, end)
    const isCut = /^…(?!\S)/.test(shown.slice(end))
    return !NAME.test(found) && !leadsTo(url, found, isCut)
  })
}

/** Tags, and names of files and versions that Telegram takes for an address. Countries own other endings of files, too. */
const NAME = /^(?:[@/#$].*|[\d.]+|[^./?#@:]+\.(?:md|mov|py|rs|sh|zip))$/is

/** Whether an address leads to a host and path as `found` has them. */
function leadsTo(url: string, found: string, isCut: boolean): boolean {
  const hasScheme = /^[a-z]+:/i.test(found)
  if (!/^https?:/i.test(url)) {
    const known = addressesOf(url).flatMap(({ url, text }) => [url, text, text.replace(/^.*@/, '')])
    return known.some(each => ended(each) === ended(found))
  }
  const [target, claimed] = [URL.parse(url), URL.parse(hasScheme ? found : `https://${found}`)]
  // A name before the host hides it.
  if (!target || !claimed || found.includes('@') || target.username + target.password !== '') {
    return false
  }
  if (hasScheme && claimed.protocol !== target.protocol) return false
  const hosts = [target.host, ...(hasScheme ? [] : [target.host.replace(/^www\./, '')])]
  const [whole, part] = [target, claimed].map(each =>
    ended(each.pathname + each.search + each.hash),
  )
  const rest = whole?.slice(part?.length) ?? ''
  return (
    hosts.includes(claimed.host) &&
    whole?.startsWith(part ?? '') === true &&
    (isCut || /^(?:[/?#]|$)/.test(rest))
  )
}

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

/** Marks that would divide an address, or end it on Discord. */
const ENDING = /[\s<>]/

/**
 * Resolves the escapes of an address, such as `%40`. An address stays as it is if it is damaged, or if it would have a
 * blank, an angle bracket or a character that no text may have.
 */
function decoded(address: string): string {
  try {
    const found = decodeURIComponent(address.replace(DIVIDING, '%25'))
    return ENDING.test(found) || findForbidden(found) ? address : found
  } catch {
    return address
  }
}
