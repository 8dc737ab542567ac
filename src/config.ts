import { z } from 'zod'

export interface Config {
  /** Folder of the briefing. */
  readonly contentDir: string
  /** IANA zone that decides which day it is. */
  readonly timeZone: string
}

/** Thrown with every variable that is wrong, each with what was expected. Names no value. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

const schema = z.object({
  CONTENT_DIR: z.string().default('content'),
  TIMEZONE: z
    .string()
    .default('Europe/Sarajevo')
    .refine(isZone, 'expected the name of a time zone, such as Europe/Sarajevo or UTC'),
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
  return { contentDir: result.data.CONTENT_DIR, timeZone: result.data.TIMEZONE }
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
