import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Config } from '../config.ts'

/** Exit codes of BSD's sysexits.h, so that a supervisor can tell a mistake from a crash. */
export const EXIT = {
  ok: 0,
  usage: 64,
  content: 65,
  unavailable: 69,
  software: 70,
  io: 74,
  config: 78,
} as const

export const USAGE = `Usage:
  npm start                              the bot; without a token the local chat, in a browser
  npm run -s ask -- WORDS [--as text|telegram|discord] [--style grid|cards]
                      [--drafts]         one answer, or the requests that would be sent;
                                         without WORDS a prompt; --drafts shows drafts as well
  npm run -s plan -- [--from 2023-05-01] [--to 2023-10-01] [--json]
                                         what would be posted on these days, when and why
  npm run -s broadcast -- --text TEXT [--topic TOPIC] [--dry-run] [--urgent] [--publish]
                                         an announcement to everybody who follows the topic;
                                         --text - reads it from a pipe
  npm run -s broadcast -- --list | --watch N | --pause N | --resume N | --cancel N
                        | --correct N --text TEXT | --retract N
                                         what was announced, by its number
  npm run -s broadcast -- --changes show|send|drop
                                         what was edited and is not told yet
  npm run check                          content, format, lint, types, unused code`

/** A mistake on the command line. The message is a sentence, and the usage is printed after it. */
export class UsageError extends Error {}

/** Reads the configuration from the environment and from `.env`. A variable of the environment takes precedence. */
export async function readEnvironment(): Promise<Config> {
  const { readConfig } = await import('../config.ts')
  const { loadEnvFile } = await import('./env-file.ts')
  loadEnvFile('.env', process.env)
  return readConfig(process.env)
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
  throw new UsageError(`\`--${option} ${value}\` is not known: write ${choices.join(' or ')}.`)
}

/** Prints an error. Returns its exit code, so that a command can return both at once. */
export function fail(text: string, code: number): number {
  console.error(text)
  return code
}
