import type { LevelWithSilent } from 'pino'

/** A log with one line per event. Each line has fields for machines and a sentence for people. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error' | 'fatal', Write>

/**
 * Writes one line. `fields.event` names the event. A line may have ids, but no tokens, no names of people and nothing
 * that people wrote. `fields.err` takes an error, of which the line keeps the type, code, stack frames and causes.
 */
type Write = (fields: Fields, text: string) => void

interface Fields {
  readonly event: string
  readonly err?: unknown
  readonly [key: string]: unknown
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export interface LogOptions {
  readonly level: LevelWithSilent
  /** Texts that every line shows as `***`, even in an error of a library. */
  readonly secrets: readonly string[]
  /** Whether to format lines for a person at a terminal. */
  readonly pretty: boolean
  readonly output: NodeJS.WritableStream
}

/** Opens a log. Imports pino only when called, because a single answer on the command line needs no log. */
export async function openLog({ level, secrets, pretty, output }: LogOptions): Promise<Log> {
  const { pino } = await import('pino')
  const stream = pretty
    ? (await import('pino-pretty')).PinoPretty({
        destination: output,
        colorize: true,
        translateTime: 'SYS:HH:MM:ss',
        ignore: 'event',
        singleLine: true,
        sync: true,
      })
    : output
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${Temporal.Now.instant().round('millisecond')}"`,
      // Names, because the numbers are pino's own.
      formatters: { level: level => ({ level }) },
      serializers: { err: error => describeError(error) },
      hooks: {
        // A library may have put a secret into a line.
        streamWrite: line => secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line),
      },
    },
    stream,
  )
  return logger
}

/** Returns a log that passes only the sentences to `write`, from level `info` up. */
export function sentences(write: (text: string) => void): Log {
  const writeText: Write = (_, text) => write(text)
  return { debug: () => {}, info: writeText, warn: writeText, error: writeText, fatal: writeText }
}

/** Most nested causes in a line: an error may be its own cause. */
const CAUSES = 5

/**
 * Describes an error by its type, code, stack frames and causes. The message is left out, because it may quote an
 * address with a token or a text that a user wrote.
 */
function describeError(error: unknown, depth = 0): { type: string; [key: string]: unknown } {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, status } = error as { code?: unknown; status?: unknown }
  const isLast = error.cause === undefined || depth >= CAUSES
  const cause = isLast ? undefined : describeError(error.cause, depth + 1)
  // The stack begins with the message, which may look like a frame.
  const frames = error.stack?.replace(error.message, () => '')
  return {
    type: error.constructor.name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    at: frames?.match(/^ {4}at .+:\d+:\d+\)?$/gm)?.map(line => line.trim()),
    ...(cause !== undefined && { cause }),
  }
}
