import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError, VARIABLES } from '../config.ts'

const UNREADABLE = '`.env` cannot be read: save it as UTF-8.'

/** A variable of Sitrep in a line that is no comment, however the line is written, with a value. */
const NAMED = new RegExp(
  `^[^\\w#]*(?:(?:export|set|setx|setenv|env|declare|x)\\W+)*(${VARIABLES.join('|')})(?!\\w)[^\\w#]*\\w`,
  'i',
)
/** The same, in the form that Node's parser reads. */
const READABLE = new RegExp(`^\\s*(?:export\\s+)?(${VARIABLES.join('|')})\\s*=\\s*(.*?)\\s*$`)

/** Tokens as the platforms give them, in a line that is no comment. */
const TOKENS = {
  TELEGRAM_TOKEN: /^[^#]*?\b\d{6,}:[\w-]{30,}/,
  DISCORD_TOKEN: /^[^#]*?\b[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}/,
} as const

/**
 * Sets the variables that `.env` has and `env` has not. Does nothing without the file. Throws
 * {@link ConfigError} if the file cannot be read, or if something in it would be passed over.
 */
export function loadEnvFile(path: string, env: Record<string, string | undefined>): void {
  const text = readText(path)
  if (text === undefined) return
  const given = parseEnv(text)
  const lines = text.split('\n')
  for (const problems of [repeated(lines), passedOver(lines, given, env)]) {
    if (problems.length > 0) throw new ConfigError(problems)
  }
  for (const name of Object.keys(TOKENS)) {
    if (given[name] && env[name]?.trim() === '') {
      console.error(`${name} is empty in the environment, so the one in .env does not count.`)
    }
  }
  for (const [name, value] of Object.entries(given)) env[name] ??= value
}

function readText(path: string): string | undefined {
  try {
    // Node's parser knows no line that ends with CR alone. Byte order marks also stand between files that were joined.
    return decode(readFileSync(path)).replace(/\r\n?/g, '\n').replaceAll('\ufeff', '')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError([`.env: cannot be read (${code}).`])
  }
}

/** UTF-8, or UTF-16 as PowerShell and editors of Windows write it. Throws {@link ConfigError}. */
function decode(bytes: Buffer): string {
  const encoding = encodingOf(bytes)
  // A shell that adds a line to a file in UTF-16 writes bytes of another encoding.
  const isMixed = encoding !== 'utf-8' && /[A-Z]{3}_?[A-Z]{3}/.test(bytes.toString('latin1'))
  const text = isMixed ? undefined : decoded(bytes, encoding)
  if (text === undefined || text.includes('\0')) throw new ConfigError([UNREADABLE])
  return text
}

function encodingOf([first, second]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  // With a byte order mark, or beginning with a character of ASCII.
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

/** Variables with two values: the parser takes the last one without a word. */
function repeated(lines: readonly string[]): string[] {
  const found = lines.flatMap((line, index) => {
    const [, name, value] = READABLE.exec(line) ?? []
    return name === undefined ? [] : [{ name, value, line: index + 1 }]
  })
  return [...Map.groupBy(found, ({ name }) => name)].flatMap(([name, all]) => {
    if (new Set(all.map(({ value }) => value)).size < 2) return []
    const where = all.map(({ line }) => line).join(' and ')
    return [`.env: ${name} has several values (lines ${where}): leave one of them.`]
  })
}

/** Lines that name a variable, or have a token, and set nothing. */
function passedOver(
  lines: readonly string[],
  given: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  return lines.flatMap((line, index) => {
    const named = NAMED.exec(line)?.[1]?.toUpperCase()
    const [token] =
      Object.entries(TOKENS).find(
        ([name, form]) => !given[name] && !env[name] && form.test(line),
      ) ?? []
    const missing = named !== undefined && !given[named] ? named : token
    if (missing === undefined) return []
    return [`.env: line ${index + 1} is not understood: write ${missing}=… on a line of its own.`]
  })
}
