import type { LevelWithSilent } from 'pino'

/** One line an event: what happened, as fields for machines and as a sentence for people. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error' | 'fatal', Write>

/**
 * `fields.event` names what happened. Ids may stand in a line; tokens, names of people and what
 * they write may not. An error goes into `fields.err`, of which only kind, code and place are kept.
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
  /** Taken out of every line, wherever they came from. */
  readonly secrets: readonly string[]
  /** Whether a person reads along at a terminal. */
  readonly pretty: boolean
  readonly output: NodeJS.WritableStream
}

/** Loaded only by who serves: one answer on the command line needs no log. */
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
      serializers: { err: error => describeError(error) },
      hooks: {
        // The last net: whatever a library put into a line.
        streamWrite: line => secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line),
      },
    },
    stream,
  )
  return logger
}

/** Hands over the sentences alone, from information on. */
export function sentences(write: (text: string) => void): Log {
  const say: Write = (_, text) => write(text)
  return { debug: () => {}, info: say, warn: say, error: say, fatal: say }
}

/** Causes of causes that are told: an error may be its own. */
const CAUSES = 5

/**
 * Messages of errors quote what they stumbled over: an address with a token in it, a text that
 * somebody wrote. What kind of error it was, and where, says enough.
 */
function describeError(error: unknown, depth = 0): { type: string; [key: string]: unknown } {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, status } = error as { code?: unknown; status?: unknown }
  const isDeep = error.cause === undefined || depth >= CAUSES
  const cause = isDeep ? undefined : describeError(error.cause, depth + 1)
  // The message stands before the frames, and may look like one.
  const frames = error.stack?.replace(error.message, () => '')
  return {
    type: error.constructor.name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    at: frames?.match(/^ {4}at .+:\d+:\d+\)?$/gm)?.map(line => line.trim()),
    ...(cause !== undefined && { cause }),
  }
}
