import { constants, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError, SECRET_FILES } from '../config.ts'
import { causeOf } from '../file-causes.ts'

type Values = Readonly<Record<string, string | undefined>>

/**
 * Resolves to the variables with the secrets that are in files: `TELEGRAM_TOKEN_FILE` names the file of `TELEGRAM_TOKEN`. If
 * it is unset, the credential `telegram-token` of a systemd service counts. Throws {@link ConfigError} if a file cannot be
 * read or is empty, or if its secret is set as well.
 */
export async function withSecretFiles(values: Values, pipeMs = PIPE_MS): Promise<Values> {
  const read = await Promise.all(SECRET_FILES.map(each => secretFor(each, values, pipeMs)))
  const problems = read.flatMap(({ problem }) => problem ?? [])
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.assign({ ...values }, ...read.map(({ secret }) => secret))
}

/** Reads the file or the credential of a secret. The result is empty if there is none, or if the secret needs none. */
async function secretFor(
  variable: (typeof SECRET_FILES)[number],
  values: Values,
  pipeMs: number,
): Promise<{ readonly secret?: Values; readonly problem?: string }> {
  const name = variable.replace(/_FILE$/, '')
  const given = values[variable]?.trim()
  const path = given ? resolve(given) : credentialPath(name, values)
  if (path === undefined) return {}
  const isSet = Boolean(values[name]?.trim())
  try {
    if (!given && !isThere(path)) return {}
    if (isSet) return { problem: `${name}: the file ${path} has it as well. Keep one of them` }
    const secret = await readSecret(path, pipeMs)
    return secret ? { secret: { [name]: secret } } : { problem: `${variable}: ${path} is empty` }
  } catch (error) {
    // A variable that is set needs no credential.
    if (!given && isSet) return {}
    const cause =
      error === LATE
        ? `no program has written all of it within ${pipeMs / 1000} seconds`
        : causeOf(error)
    return { problem: `${variable}: can’t read ${path}, because ${cause}` }
  }
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

/**
 * Longest wait for the end of a pipe, in milliseconds: time for a password manager to start. A pipe that no program
 * writes to has no end.
 */
const PIPE_MS = 10_000

/** Thrown if a pipe has not ended in time. */
const LATE = new Error('The pipe has no end.')

/** Pause between two reads of a pipe that has nothing yet, in milliseconds. */
const PIPE_PAUSE_MS = 20

/**
 * Reads a file, which may be a pipe such as bash makes for `<(pass show bot)`. Throws the system's error, `ENXIO`
 * for a device, `EFBIG` if it is too long, or {@link LATE}.
 */
async function readSecret(path: string, pipeMs: number): Promise<string> {
  // A blocking open would wait until a program writes to the pipe, and so would a blocking read.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stats = await file.stat()
  // A terminal would wait for its user, and other devices have no end.
  if (stats.isCharacterDevice()) throw failure('ENXIO')
  const bytes = Buffer.alloc(MOST_BYTES + 1)
  let length = 0
  const begun = performance.now()
  while (length < bytes.length) {
    const count = await readNext(file, bytes.subarray(length))
    length += count ?? 0
    if (count) continue
    // Before a program opens a named pipe to write, a read finds its end.
    const isAwaited = stats.isFIFO() && length === 0
    if (count === 0 && !isAwaited) break
    if (performance.now() - begun > pipeMs) throw LATE
    await pause(PIPE_PAUSE_MS)
  }
  if (length > MOST_BYTES) throw failure('EFBIG')
  return bytes.toString('utf8', 0, length).trim()
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** Resolves to the number of bytes, 0 at the end; undefined if there are none yet. */
async function readNext(file: FileHandle, into: Buffer): Promise<number | undefined> {
  try {
    return (await file.read(into)).bytesRead
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}
