import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

test('an empty environment has defaults, and an empty value counts as none', () => {
  const defaults = {
    contentDir: 'content',
    feeds: [],
    timeZone: 'Europe/Sarajevo',
    host: '127.0.0.1',
    databaseUrl: 'file:data/sitrep.db',
    retentionMs: 90 * 86_400_000,
    port: 8080,
    logLevel: 'info',
    metrics: 'local',
    reminders: { moments: [14, 3, 1, 'start', 'end'], time: expect.anything() },
    debounceMs: 600_000,
    undoWindowMs: 30_000,
    moderators: { users: [], roles: [] },
    requiresPlatforms: false,
  }
  expect(readConfig({})).toEqual(defaults)
  expect(readConfig({ CONTENT_DIR: '', TIMEZONE: ' ' })).toEqual(defaults)
})

test('blanks around a value do not count', () => {
  expect(readConfig({ TIMEZONE: ' UTC ' }).timeZone).toBe('UTC')
})

test('every problem is told at once', () => {
  expect(() => readConfig({ TIMEZONE: 'now', PORT: '80800' })).toThrow(
    new ConfigError([
      'TIMEZONE: must be an IANA time zone, such as Europe/Sarajevo or UTC. The value is “now”.',
      'PORT: must be a number from 0 to 65535. The value is “80800”.',
    ]),
  )
  for (const PORT of ['-1', '80a', '65536', '1e3']) {
    expect(() => readConfig({ PORT })).toThrow(/^PORT: must be a number/)
  }
})

test('values are taken from the environment, and other variables left alone', () => {
  expect(
    readConfig({ CONTENT_DIR: '/srv/x', TIMEZONE: 'Asia/Kathmandu', PORT: '0', HOME: '/' }),
  ).toEqual({
    contentDir: '/srv/x',
    feeds: [],
    timeZone: 'Asia/Kathmandu',
    host: '127.0.0.1',
    databaseUrl: 'file:data/sitrep.db',
    retentionMs: 90 * 86_400_000,
    port: 0,
    logLevel: 'info',
    metrics: 'local',
    reminders: { moments: [14, 3, 1, 'start', 'end'], time: expect.anything() },
    debounceMs: 600_000,
    undoWindowMs: 30_000,
    moderators: { users: [], roles: [] },
    requiresPlatforms: false,
  })
})

test('reminders are days, weeks, the first day or the last, each once, at a time of day', () => {
  const { reminders } = readConfig({})
  expect(String(reminders.time)).toBe('09:00:00')
  const set = readConfig({ REMINDERS: '1w, 7d,end,start ,end', REMINDER_TIME: '18:30' }).reminders
  expect(set.moments).toEqual([7, 'end', 'start'])
  expect(String(set.time)).toBe('18:30:00')
  expect(readConfig({ REMINDERS: 'none' }).reminders.moments).toEqual([])
  expect(readConfig({ REMINDERS: '14D, 2h, Start' }).reminders.moments).toEqual([14, '2h', 'start'])
  expect(() => readConfig({ REMINDERS: '3x', REMINDER_TIME: '9', CHANGE_SETTLE: 'soon' })).toThrow(
    new ConfigError([
      'REMINDERS: must be a list such as 14d,1w,1d,2h,start,end, or none. The value is “3x”.',
      'REMINDER_TIME: must be a time, such as 09:00. The value is “9”.',
      'CHANGE_SETTLE: must be a duration, such as 30s, 10m, 6h, 14d or 1w. The value is “soon”.',
    ]),
  )
})

test('rates and durations are within what platforms and calendars know', () => {
  expect(readConfig({ RETENTION: '2w' }).retentionMs).toBe(14 * 86_400_000)
  expect(() =>
    readConfig({ RETENTION: '90', TELEGRAM_BROADCAST_RATE: '31', DISCORD_BROADCAST_RATE: '0' }),
  ).toThrow(
    new ConfigError([
      'RETENTION: must be a duration, such as 30s, 10m, 6h, 14d or 1w. The value is “90”.',
      'DISCORD_BROADCAST_RATE: must be a number from 1 to 50. The value is “0”.',
      'TELEGRAM_BROADCAST_RATE: must be a number from 1 to 30. The value is “31”.',
    ]),
  )
})

test('moderators are people and roles by their ids; what is none is told by its place alone', () => {
  const { moderators } = readConfig({
    MODERATORS:
      'telegram:42, discord:123456789012345678 ,discord-role:223456789012345678/323456789012345678',
  })
  expect(moderators).toEqual({
    users: ['telegram:42', 'discord:123456789012345678'],
    roles: ['223456789012345678/323456789012345678'],
  })
  expect(() => readConfig({ MODERATORS: 'telegram:42,@ada' })).toThrow(
    new ConfigError([
      'MODERATORS: entry 2 must be telegram:ID, discord:ID or discord-role:SERVER_ID/ROLE_ID. In a chat, /whoami shows your ID',
    ]),
  )
})

test('a platform is whole or absent', () => {
  expect(() =>
    readConfig({ TELEGRAM_WEBHOOK_URL: 'https://x.org/t', DISCORD_API_URL: 'http://x/api' }),
  ).toThrow(
    new ConfigError([
      'DISCORD_API_URL: needs DISCORD_TOKEN as well',
      'TELEGRAM_WEBHOOK_URL: needs TELEGRAM_TOKEN as well',
    ]),
  )
  expect(
    readConfig({
      TELEGRAM_TOKEN: '1:abc',
      TELEGRAM_BROADCAST_RATE: '12',
      TELEGRAM_API_URL: 'http://127.0.0.1:9001',
      TELEGRAM_WEBHOOK_URL: 'https://bot.example.org/t',
      DISCORD_TOKEN: 'a.b.c',
      DISCORD_API_URL: 'http://127.0.0.1:9001/api',
    }),
  ).toMatchObject({
    telegram: {
      token: '1:abc',
      apiUrl: 'http://127.0.0.1:9001',
      webhookUrl: 'https://bot.example.org/t',
      rate: 12,
    },
    discord: { token: 'a.b.c', apiUrl: 'http://127.0.0.1:9001/api', rate: 40 },
  })
})

test('a webhook has a path of its own, in plain letters', () => {
  for (const path of [
    '/a%20b',
    '/ä',
    '/:hook',
    '/*',
    '/healthz',
    '/readyz',
    '/metrics',
    '/calendar.ics',
    '/calendar/x',
  ]) {
    const given = { TELEGRAM_TOKEN: '1:abc', TELEGRAM_WEBHOOK_URL: `https://x.org${path}` }
    expect(() => readConfig(given), path).toThrow(/^TELEGRAM_WEBHOOK_URL: must have .*path/)
  }
  for (const path of ['', '/', '/a', '/a/b-c_d.e~f/', '/healthz/', '/calendars']) {
    const given = { TELEGRAM_TOKEN: '1:abc', TELEGRAM_WEBHOOK_URL: `https://x.org${path}` }
    expect(readConfig(given).telegram?.webhookUrl).toBe(`https://x.org${path}`)
  }
})

test('a wrong value that may hold a secret is not shown', () => {
  const token = '123456:AAF-test_only-neverSecret-0000000000'
  const given = {
    ...{ TELEGRAM_TOKEN: 'hunter2', DISCORD_TOKEN: 'Bot hunter2', TELEGRAM_API_URL: 'hunter2' },
    ...{ TELEGRAM_WEBHOOK_URL: 'http://hunter2', DATABASE_URL: 'postgres://u:hunter2/@host/db' },
    ...{ CALENDAR_FEEDS: 'ftp://hunter2', MODERATORS: '@hunter2', LOG_LEVEL: token },
    ...{ PUBLIC_URL: 'https://u:hunter2@x.org', LOCAL_ORIGIN: 'https://x.org?hunter2' },
  }
  try {
    readConfig(given)
    expect.unreachable()
  } catch (error) {
    const { message } = error as Error
    const named = message.split('\n').map(line => line.split(':')[0])
    expect(new Set(named)).toEqual(new Set(Object.keys(given)))
    expect(message).not.toMatch(/hunter2|AAF|The value/)
  }
})

test('another wrong value is shown, with the nearest right one', () => {
  for (const [TIMEZONE, end] of Object.entries({
    'Europe/Sarajewo': '“Europe/Sarajewo”. Do you mean Europe/Sarajevo?',
    sarajevo: '“sarajevo”. Do you mean Europe/Sarajevo?',
    'New York': '“New York”. Do you mean America/New_York?',
    '+02:00': '“+02:00”.',
    'Mars/Olympus': '“Mars/Olympus”.',
    'a\x1b[2J': '“a [2J”.',
    ['x '.repeat(99)]: `“${'x '.repeat(30).slice(0, 59)}…”.`,
  })) {
    expect(() => readConfig({ TIMEZONE })).toThrow(
      new ConfigError([
        `TIMEZONE: must be an IANA time zone, such as Europe/Sarajevo or UTC. The value is ${end}`,
      ]),
    )
  }
  for (const [LOG_LEVEL, end] of Object.entries({
    warning: '“warning”. Do you mean warn?',
    err: '“err”. Do you mean error?',
    INFO: '“INFO”. Do you mean info?',
    loud: '“loud”.',
  })) {
    expect(() => readConfig({ LOG_LEVEL })).toThrow(
      new ConfigError([
        `LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent. The value is ${end}`,
      ]),
    )
  }
})

test('a password that PostgreSQL’s URL cannot hold has the way to write it', () => {
  for (const password of ['a/b', 'a?b', 'a#b', '12/3', '12?3', '12#3', 'a@b#c']) {
    const DATABASE_URL = `postgres://user:${password}@host/db`
    const written = `postgres://user:${encodeURIComponent(password)}@host/db`
    expect(readConfig({ DATABASE_URL: written }).databaseUrl).toBe(written)
    expect(() => readConfig({ DATABASE_URL })).toThrow(
      new ConfigError([
        'DATABASE_URL: must be a postgres:// URL. Percent-encode @ : / ? # in its password as %40 %3A %2F %3F %23',
      ]),
    )
  }
  expect(() => readConfig({ DATABASE_URL: 'mysql://u:hunter2@host/db' })).toThrow(
    new ConfigError([
      'DATABASE_URL: must be file:PATH, such as file:data/sitrep.db, or a postgres:// URL',
    ]),
  )
})

test('PUBLIC_URL is a base address without its last slash, or a clear message', () => {
  const good = {
    'https://bot.example.org': 'https://bot.example.org',
    'https://bot.example.org/base/': 'https://bot.example.org/base',
    'http://192.0.2.1:8080': 'http://192.0.2.1:8080',
  }
  for (const [given, read] of Object.entries(good)) {
    expect(readConfig({ PUBLIC_URL: given }).publicUrl).toBe(read)
  }
  expect(readConfig({}).publicUrl).toBeUndefined()
  for (const bad of [
    'bot.example.org',
    'ftp://bot.example.org',
    'https://user:secret@bot.example.org',
    'https://bot.example.org/?key=secret',
    'https://bot.example.org/#secret',
    'https://localhost:8080',
    `https://bot.example.org/${'x'.repeat(200)}`,
    'https://bot.example.org/a b',
  ]) {
    expect(() => readConfig({ PUBLIC_URL: bad }), bad).toThrow(/^PUBLIC_URL: must be the public/)
  }
})
