import { z } from 'zod'

/** An address of an API. */
export const webAddress = z.url({
  protocol: /^https?$/,
  error: 'must be a URL, such as http://127.0.0.1:9001',
})

/** The address of the webhook. A path with escapes is refused, because the server matches paths as they are written. */
export const webhookAddress = z
  .url({ protocol: /^https$/, error: 'must be a public https URL that Telegram can reach' })
  .refine(
    address => /^\/[\w.~/-]*$/.test(new URL(address).pathname),
    'must have a path of letters, digits and - _ . ~ /',
  )
  .refine(
    address => !['/healthz', '/readyz', '/metrics'].includes(new URL(address).pathname),
    'must have another path, because this one is for health checks and metrics',
  )
  .refine(
    address => !/^\/calendar(?:\.ics|\/.*)$/.test(new URL(address).pathname),
    'must have another path, because this one is for calendars',
  )

const PUBLIC_URL =
  'must be the public address of this server, such as https://bot.example.org: http or https, a host with a domain, at most 200 characters, and no user, query or fragment'

/**
 * The base address of links. Telegram refuses a message with a button that leads to a host without a dot (TDLib,
 * LinkManager). Discord's limit of a button's address is 512 characters.
 */
export const publicUrl = z
  .url({ protocol: /^https?$/, hostname: /\.|^\[/, error: PUBLIC_URL })
  .max(200, PUBLIC_URL)
  .refine(address => /^[\x21-\x7e]+$/.test(address) && !/[@?#]/.test(address), PUBLIC_URL)
  .transform(address => address.replace(/\/+$/, ''))

/** An origin exactly as browsers send it. Everything else would never match. */
export const webOrigin = z
  .string()
  .refine(
    text =>
      /^https?:/.test(text) &&
      !text.includes('*') &&
      URL.canParse(text) &&
      new URL(text).origin === text,
    'must be an origin as browsers send it, such as https://name-8080.app.github.dev: http or https, a host in lower case and, if it isn’t the usual one, a port; no path and no slash at the end',
  )

const DATABASE = 'must be file:PATH, such as file:data/sitrep.db, or a postgres:// URL'

/** The usual cause is a password with a character that ends the user's part of a URL. */
const POSTGRES =
  'must be a postgres:// URL. Percent-encode @ : / ? # in its password as %40 %3A %2F %3F %23'

function isDatabase(url: string): boolean {
  // Refuses SQLite's own additions to an address, such as ?mode=ro and :memory:.
  return /^file:(?:[A-Za-z]:)?[^?#:]*[^?#:/]$/.test(url) || (isPostgres(url) && isPostgresUrl(url))
}

/**
 * Whether the host and the user's part are where a URL has them. In `postgres://user:12/3@host/db` the slash ends the
 * host, so `user` would be the host, and 12 its port.
 */
function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, pathname, search, hash } = new URL(text)
  return hash === '' && (username !== '' || !`${pathname}${search}`.includes('@'))
}

/** Whether an address is that of a PostgreSQL database. Pure. */
export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url)
}

/** Reads `file:PATH`, or the URL of a PostgreSQL database. */
export const databaseUrl = z
  .string()
  .refine(isDatabase, { error: ({ input }) => (isPostgres(String(input)) ? POSTGRES : DATABASE) })
