import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeFolder } from '../../src/app/doctor/disk.ts'
import { judgeBackups } from '../../src/app/doctor/judge-backups.ts'
import { judgeClock, judgeTimeZones } from '../../src/app/doctor/judge-clock.ts'
import { judgeConfiguration, judgeNetwork } from '../../src/app/doctor/judge-configuration.ts'
import { judgeDatabase, judgePosts } from '../../src/app/doctor/judge-database.ts'
import { runChecks } from '../../src/app/doctor/run-checks.ts'
import type { CheckResult } from '../../src/check-result.ts'
import { exitCodeOf } from '../../src/cli/doctor.ts'
import { readConfig } from '../../src/config.ts'
import {
  judgeApplication,
  judgeGateway,
  judgeServers,
} from '../../src/platforms/discord/check-setup.ts'
import { judgeWebhook } from '../../src/platforms/telegram/check-setup.ts'
import { quote } from '../../src/redact.ts'
import type { StoreRows } from '../../src/store/inspect.ts'
import { anyCharacter, runs } from '../properties.ts'

const NOW = Temporal.Instant.from('2026-11-30T12:00:00Z')
const lines = (results: readonly CheckResult[]) =>
  results.map(({ level, text }) => `${level}: ${text}`)
const levels = (results: readonly CheckResult[]) => results.map(({ level }) => level)

const ROWS: StoreRows = {
  ...{ holder: 'desk:7:a', chats: [], reach: [], outbox: [], waits: [], paused: [] },
}

describe('the exit code', () => {
  const error = (part: string): CheckResult => ({ part, level: 'error', text: '' })
  test.for([
    [[], 0],
    [['telegram'], 69],
    [['telegram', 'disk'], 74],
    [['database', 'content'], 65],
    [['content', 'telegram', 'configuration'], 78],
  ] as [string[], number][])('of errors in %j is %i', ([parts, code]) => {
    const warning: CheckResult = { part: 'configuration', level: 'warning', text: '' }
    expect(exitCodeOf([warning, ...parts.map(error)])).toBe(code)
  })
})

test('a clock that differs from all platforms by over ten minutes is an error, and else a warning', () => {
  const judged = (...ahead: number[]) =>
    levels(judgeClock(ahead.map((aheadMs, n) => ({ platform: `p${n}`, aheadMs }))))
  expect(judged()).toEqual([])
  expect(judged(59_000, -59_000)).toEqual(['ok'])
  expect(judged(61_000)).toEqual(['warning'])
  expect(judged(-700_000)).toEqual(['error'])
  expect(judged(-700_000, 0)).toEqual(['ok', 'warning'])
  expect(judged(-700_000, 700_000)).toEqual(['error', 'error'])
})

test('time-zone data counts as old a year after the end of its year', () => {
  const judged = (release: string, today: string) =>
    judgeTimeZones(release, Temporal.PlainDate.from(today)).level
  expect(judged('2025a', '2026-12-31')).toBe('ok')
  expect(judged('2025a', '2027-01-01')).toBe('warning')
  expect(judged('', '2026-11-30')).toBe('warning')
})

describe('the configuration', () => {
  const judged = (env: Record<string, string>, warnings: string[] = []) =>
    lines(judgeConfiguration(readConfig(env), warnings))
  const token = { TELEGRAM_TOKEN: '1:t', MODERATORS: 'telegram:42' }

  test('without a token is an error if a platform is required', () => {
    expect(judged({})).toEqual(['warning: No token is set, so a start opens the local preview.'])
    expect(judged({ REQUIRE_PLATFORMS: '1' })).toEqual([
      'error: REQUIRE_PLATFORMS needs a platform, but no token is set.',
    ])
  })

  test('has the warnings of the environment, and those about moderators', () => {
    expect(judged(token, ['X isn’t a setting.'])).toEqual([
      'warning: X isn’t a setting.',
      'ok: Telegram has a token.',
    ])
    expect(judged({ ...token, MODERATORS: '' }).at(-1)).toMatch(/^warning: MODERATORS is empty/)
    const MODERATORS = 'discord-role:100000000000000001/100000000000000002'
    expect(judged({ ...token, MODERATORS }).at(-1)).toBe('warning: MODERATORS has 1 Discord role.')
  })

  test('names servers and proxies without the secrets in their addresses', () => {
    const config = readConfig({ ...token, TELEGRAM_API_URL: 'http://me:pa55word@10.0.0.7:81/key' })
    expect(lines(judgeNetwork(config, { HTTPS_PROXY: 'http://me:pa55word@proxy' }))).toEqual([
      'ok: TELEGRAM_API_URL leads to 10.0.0.7:81.',
      'warning: HTTPS_PROXY is set, but Sitrep connects to the platforms directly.',
    ])
    expect(judgeNetwork(readConfig(token), { http_proxy: ' ' })).toEqual([])
  })

  test('tells that Node takes some connections through a proxy only if it is asked to', () => {
    const HTTPS_PROXY = 'http://me:pa55word@proxy'
    const some =
      'warning: Node uses HTTPS_PROXY for some connections, but not for Discord’s gateway and most calls of Telegram’s own server.'
    const judged = (environment: Record<string, string>) =>
      lines(judgeNetwork(readConfig(token), environment))
    expect(judged({ HTTPS_PROXY, NODE_USE_ENV_PROXY: '1' })).toEqual([some])
    expect(judged({ HTTPS_PROXY, NODE_OPTIONS: '--use-env-proxy --no-warnings' })).toEqual([some])
    expect(judged({ HTTPS_PROXY, NODE_USE_ENV_PROXY: 'true' })).toEqual([
      'warning: HTTPS_PROXY is set, but Sitrep connects to the platforms directly.',
    ])
    expect(judged({ ALL_PROXY: 'http://proxy', NODE_USE_ENV_PROXY: '1' })).toEqual([
      'warning: ALL_PROXY is set, but Sitrep connects to the platforms directly.',
    ])
    expect(judged({ NODE_USE_ENV_PROXY: '1' })).toEqual([])
  })
})

test('a database tells its schema, its damage and its lease', () => {
  const current = { pending: [], isEmpty: false, isNewer: false, rows: ROWS }
  expect(levels(judgeDatabase('x', undefined, undefined))).toEqual(['warning'])
  expect(levels(judgeDatabase('x', current, 'none'))).toEqual(['ok', 'ok', 'ok'])
  expect(levels(judgeDatabase('x', current, { message: 'Bad.' }))).toEqual(['ok', 'error', 'ok'])
  expect(levels(judgeDatabase('x', current, 'unknown'))).toEqual(['ok', 'warning', 'ok'])
  const judged = (isEmpty: boolean, isNewer: boolean) =>
    levels(judgeDatabase('x', { pending: ['a'], isEmpty, isNewer }, undefined))
  expect(judged(false, false)).toEqual(['warning'])
  expect(judged(true, false)).toEqual(['ok'])
  expect(judged(false, true)).toEqual(['error'])
})

test('a missing or late backup is a warning', () => {
  const judged = (ageS?: number) => judgeBackups({ folder: '/backups', ageS })
  expect(levels(judgeBackups(undefined))).toEqual(['warning'])
  expect(levels(judged())).toEqual(['warning'])
  expect(judged(3 * 3600).map(({ text }) => text)).toEqual([
    'The newest backup in /backups is 3 hours old.',
  ])
  expect(levels(judged(86_400))).toEqual(['ok'])
  expect(levels(judged(2 * 86_400))).toEqual(['warning'])
})

test('what waits is told with its number and its time', () => {
  expect(lines(judgePosts(ROWS, NOW))).toEqual(['ok: No post is paused or late.'])
  const rows: StoreRows = {
    ...ROWS,
    paused: [3, 5],
    waits: [
      { platform: 'discord', isChat: false, until: NOW.add({ seconds: 40 }) },
      { platform: 'telegram', isChat: true, until: NOW.add({ seconds: 40 }) },
    ],
    reach: [{ platform: 'telegram', suspected: 2, left: 1 }],
    outbox: [
      { platform: 'telegram', due: 7, later: 0, paused: 0, oldestS: 3600 },
      { platform: 'discord', due: 7, later: 0, paused: 0, oldestS: 5 },
    ],
  }
  expect(lines(judgePosts(rows, NOW))).toEqual([
    'warning: Paused: #3 and #5.',
    'warning: Discord asks to wait for 40 seconds more before the next post.',
    'ok: A platform asks to wait before the next post in 1 chat.',
    'warning: Posts don’t arrive in 2 chats on Telegram. Sitrep retries with growing pauses.',
    'ok: 1 chat on Telegram removed or blocked the bot.',
    'warning: On Telegram, 7 deliveries wait, the oldest for 60 minutes.',
  ])
})

test('a full disk of the database is an error, and that of the images a warning', () => {
  const facts = { path: '/data', has: 'the database', locked: [], free: 9e6 }
  expect(levels(judgeFolder(facts, true))).toEqual(['error'])
  expect(levels(judgeFolder(facts, false))).toEqual(['warning'])
  expect(levels(judgeFolder({ ...facts, free: 60e6 }, true))).toEqual(['warning'])
  expect(lines(judgeFolder({ ...facts, free: 70e9 }, true))).toEqual([
    'ok: The disk of the database (/data) has 70 GB free.',
  ])
  const exposed = { text: 'Open.', fix: 'Close it.' }
  const locked = { ...facts, free: undefined, obstacle: 'rights', locked: ['a'], exposed } as const
  expect(levels(judgeFolder(locked, true))).toEqual(['error', 'error', 'warning'])
})

test('a webhook of Telegram is compared with the configuration', () => {
  const token = '1:t'
  const nowMs = NOW.epochMilliseconds
  const own = 'https://bot.example.org/telegram'
  const judged = (info: object, webhookUrl?: string) =>
    lines(judgeWebhook(info, { webhookUrl, token, nowMs }))
  const none = 'ok: 0 updates wait at Telegram.'
  expect(judged({})).toEqual(['ok: The bot polls, and no webhook is set.', none])
  expect(judged({ url: own }, own)).toEqual(['ok: The webhook at bot.example.org is set.', none])
  expect(judged({ url: 'https://u:p@other.example/x' }, own)).toEqual([
    'warning: A webhook at other.example is set instead of TELEGRAM_WEBHOOK_URL.',
    none,
  ])
  expect(judged({ url: 'garbage' })).toEqual([
    'warning: A webhook at an unknown address gets the updates, but the bot polls.',
    none,
  ])
  expect(judged({}, own)).toEqual(['warning: The webhook of TELEGRAM_WEBHOOK_URL isn’t set.', none])
  const failed = { url: own, last_error_message: 'Connection refused', pending_update_count: 100 }
  expect(judged({ ...failed, last_error_date: nowMs / 1000 - 3600 }, own).slice(1)).toEqual([
    'error: Telegram couldn’t reach the webhook: Connection refused.',
    'warning: 100 updates wait at Telegram.',
  ])
  expect(
    levels(judgeWebhook({ ...failed, last_error_date: 1 }, { webhookUrl: own, token, nowMs })),
  ).toEqual(['ok', 'warning'])
})

test('the settings of a Discord application that harm the bot are named', () => {
  const judged = (more: object) => lines(judgeApplication({ id: '1', flags: 0, ...more }))
  expect(judged({ integration_types_config: { 0: {}, 1: {} } })).toEqual([
    'ok: The application has the settings that the bot needs.',
  ])
  expect(
    judged({
      flags: (1 << 18) | (1 << 14),
      interactions_endpoint_url: 'https://x.example',
      integration_types_config: { 1: {} },
      bot_require_code_grant: true,
    }),
  ).toEqual([
    'error: Discord sends commands to an Interactions Endpoint URL, so the bot gets none.',
    'warning: Servers can’t add the bot.',
    'warning: The bot’s invite link doesn’t work.',
    'warning: The bot has intents that it doesn’t need: Server Members and Message Content.',
  ])
  expect(levels(judgeApplication({}))).toEqual(['warning'])
})

test('few connections to the gateway are a warning, and none an error', () => {
  const judged = (remaining: unknown) =>
    levels(judgeGateway({ session_start_limit: { remaining, reset_after: 7_200_000 } }))
  expect([judged(0), judged(9), judged(10), judged('x')]).toEqual([['error'], ['warning'], [], []])
  expect(judgeGateway({})).toEqual([])
})

test('servers in which a right is missing are named, ten of them at most', () => {
  const server = (id: number, permissions: bigint) => ({
    id: `${id}`,
    permissions: `${permissions}`,
  })
  const [all, admin] = [((1n << 40n) - 1n) & ~8n, 8n]
  const results = judgeServers([
    server(1, all),
    server(2, admin),
    { id: '3', owner: true },
    { id: 'x', permissions: 'y' },
    ...Array.from({ length: 12 }, (_, n) => server(n + 10, all & ~(1n << 15n))),
  ])
  expect(lines(results).slice(0, 3)).toEqual([
    'ok: The bot is in 16 servers.',
    'warning: In server 0 the bot lacks ViewChannel, SendMessages, SendMessagesInThreads, AttachFiles, ReadMessageHistory.',
    'warning: In server 10 the bot lacks AttachFiles.',
  ])
  expect(lines(results).at(-1)).toBe('warning: Rights are missing in 3 more servers.')
  expect(results.length).toBe(12)
})

test('a check that throws or hangs is an error of its own, and the others are shown', async () => {
  const clock = { pause: () => new Promise<void>(resolve => setImmediate(resolve)) }
  const good: CheckResult = { part: 'a', level: 'ok', text: 'Good.' }
  const open: (readonly string[])[] = []
  const results = await runChecks(
    [
      { part: 'a', run: async () => [good] },
      { part: 'b', run: async () => Promise.reject(new TypeError('secret')) },
      { part: 'c', run: () => new Promise(() => {}) },
    ],
    { clock, totalMs: 1, onProgress: parts => open.push(parts) },
  )
  expect(lines(results)).toEqual([
    'ok: Good.',
    'error: This check failed (TypeError).',
    'error: This check took too long, so its result is unknown.',
  ])
  expect([open[0], open.at(-1)]).toEqual([['a', 'b', 'c'], []])
})

test('a quotation has one line, no control characters, no secrets and at most 200 characters', () => {
  const secret = '123456:AAF-test_only-neverSecret-0000000000'
  const words = fc.string({ unit: anyCharacter, maxLength: 300 })
  fc.assert(
    fc.property(words, words, fc.constantFrom('', '\u200b', '\n', '\0'), (before, after, split) => {
      const hidden = split === '\n' ? secret : [...secret].join(split)
      const quoted = quote(before + hidden + after, [secret])
      expect(quoted).not.toContain(secret)
      expect(quoted).not.toMatch(/[\p{C}\n]/u)
      expect([...quoted].length).toBeLessThanOrEqual(200)
    }),
    { numRuns: runs(200) },
  )
})
