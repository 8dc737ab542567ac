import { z } from 'zod'
import {
  databaseUrl,
  isPostgres,
  publicUrl,
  webAddress,
  webhookAddress,
  webOrigin,
} from './config-addresses.ts'
import { describeValue } from './config-hints.ts'
import { type FeedEntry, readFeeds } from './feeds/entry.ts'
import { LOG_LEVELS } from './log.ts'
import { type ReminderLead, readLead } from './reminder-leads.ts'

/** The configuration of a deployment, as {@link readConfig} reads it from the environment. */
export interface Config {
  /** Folder of the briefing. */
  readonly contentDir: string
  /** The calendars that add events. */
  readonly feeds: readonly FeedEntry[]
  /** IANA zone of new chats, and of the current day if no chat's zone applies. */
  readonly timeZone: string
  /** Address that the HTTP server listens on. The local chat always listens on loopback. */
  readonly host: string
  /** Port of the HTTP server; 0 picks a free one. */
  readonly port: number
  /** The machines that `/metrics` answers: this one, or `all`. */
  readonly metrics: 'local' | 'all'
  /** One more origin that the local chat accepts, such as `https://name-8080.app.github.dev`: that of a forwarded port. */
  readonly localOrigin?: string
  /** Public base address without a slash at the end, for links such as those to calendars. */
  readonly publicUrl?: string
  /** `file:` and a path, or `postgres://…`. */
  readonly databaseUrl: string
  /** The folder of the daily backups of an SQLite file, and how many of them stay; absent if there are none. */
  readonly backups?: { readonly folder: string; readonly keep: number }
  /** How long the ledger keeps finished broadcasts, in milliseconds. */
  readonly retentionMs: number
  readonly reminders: {
    readonly moments: readonly ReminderLead[]
    /** Time of day, in each chat's zone. */
    readonly time: Temporal.PlainTime
  }
  /** How long an edit waits before it is published, in milliseconds. */
  readonly debounceMs: number
  /** The undo window: how long a confirmed announcement waits before it is sent, in milliseconds. */
  readonly undoWindowMs: number
  readonly logLevel: (typeof LOG_LEVELS)[number]
  /** Moderators of the whole deployment. */
  readonly moderators: {
    /** `telegram:42`, `discord:1234` */
    readonly users: readonly string[]
    /** Roles of Discord, as `GUILD/ROLE`. Anyone who can assign such a role can make moderators. */
    readonly roles: readonly string[]
  }
  /** Whether a start without a token is an error. */
  readonly requiresPlatforms: boolean
  readonly discord?: DiscordConfig
  readonly telegram?: TelegramConfig
}

export interface DiscordConfig {
  readonly token: string
  /** REST base without version, such as `https://discord.com/api`. */
  readonly apiUrl?: string
  /** Most posts a second. */
  readonly rate: number
}

export interface TelegramConfig {
  readonly token: string
  /** Root of the Bot API, such as `https://api.telegram.org`. */
  readonly apiUrl?: string
  /** Most posts a second. */
  readonly rate: number
  /** Public address of the webhook. Without it the bot polls. */
  readonly webhookUrl?: string
}

/**
 * The configuration is wrong. The message has one line for each wrong variable, with the expected form, and with the
 * value unless it may be a secret.
 */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

/** An operator who has set it relies on backups. */
const NO_POSTGRES_BACKUPS =
  'BACKUP_DIR: works with an SQLite file alone. Unset it, and back PostgreSQL up with pg_dump (docs/operating.md)'

const PORT = 'must be a number from 0 to 65535'

/** Variables that have no effect without a token, by name, with the token's variable. */
const BELONGS_TO = {
  DISCORD_API_URL: 'DISCORD_TOKEN',
  TELEGRAM_API_URL: 'TELEGRAM_TOKEN',
  TELEGRAM_WEBHOOK_URL: 'TELEGRAM_TOKEN',
} as const

/** Milliseconds of each unit of a duration. */
const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Reads `30s`, `10m`, `6h`, `14d`, `1w` as milliseconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[smhdw]$/, 'must be a duration, such as 30s, 10m, 6h, 14d or 1w')
  .transform(text => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS])

const REMINDERS = 'must be a list such as 14d,1w,1d,2h,start,end, or none'

/** Reads `14d,1w,2h,start,end` as leads, each once. `none` gives an empty list. */
const reminders = z
  .string()
  .toLowerCase()
  .transform(text => (text === 'none' ? [] : text.split(/\s*,\s*/).map(readLead)))
  .refine(leads => leads.every(lead => lead !== undefined), REMINDERS)
  .transform(leads => [...new Set(leads.filter(lead => lead !== undefined))])

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time, such as 09:00')
  .transform(text => Temporal.PlainTime.from(text))

/** Reads the ids of users and roles, separated by commas. An error names the entry's number, not its value. */
const moderators = z
  .string()
  .regex(
    /^[^,\s]+(\s*,\s*[^,\s]+)*$/,
    'must be a comma-separated list, such as telegram:42,discord:123456789012345678',
  )
  .transform((text, { issues, value }) => {
    const entries = text.split(/\s*,\s*/)
    const isEntry = (entry: string) =>
      /^(telegram:[1-9]\d{0,15}|discord:\d{15,20}|discord-role:\d{15,20}\/\d{15,20})$/.test(entry)
    const wrong = entries.findIndex(entry => !isEntry(entry))
    if (wrong >= 0) {
      const message = `entry ${wrong + 1} must be telegram:ID, discord:ID or discord-role:SERVER_ID/ROLE_ID. In a chat, /whoami shows your ID`
      issues.push({ code: 'custom', input: value, message })
    }
    const roles = entries.filter(entry => entry.startsWith('discord-role:'))
    return {
      users: entries.filter(entry => !entry.startsWith('discord-role:')),
      roles: roles.map(entry => entry.slice('discord-role:'.length)),
    }
  })

/** Reads the calendars that add events. An error names the entry's number, not its value, which may hold a secret. */
const feeds = z.string().transform((text, { issues, value }) => {
  const entries = readFeeds(text)
  if (typeof entries !== 'string') return entries
  issues.push({ code: 'custom', input: value, message: entries })
  return []
})

/** Reads a rate in posts a second. `most` is the platform's own limit. */
const rate = (most: number) =>
  z
    .string()
    .regex(/^\d{1,2}$/, `must be a number from 1 to ${most}`)
    .transform(Number)
    .refine(value => value >= 1 && value <= most, `must be a number from 1 to ${most}`)

const schema = z.object({
  CONTENT_DIR: z.string().default('content'),
  CALENDAR_FEEDS: feeds.default([]),
  TIMEZONE: z
    .string()
    .default('Europe/Sarajevo')
    .refine(isZone, 'must be an IANA time zone, such as Europe/Sarajevo or UTC'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, PORT)
    .default('8080')
    .transform(Number)
    .refine(port => port <= 65_535, PORT),
  METRICS: z.enum(['local', 'all'], 'must be local or all').default('local'),
  LOCAL_ORIGIN: webOrigin.optional(),
  PUBLIC_URL: publicUrl.optional(),
  DATABASE_URL: databaseUrl.default('file:data/sitrep.db'),
  BACKUP_DIR: z.string().optional(),
  BACKUP_KEEP: z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/, 'must be a number from 1 to 1000')
    .default('7')
    .transform(Number),
  RETENTION: duration.default(90 * UNITS.d),
  REMINDERS: reminders.default([14, 3, 1, 'start', 'end']),
  REMINDER_TIME: timeOfDay.default(Temporal.PlainTime.from('09:00')),
  CHANGE_SETTLE: duration.default(10 * UNITS.m),
  ANNOUNCE_HOLD: duration
    .refine(ms => ms <= UNITS.h, 'must be one hour or less, such as 30s or 5m')
    .default(30 * UNITS.s),
  MODERATORS: moderators.default({ users: [], roles: [] }),
  REQUIRE_PLATFORMS: z
    .enum(['0', '1'], 'must be 1 or 0')
    .default('0')
    .transform(value => value === '1'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`).default('info'),
  DISCORD_TOKEN: z
    .string()
    .regex(
      /^[\w-]+\.[\w-]+\.[\w-]+$/,
      'doesn’t look like a Discord bot token (three parts separated by dots). Copy it from the Developer Portal > Bot',
    )
    .optional(),
  DISCORD_API_URL: webAddress.optional(),
  DISCORD_BROADCAST_RATE: rate(50).default(40),
  TELEGRAM_TOKEN: z
    .string()
    .regex(
      /^\d+:[\w-]+$/,
      'doesn’t look like a Telegram bot token (digits, a colon, letters). Copy it from @BotFather',
    )
    .optional(),
  TELEGRAM_API_URL: webAddress.optional(),
  TELEGRAM_BROADCAST_RATE: rate(30).default(25),
  TELEGRAM_WEBHOOK_URL: webhookAddress.optional(),
})

/** Variables that name the file of a secret: of the variable without `_FILE`. */
export const SECRET_FILES = [
  'DATABASE_URL_FILE',
  'DISCORD_TOKEN_FILE',
  'TELEGRAM_TOKEN_FILE',
] as const

/** Names of all environment variables that Sitrep reads. */
export const VARIABLES: readonly string[] = [...schema.keyof().options, ...SECRET_FILES]

/** Reads the configuration from the environment. An empty value counts as unset. Throws {@link ConfigError}. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  )
  const { data, error } = schema.safeParse(values)
  const problems = [
    ...(error?.issues.map(({ path, message }) => {
      const name = String(path[0])
      return `${name}: ${message}${describeValue(name, values[name] ?? '')}`
    }) ?? []),
    // Without its token the bot would silently start as a local chat.
    ...Object.entries(BELONGS_TO)
      .filter(([name, token]) => values[name] && !values[token])
      .map(([name, token]) => `${name}: needs ${token} as well`),
    ...(data?.BACKUP_DIR && isPostgres(data.DATABASE_URL) ? [NO_POSTGRES_BACKUPS] : []),
  ]
  if (!data || problems.length > 0) throw new ConfigError(problems)
  const { DISCORD_TOKEN, DISCORD_API_URL, TELEGRAM_TOKEN } = data
  const { TELEGRAM_API_URL, TELEGRAM_WEBHOOK_URL } = data
  return {
    contentDir: data.CONTENT_DIR,
    feeds: data.CALENDAR_FEEDS,
    timeZone: data.TIMEZONE,
    host: data.HOST,
    port: data.PORT,
    metrics: data.METRICS,
    ...(data.LOCAL_ORIGIN && { localOrigin: data.LOCAL_ORIGIN }),
    ...(data.PUBLIC_URL && { publicUrl: data.PUBLIC_URL }),
    databaseUrl: data.DATABASE_URL,
    ...(data.BACKUP_DIR && { backups: { folder: data.BACKUP_DIR, keep: data.BACKUP_KEEP } }),
    retentionMs: data.RETENTION,
    reminders: { moments: data.REMINDERS, time: data.REMINDER_TIME },
    debounceMs: data.CHANGE_SETTLE,
    undoWindowMs: data.ANNOUNCE_HOLD,
    logLevel: data.LOG_LEVEL,
    moderators: data.MODERATORS,
    requiresPlatforms: data.REQUIRE_PLATFORMS,
    ...(DISCORD_TOKEN && {
      discord: {
        token: DISCORD_TOKEN,
        rate: data.DISCORD_BROADCAST_RATE,
        ...(DISCORD_API_URL && { apiUrl: DISCORD_API_URL }),
      },
    }),
    ...(TELEGRAM_TOKEN && {
      telegram: {
        token: TELEGRAM_TOKEN,
        rate: data.TELEGRAM_BROADCAST_RATE,
        ...(TELEGRAM_API_URL && { apiUrl: TELEGRAM_API_URL }),
        ...(TELEGRAM_WEBHOOK_URL && { webhookUrl: TELEGRAM_WEBHOOK_URL }),
      },
    }),
  }
}

function isZone(name: string): boolean {
  // Intl accepts offsets such as +02:00, which have no summer time.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
