import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError, SECRET_FILES } from '../config.ts'
import { causeOf } from '../file-causes.ts'

type Values = Readonly<Record<string, string | undefined>>

/**
 * Returns the variables with the secrets that are in files: `TELEGRAM_TOKEN_FILE` names the file of `TELEGRAM_TOKEN`. If it
 * is unset, the credential `telegram-token` of a systemd service counts. Throws {@link ConfigError} if a file cannot be
 * read or is empty, or if its secret is set as well.
 */
export function withSecretFiles(values: Values): Values {
  const problems: string[] = []
  const secrets: Record<string, string> = {}
  for (const variable of SECRET_FILES) {
    const name = variable.replace(/_FILE$/, '')
    const given = values[variable]?.trim()
    const path = given ? resolve(given) : credentialPath(name, values)
    if (path === undefined) continue
    const isSet = Boolean(values[name]?.trim())
    try {
      if (!given && !isThere(path)) continue
      const secret = isSet ? undefined : readSecret(path)
      if (secret) secrets[name] = secret
      else if (isSet) problems.push(`${name}: the file ${path} has it as well. Keep one of them`)
      else problems.push(`${variable}: ${path} is empty`)
    } catch (error) {
      // A variable that is set needs no credential.
      if (!given && isSet) continue
      problems.push(`${variable}: can’t read ${path}, because ${causeOf(error)}`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...values, ...secrets }
}

/** Returns the path of a secret among the credentials of a systemd service; undefined if there are none. */
function credentialPath(name: string, { CREDENTIALS_DIRECTORY: folder }: Values) {
  return folder && join(folder, name.toLowerCase().replaceAll('_', '-'))
}

/** Tells whether a file exists. Throws the system's error if its folder can't be read. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Longest file of a secret, in bytes. An address of PostgreSQL has some hundreds. */
const MOST_BYTES = 10_000

/** Reads a file, which may be a pipe. Throws the system's error, or `EFBIG` if it is too long. */
function readSecret(path: string): string {
  const bytes = Buffer.alloc(MOST_BYTES + 1)
  const descriptor = openSync(path, 'r')
  let length = 0
  try {
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(descriptor, bytes, length, bytes.length - length, null)
    }
  } finally {
    closeSync(descriptor)
  }
  if (length > MOST_BYTES) throw Object.assign(new Error(), { code: 'EFBIG' })
  return bytes.toString('utf8', 0, length).trim()
}
