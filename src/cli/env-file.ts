import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError, VARIABLES } from '../config.ts'
import { causeOf } from '../file-causes.ts'
import { unknownInFile } from './unknown-names.ts'

const UNREADABLE = '`.env` cannot be read: save it as UTF-8.'

/** Matches a line that gives a value to a variable of Sitrep, in any shell's syntax, and is not a comment. */
const NAMED = new RegExp(
  `^[^\\w#]*(?:(?:export|set|setx|setenv|env|declare|x)\\W+)*(${VARIABLES.join('|')})(?!\\w)[^\\w#]*\\w`,
  'i',
)
/** Matches a line that sets a variable of Sitrep in the syntax of Node's parser. */
const READABLE = new RegExp(`^\\s*(?:export\\s+)?(${VARIABLES.join('|')})\\s*=\\s*(.*?)\\s*$`)

/** Matches a line that sets any one variable in that syntax. */
const SET = /^\s*(?:export\s+)?(\w+)\s*=\s*\S+\s*$/

/** Match lines that contain a token in its platform's form and are not comments. */
const TOKENS = {
  TELEGRAM_TOKEN: /^[^#]*?\b\d{6,}:[\w-]{30,}/,
  DISCORD_TOKEN: /^[^#]*?\b[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}/,
} as const

/**
 * Sets the variables of `.env` that `env` does not have, and calls `warn` for each unknown name. Does nothing if the
 * file does not exist. Throws {@link ConfigError} if the file cannot be read, or if Node's parser would ignore one of
 * its lines or values.
 */
export function loadEnvFile(
  path: string,
  env: Record<string, string | undefined>,
  warn: (text: string) => void = console.error,
): void {
  const text = readText(path)
  if (text === undefined) return
  const parsed = parseEnv(text)
  const lines = text.split('\n')
  for (const problems of [conflicts(lines), cutValues(lines), ignoredLines(lines, parsed, env)]) {
    if (problems.length > 0) throw new ConfigError(problems)
  }
  for (const name of Object.keys(TOKENS)) {
    if (parsed[name] && env[name]?.trim() === '') {
      warn(`${name} is empty in the environment, so the one in .env does not count.`)
    }
  }
  for (const warning of unknownInFile(parsed)) warn(`${path}: ${warning}`)
  for (const [name, value] of Object.entries(parsed)) env[name] ??= value
}

function readText(path: string): string | undefined {
  try {
    // Node's parser does not end a line at a lone CR. Byte order marks may also occur inside a file that was joined
    // from several.
    return decode(readFileSync(path)).replace(/\r\n?/g, '\n').replaceAll('\ufeff', '')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigError([`${path} can’t be read, because ${causeOf(error)}.`])
  }
}

/** Decodes UTF-8, or UTF-16 as PowerShell and Windows editors write it. Throws {@link ConfigError} for other bytes. */
function decode(bytes: Buffer): string {
  const encoding = encodingOf(bytes)
  // A shell that appends a line in ASCII to a UTF-16 file mixes two encodings.
  const isMixed = encoding !== 'utf-8' && /[A-Z]{3}_?[A-Z]{3}/.test(bytes.toString('latin1'))
  const text = isMixed ? undefined : decoded(bytes, encoding)
  if (text === undefined || text.includes('\0')) throw new ConfigError([UNREADABLE])
  return text
}

function encodingOf([first, second]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  // Detects a byte order mark, or a first character of ASCII.
  if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || first === 0) return 'utf-16be'
  return 'utf-8'
}

function decoded(bytes: Buffer, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Returns a problem for each variable with several values, of which the parser would silently take the last. */
function conflicts(lines: readonly string[]): string[] {
  const found = lines.flatMap((line, index) => {
    const [, name, value] = READABLE.exec(line) ?? []
    return name === undefined ? [] : [{ name, value, line: index + 1 }]
  })
  return [...Map.groupBy(found, ({ name }) => name)].flatMap(([name, all]) => {
    if (new Set(all.map(({ value }) => value)).size < 2) return []
    const where = all.map(({ line }) => line).join(' and ')
    return [`.env: ${name} has several values (lines ${where}). Keep one of them.`]
  })
}

/** Returns a problem for each value without quotes that the parser would silently cut at a `#`. */
function cutValues(lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const [, name, value = ''] = READABLE.exec(line) ?? []
    if (!/^[^#'"`][^#]*(?<=\S)#/.test(value)) return []
    return [
      `.env: a # would end the value in line ${index + 1}. Put the value of ${name} in quotes.`,
    ]
  })
}

/** Returns a problem for each line that names a variable or contains a token but sets no variable. */
function ignoredLines(
  lines: readonly string[],
  parsed: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  return lines.flatMap((line, index) => {
    const named = NAMED.exec(line)?.[1]?.toUpperCase()
    const [token] =
      Object.entries(TOKENS).find(
        ([name, form]) => !parsed[name] && !env[name] && form.test(line),
      ) ?? []
    const missing = named !== undefined && !parsed[named] ? named : token
    if (missing === undefined) return []
    const [, name] = SET.exec(line) ?? []
    const what =
      name && name !== missing ? `line ${index + 1} sets ${name}` : `line ${index + 1} isn’t clear`
    return [`.env: ${what}. Write ${missing}=… on a line of its own.`]
  })
}
