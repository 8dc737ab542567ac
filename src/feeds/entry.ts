import { hash } from 'node:crypto'
import { isPrivateAddress, literalAddress } from './addresses.ts'

/** One calendar of `CALENDAR_FEEDS`. */
export interface FeedEntry {
  /** Its place in the list, from 1. Messages name a feed by it, because an address may hold a secret. */
  readonly number: number
  /** SHA-256 of the entry, hexadecimal. */
  readonly key: string
  /** The host of the address, or the name of the file without its folder. */
  readonly host: string
  /** The address; absent for a file. */
  readonly url?: string
  /** The path of the file; absent for an address. */
  readonly path?: string
  /** The categories of the events that are taken, in lower case; all events if empty. */
  readonly categories: readonly string[]
  /** Whether the host may have addresses of a private network. */
  readonly isPrivate: boolean
}

/** Most calendars of a deployment. */
const MOST_FEEDS = 20

/** Reads a list of calendars, or returns what is wrong with one of them, without its text. Pure. */
export function readFeeds(text: string): FeedEntry[] | string {
  const parts = [...new Set(text.split(/[\s,]+/).filter(part => part !== ''))]
  if (parts.length > MOST_FEEDS) return `has ${parts.length} calendars; ${MOST_FEEDS} is the most`
  const feeds: FeedEntry[] = []
  for (const [index, part] of parts.entries()) {
    const entry = readEntry(part, index + 1)
    if (typeof entry === 'string') return `entry ${index + 1} ${entry}`
    feeds.push(entry)
  }
  return feeds
}

function readEntry(text: string, number: number): FeedEntry | string {
  if (/^['"`]|['"`]$/.test(text)) return 'has a quote. Write one before the list and one behind it'
  const [address = '', options = ''] = text.split(/#(.*)/s)
  const categories: string[] = []
  let isPrivate = false
  for (const [name, value] of new URLSearchParams(options)) {
    if (name === 'category' && value.trim()) categories.push(value.trim().toLowerCase())
    else if (name === 'private' && value === '') isPrivate = true
    else return 'may have only category=NAME and private behind its #, joined by &'
  }
  const common = { number, key: hash('sha256', text), categories, isPrivate }
  if (!/^[a-z][a-z0-9+.-]+:/i.test(address)) {
    const host = address.split(/[\\/]/).at(-1)
    return host ? { ...common, host, path: address } : 'must be an address or the path of a file'
  }
  // Calendar programs copy addresses with this scheme, which stands for http or https.
  const written = address.replace(/^webcal:/i, 'https:')
  if (!URL.canParse(written) || !/^https?:\/\//i.test(written)) {
    return 'must be a whole http or https address, or the path of a file'
  }
  const url = new URL(written)
  const literal = literalAddress(url.hostname)
  if (!isPrivate && literal && isPrivateAddress(literal)) {
    return 'is an address of a private network. Add #private behind it if that is meant'
  }
  return { ...common, host: url.hostname, url: url.href }
}
