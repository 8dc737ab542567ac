import { z } from 'zod'

export interface Config {
  /** Folder of the briefing. */
  readonly contentDir: string
  /** IANA zone that decides which day it is. */
  readonly timeZone: string
  /** Of the HTTP server; 0 picks one that is free. */
  readonly port: number
}

/** Thrown with every variable that is wrong, each with what was expected. Names no value. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

const PORT = 'expected a number from 0 to 65535'

const schema = z.object({
  CONTENT_DIR: z.string().default('content'),
  TIMEZONE: z
    .string()
    .default('Europe/Sarajevo')
    .refine(isZone, 'expected the name of a time zone, such as Europe/Sarajevo or UTC'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, PORT)
    .default('8080')
    .transform(Number)
    .refine(port => port <= 65_535, PORT),
})

/** Reads the environment; an empty value counts as none. Throws {@link ConfigError}. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  )
  const result = schema.safeParse(given)
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`),
    )
  }
  const { CONTENT_DIR, TIMEZONE, PORT: port } = result.data
  return { contentDir: CONTENT_DIR, timeZone: TIMEZONE, port }
}

function isZone(name: string): boolean {
  // Offsets such as +02:00 are accepted by Intl, but know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
