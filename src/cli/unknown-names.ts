import { VARIABLES } from '../config.ts'
import { distance, nearest } from '../content/typos.ts'

type Values = Readonly<Record<string, string | undefined>>

/** Names that other programs read from the same `.env`: Node, npm, libpq, OpenSSL, Docker Compose and the shell. */
const OTHERS =
  /^(?:npm_|NODE_|PG|POSTGRES_|COMPOSE_|DOCKER_|SSL_CERT_|LC_|(?:https?|all|no)_proxy$|(?:NO|FORCE)_COLOR$|(?:TZ|LANG|PATH|HOME|USER|UID|GID)$)/i

/** Matches a name, but not a line of a key in Base64, which is longer. */
const NAME = /^[a-z_]\w{0,39}$/i

/** Most letters by which a name of the environment may differ from one of Sitrep's. */
const EDITS = 2
/** Fewest letters of a name that may have typos in the environment. HOST and PORT are near to other programs' names. */
const LETTERS = 8

/** Returns a warning for each name in `.env` that neither Sitrep nor another known program reads. Pure. */
export function unknownInFile(values: Values): string[] {
  return warnings(values, name => NAME.test(name) && !OTHERS.test(name))
}

/**
 * Returns a warning for each name in the environment that looks like Sitrep's: one that begins with a platform, has
 * another case, or is nearly the same. Pure.
 */
export function unknownInEnvironment(values: Values): string[] {
  return warnings(
    values,
    name =>
      /^(?:TELEGRAM|DISCORD)_\w+$/i.test(name) || VARIABLES.some(known => isNearly(name, known)),
  )
}

function isNearly(name: string, known: string): boolean {
  const upper = name.toUpperCase()
  if (upper === known) return true
  if (known.length < LETTERS || Math.abs(name.length - known.length) > EDITS) return false
  return distance(upper, known) <= EDITS
}

/** Names no value, which may be a secret. An empty value counts as unset. */
function warnings(values: Values, isOurs: (name: string) => boolean): string[] {
  return Object.keys(values)
    .filter(name => values[name]?.trim() && !VARIABLES.includes(name) && isOurs(name))
    .map(name => {
      const near = nearest(name, VARIABLES)
      const how = near ? `Do you mean ${near}?` : '.env.example lists the settings.'
      return `${name} isn’t a setting. ${how}`
    })
}
