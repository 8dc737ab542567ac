import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import { alternatives } from '../texts/plurals.ts'

/** Exit codes of BSD's sysexits.h, so that a supervisor can tell a mistake from a crash. */
export const EXIT = {
  ok: 0,
  usage: 64,
  content: 65,
  unavailable: 69,
  software: 70,
  cantCreate: 73,
  io: 74,
  config: 78,
} as const

/** The options of each command. */
export const HELP = {
  ask: `bin/sitrep ask [QUESTION] [--as text|telegram|discord] [--style grid|cards|picture|dark-picture] [--drafts]
bin/sitrep ask QUESTION --style picture|dark-picture --out FILE [--force]
    Ask the briefing; without a question, a prompt. --as prints the requests of a platform.
    --out saves the images of an answer: for map.png, map.png and map-2.png …; --force replaces files.`,
  plan: `bin/sitrep plan [--from 2023-05-01] [--to 2023-10-01] [--json]
    Preview scheduled posts.`,
  broadcast: `bin/sitrep broadcast --text TEXT [--topic TOPIC] [--urgent] [--publish] [--dry-run] [--yes]
    Send an announcement (--text - reads a pipe). Asks first; --yes skips the question.
bin/sitrep broadcast --list | --watch N | --pause N | --resume N | --cancel N
                     | --correct N --text TEXT [--yes] | --retract N [--yes]
    Earlier announcements, by number. --correct and --retract ask first. --cancel undoes one in its undo window, later it stops it.
bin/sitrep broadcast --changes show|send|drop
    Pending updates.`,
  doctor: `bin/sitrep doctor [--json]
    Check the configuration, the content, the database, the platforms and a running bot.`,
  backup: `bin/sitrep backup [--out FILE]
    Copy the SQLite database, also while the bot runs, into BACKUP_DIR or FILE.`,
  restore: `bin/sitrep restore FILE [--yes]
    Put a backup in the place of the database while no bot runs. Asks first. The replaced database is kept.
bin/sitrep restore --settle [--yes]
    After another tool has restored the database: make sure that nothing is sent twice.`,
} as const

export const USAGE = `Usage, from any folder (paths and .env are those of the current folder):
bin/sitrep
    Run the bot; without a token, a local chat in a browser. npm start does the same.
bin/sitrep --example NAME
    Run it with a briefing of examples/, such as floods.
${Object.values(HELP).join('\n')}
bin/sitrep check
    Validate the content.
bin/sitrep --version
    Print the version.
On Windows, write node bin/sitrep.mjs.`

const SHIPPED_CONTENT = join(import.meta.dirname, '../../content')

/** A mistake on the command line. The message is one sentence; a line after it says where the options are. */
export class UsageError extends Error {}

/**
 * Reads the configuration from the environment, `.env` and files of secrets. A variable of the environment takes precedence.
 * Without `CONTENT_DIR` and a folder `content` in the current folder, the content is the briefing that Sitrep ships.
 * Warns of each name that looks like a typo: prints the warnings by default.
 */
export async function readEnvironment(
  warn: (text: string) => void = console.error,
): Promise<Config> {
  const { readConfig } = await import('../config.ts')
  const { loadEnvFile } = await import('./env-file.ts')
  const { unknownInEnvironment } = await import('./unknown-names.ts')
  for (const warning of unknownInEnvironment(process.env)) warn(warning)
  loadEnvFile(envFile(), process.env, warn)
  const { withSecretFiles } = await import('./secret-files.ts')
  const isShipped = !process.env.CONTENT_DIR?.trim() && !existsSync('content')
  const shipped = isShipped && { CONTENT_DIR: SHIPPED_CONTENT }
  // Not in `process.env`, which child processes inherit.
  const config = readConfig(await withSecretFiles({ ...process.env, ...shipped }))
  // Messages about the file name it without regard to the current folder.
  const databaseUrl = config.databaseUrl.replace(
    /^file:(.*)/s,
    (_, path) => `file:${resolve(path)}`,
  )
  const { backups } = config
  return {
    ...config,
    databaseUrl,
    ...(backups && { backups: { ...backups, folder: resolve(backups.folder) } }),
  }
}

/** Returns the absolute path of `.env`, which may be missing. */
export function envFile(): string {
  return resolve('.env')
}

/** Parses the arguments of a command. Throws {@link UsageError}. */
export function readArguments<T extends ParseArgsConfig>(args: string[], config: T) {
  try {
    return parseArgs({ args, ...config })
  } catch (error) {
    // Drops the rest of Node's message, advice on quoting, because the usage shows the syntax.
    const [sentence = ''] = (error as Error).message.split('. ')
    throw new UsageError(`${sentence.replace(/\.$/, '')}.`)
  }
}

/** Returns the value of an option if it is one of `choices`. Throws {@link UsageError} if not. */
export function oneOf<T extends string>(option: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find(candidate => candidate === value)
  if (choice) return choice
  throw new UsageError(`--${option} must be ${alternatives(choices)}.`)
}

/** Prints an error. Returns its exit code, so that a command can return both at once. */
export function fail(text: string, code: number): number {
  console.error(text)
  return code
}
