import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { ChatRef } from '../../src/platform.ts'
import { checkDiscord } from '../../src/platforms/discord/check-setup.ts'
import { failedToken } from '../../src/platforms/setup-check.ts'
import { checkTelegram } from '../../src/platforms/telegram/check-setup.ts'
import { ME } from '../platforms/telegram/server.ts'
import { runs } from '../properties.ts'
import { type Answer, openAnswering } from './answering-server.ts'

/** Tokens of the right form that open nothing. */
const TOKENS = {
  telegram: '123456:AAF-test_only-neverSecret-0000000000',
  discord: 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GtestA.never-a-secret-0000000000000000000000',
}
const BOT = '900000000000000001'
const SERVER = '700000000000000001'
const ALL_RIGHTS = String((1n << 10n) | (1n << 11n) | (1n << 38n) | (1n << 15n) | (1n << 16n))

const CHECKS = { telegram: checkTelegram, discord: checkDiscord }
type Name = keyof typeof CHECKS
const NAMES = Object.keys(CHECKS) as Name[]

async function check(
  name: Name,
  answer: (path: string) => Answer,
  more: { chats?: ChatRef[]; webhookUrl?: string; timeoutMs?: number } = {},
) {
  const { url, paths } = await openAnswering(answer)
  const { chats = [], ...options } = more
  const report = await CHECKS[name]({
    token: TOKENS[name],
    apiUrl: url,
    clock: systemClock,
    chats: Promise.resolve(chats),
    signal: new AbortController().signal,
    timeoutMs: 2000,
    ...options,
  })
  const found = (level: string) =>
    report.results.filter(each => each.level === level).map(({ text }) => text)
  return { ...report, paths, errors: found('error'), warnings: found('warning'), oks: found('ok') }
}

/** The answers of a platform that finds nothing wrong. */
const GOOD: Record<Name, (path: string) => Answer> = {
  telegram(path) {
    if (/getMe$/.test(path)) return { body: { ok: true, result: ME } }
    if (/getWebhookInfo$/.test(path)) {
      return { body: { ok: true, result: { url: '', pending_update_count: 2 } } }
    }
    return { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: no' } }
  },
  discord(path) {
    if (/users\/@me$/.test(path)) return { body: { id: BOT, username: 'sitrep' } }
    if (/guilds\?limit=200$/.test(path)) {
      return { body: [{ id: SERVER, owner: false, permissions: ALL_RIGHTS }] }
    }
    if (/applications\/@me$/.test(path)) return { body: { id: BOT, flags: 0 } }
    if (/members\//.test(path)) return { body: { roles: ['7'] } }
    if (/gateway\/bot$/.test(path)) {
      const limit = { total: 1000, remaining: 990, reset_after: 1, max_concurrency: 1 }
      return { body: { url: 'ws://127.0.0.1:1', shards: 1, session_start_limit: limit } }
    }
    return { status: 404, body: { code: 10003, message: 'Unknown Channel' } }
  },
}

describe.for(NAMES)('the check of %s', name => {
  const title = name === 'telegram' ? 'Telegram' : 'Discord'

  test('finds nothing wrong with a bot that is set up', async () => {
    const { errors, warnings, oks, aheadMs } = await check(name, GOOD[name])
    expect([errors, warnings]).toEqual([[], []])
    expect(oks[0]).toMatch(`${title} accepts the token`)
    expect(aheadMs).toBe(0)
  })

  test.for([
    [
      { status: 401, body: { ok: false, error_code: 401, code: 0, message: '401' } },
      'rejects the token',
    ],
    [{ status: 500, body: 'broken' }, `Can’t reach ${title} (500)`],
    [{ body: '<html>Welcome</html>' }, `in ${title}’s place, with a web page (200)`],
    [{ status: 401, body: '<html>Log in</html>' }, 'with a web page (401)'],
    [{ status: 302, headers: { location: '/login' } }, 'with a redirect (302)'],
    [{ body: '', headers: { 'content-type': 'text/plain' } }, 'another kind of response (200)'],
    [{ body: null }, 'with unexpected JSON (200)'],
    [
      { body: '{"ok":', headers: { 'content-type': 'application/json' } },
      'with unexpected JSON (200)',
    ],
    ['hang', 'no answer in 0.3 seconds'],
  ] as [Answer, string][])('says in one error what is wrong: %j', async ([answer, text]) => {
    const found = await check(name, () => answer, { timeoutMs: 300 })
    const { errors, warnings, oks, aheadMs } = found
    expect([errors.length, warnings, oks]).toEqual([1, [], []])
    expect(errors[0]).toContain(text)
    // Each server here sends a `Date`, but another program’s clock says nothing about the platform’s.
    const isPlatform = /rejects|reach/.test(text)
    expect(aheadMs).toBe(isPlatform ? 0 : undefined)
  })

  test('measures a clock that is ten minutes off', async () => {
    const date = new Date(Date.now() + 600_000).toUTCString()
    const { aheadMs } = await check(name, path => {
      const answer = GOOD[name](path)
      return answer === 'hang' ? answer : { ...answer, headers: { date } }
    })
    expect(aheadMs).toBeGreaterThan(-601_500)
    expect(aheadMs).toBeLessThan(-598_000)
  })

  test('shows no part of the token, whatever a server writes into its answers', async () => {
    const token = TOKENS[name]
    const secret = token.split(/[:.]/).at(-1) ?? ''
    const leak = fc.constantFrom(
      token,
      secret,
      [...token].join('\u200b'),
      `x${token}x`,
      '\u001b[2J',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...FIELDS), leak),
        fc.nat(3),
        async (fields, kind) => {
          const isError = kind === 0
          const hostile = (path: string): Answer => {
            const given = GOOD[name](path)
            const body = given === 'hang' ? {} : Object(given.body)
            const result = { ...Object(body.result), ...fields, id: body.result?.id ?? body.id }
            if (isError)
              return {
                status: 403,
                body: {
                  ok: false,
                  error_code: 403,
                  code: 50001,
                  description: token,
                  message: token,
                },
              }
            return {
              body: Array.isArray(body)
                ? [{ ...body[0], ...fields }]
                : { ...body, ...fields, ...(body.id && { id: body.id }), ok: true, result },
            }
          }
          const { results } = await check(name, hostile)
          const shown = JSON.stringify(results).replace(/\p{Cf}/gu, '')
          expect(shown).not.toContain(secret)
          expect(shown).not.toContain('\\u001b')
        },
      ),
      { numRuns: runs(24) },
    )
  })
})

/** Fields whose texts a check might show. */
const FIELDS = [
  ...['username', 'url', 'last_error_message', 'description', 'message', 'name', 'flags'],
  ...['permissions', 'interactions_endpoint_url'],
]

test('a server without a valid certificate is told, with the causes', () => {
  const code = 'SELF_SIGNED_CERT_IN_CHAIN'
  const failure = { next: 'uncertain', code } as const
  expect(failedToken('discord', { failure, head: undefined, timeoutMs: 1 })).toMatchObject({
    text: `The server in Discord’s place has no valid certificate (${code}).`,
    fix: 'Look for a proxy or a login page in this machine’s network. A wrong clock has the same effect.',
  })
})

test('Telegram is never asked for updates', async () => {
  const { paths } = await check('telegram', GOOD.telegram)
  expect(paths.map(path => path.split('/').at(-1)).sort()).toEqual(['getMe', 'getWebhookInfo'])
})

test('the rights in the groups of Telegram are checked', async () => {
  const chats: ChatRef[] = ['-1001', '-1002', '-1003', '-1004'].map(address => ({
    ...{ platform: 'telegram', address, kind: 'group' },
  }))
  const members: Record<string, object> = {
    '-1001': { status: 'administrator' },
    '-1002': { status: 'restricted', is_member: true, can_send_messages: false },
    '-1003': { status: 'left' },
  }
  const queue = ['-1001', '-1002', '-1003', '-1004']
  const { warnings, oks } = await check(
    'telegram',
    path => {
      if (!/getChatMember$/.test(path)) return GOOD.telegram(path)
      const member = members[queue.shift() ?? '']
      return member ? { body: { ok: true, result: member } } : { status: 500, body: 'broken' }
    },
    { chats },
  )
  // The server cannot tell which group a call is about.
  expect(warnings.map(text => text.replace(/-\d+/, '…')).sort()).toEqual([
    'The bot can’t post in chat …: it isn’t a member.',
    'The bot can’t post in chat …: it lacks Send Messages.',
  ])
  expect(oks.at(-1)).toBe('The bot can post in 1 chat. The rights in 1 chat are not checked.')
})

test('the rights in servers and channels of Discord are checked as Discord computes them', async () => {
  const send = 1n << 11n
  const channels: Record<string, object> = {
    1: { id: '1', type: 0, permission_overwrites: [] },
    2: { id: '2', type: 0, permission_overwrites: [{ id: SERVER, allow: '0', deny: `${send}` }] },
    3: {
      ...{ id: '3', type: 0 },
      permission_overwrites: [
        { id: SERVER, allow: '0', deny: `${send}` },
        { id: '7', allow: `${send}`, deny: '0' },
      ],
    },
    4: { id: '4', type: 11, parent_id: '5' },
    5: { id: '5', type: 0, permission_overwrites: [{ id: BOT, allow: '0', deny: `${1n << 38n}` }] },
    10: { id: '10', type: 11, parent_id: '1', thread_metadata: { locked: true } },
    6: { id: '6', type: 0, permission_overwrites: [null, { id: 3 }] },
  }
  const chats: ChatRef[] = ['1', '2', '3', '4', '6', '9', '10'].map(address => ({
    ...{ platform: 'discord', address, within: SERVER, kind: 'channel' },
  }))
  const elsewhere = { platform: 'discord', address: '8', within: '5', kind: 'channel' } as const
  const { warnings, oks } = await check(
    'discord',
    path => {
      const channel = channels[/channels\/(\d+)$/.exec(path)?.[1] ?? '']
      return channel ? { body: channel } : GOOD.discord(path)
    },
    { chats: [...chats, elsewhere] },
  )
  expect(warnings.sort()).toEqual([
    `The bot can’t post in chat 10 of ${SERVER}: it lacks Manage Threads.`,
    `The bot can’t post in chat 2 of ${SERVER}: it lacks Send Messages.`,
    `The bot can’t post in chat 4 of ${SERVER}: it lacks Send Messages in Threads.`,
    'The bot can’t post in chat 8 of 5: it isn’t in that server.',
    `The bot can’t post in chat 9 of ${SERVER}: it can’t see that channel.`,
  ])
  expect(oks.at(-1)).toBe('The bot can post in 3 chats.')
})

test('checks of chats that hang end in time, and the results say so', async () => {
  const chats: ChatRef[] = Array.from({ length: 30 }, (_, n) => ({
    ...{ platform: 'discord', address: `${n + 1}`, within: SERVER, kind: 'channel' },
  }))
  const { oks, warnings, errors } = await check(
    'discord',
    path => (/channels|members/.test(path) ? 'hang' : GOOD.discord(path)),
    { chats, timeoutMs: 200 },
  )
  expect(errors).toEqual([])
  expect(warnings).toEqual(['The rights in 30 chats are not checked.'])
  expect(oks.join()).not.toContain('post')
})
