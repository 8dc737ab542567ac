import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { PlatformError } from '../../../src/platform.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import {
  answerWith,
  half,
  hang,
  openTelegramServer,
  refuse,
  reset,
  type TelegramServer,
  TOKEN,
} from './server.ts'

const words = (text: string) => parseTelegramHtml(text).text.replaceAll('\u2060', '')
const flood = (seconds?: number) =>
  refuse(
    429,
    `Too Many Requests: retry after ${seconds ?? 'a while'}`,
    seconds === undefined ? undefined : { retry_after: seconds },
  )

/** Faults after which a reply still arrives. */
const passing: [string, Parameters<TelegramServer['meet']>[1], number[]?][] = [
  ['429 with its wait in the body', flood(7), [7000]],
  [
    '429 with its wait in the sentence alone',
    refuse(429, 'Too Many Requests: retry after 9'),
    [9000],
  ],
  ['429 without any wait', flood()],
  [
    '429 with a page instead of JSON, and its wait in the header',
    answerWith(429, '<html>slow</html>', { 'retry-after': '3' }),
    [3000],
  ],
  [
    '429 with its wait in the header alone',
    answerWith(429, '{"ok":false,"error_code":429,"description":"slow"}', { 'retry-after': '4' }),
    [4000],
  ],
  ['429 with a page and no wait', answerWith(429, '<html>slow</html>')],
  ['500', refuse(500, 'Internal Server Error')],
  ['502 with a page instead of JSON', answerWith(502, '<html>Bad Gateway</html>')],
  ['200 with a page instead of JSON', answerWith(200, '<html>Welcome to the hotel</html>')],
  ['403 with a page instead of JSON', answerWith(403, '<html>Blocked by policy</html>')],
  ['a reset connection', reset],
  ['an answer that stops half way', half],
  ['no answer at all', hang],
]

for (const [name, fault, waits] of passing) {
  test(`a reply still arrives after ${name}`, async () => {
    await using scene = await openTelegram()
    scene.server.meet('sendMessage', fault)
    scene.server.push(messageUpdate('/threats'))
    expect(words((await scene.server.shown('700').next()).text)).toMatch(/^Threats/)
    for (const ms of waits ?? []) expect(scene.pauses).toContain(ms)
    expect(scene.events()).not.toContain('reply.failed')
  })

  test(`polling met with ${name} goes on, with one line when it begins and one when it ends`, async () => {
    await using scene = await openTelegram({
      before: server => server.meet('getUpdates', fault, fault, fault),
    })
    scene.server.push(messageUpdate('/threats'))
    expect(words((await scene.server.shown('700').next()).text)).toMatch(/^Threats/)
    const events = scene.events().filter(event => /^platform/.test(event))
    expect(events).toEqual(['platform.trouble', 'platform.recovered'])
    expect(scene.platform.state()).toEqual({ status: 'running' })
  })
}

test('a wait that Telegram names is obeyed however often it is named', async () => {
  await using scene = await openTelegram()
  scene.server.meet('sendMessage', flood(300), flood(60), flood(1), flood(2), flood(3))
  scene.server.push(messageUpdate('/threats'))
  await scene.server.shown('700').next()
  expect(scene.pauses.slice(-5)).toEqual([300_000, 60_000, 1000, 2000, 3000])
})

test('a reply that would come an hour late is dropped, and the log says so', async () => {
  await using scene = await openTelegram()
  scene.server.meet('sendMessage', flood(3600))
  scene.server.push(messageUpdate('/threats'))
  expect(await scene.seen('reply.failed')).toMatchObject({ next: 'retry', code: '429' })
  scene.server.push(messageUpdate('/next'))
  expect(words((await scene.server.shown('700').next()).text)).toMatch(/^Next exercise/)
})

test('a reply that fails repeatedly is dropped with a line in the log, and the next one arrives', async () => {
  await using scene = await openTelegram()
  const fault = refuse(500, 'Internal Server Error')
  scene.server.meet('sendMessage', fault, fault, fault)
  scene.server.push(messageUpdate('/threats'))
  expect(await scene.seen('reply.failed')).toMatchObject({ next: 'uncertain', code: '500' })
  scene.server.push(messageUpdate('/next'))
  expect(words((await scene.server.shown('700').next()).text)).toMatch(/^Next exercise/)
})

test('a user who has blocked the bot is not tried again', async () => {
  await using scene = await openTelegram()
  scene.server.meet('sendMessage', refuse(403, 'Forbidden: bot was blocked by the user'))
  scene.server.push(messageUpdate('/threats'))
  expect(await scene.seen('reply.failed')).toMatchObject({ next: 'gone', code: '403' })
  expect(scene.server.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1)
})

test('a group that has become a supergroup is answered there', async () => {
  await using scene = await openTelegram()
  scene.server.meet(
    'sendMessage',
    refuse(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -1009 }),
  )
  const chat = { id: -55, title: 'Desk', type: 'group' }
  scene.server.push(messageUpdate('/threats@sitrep_test_bot', { chat }))
  expect(words((await scene.server.shown('-1009').next()).text)).toMatch(/^Threats/)
})

test('markup that Telegram refuses is sent again as plain text, and told', async () => {
  await using scene = await openTelegram()
  scene.server.meet('sendMessage', refuse(400, "Bad Request: can't parse entities: …"))
  scene.server.push(messageUpdate('/threats'))
  const { text, body, keyboard } = await scene.server.shown('700').next()
  expect(text).toMatch(/^Threats and challenges\n/)
  expect(text).not.toMatch(/<\/?[a-z]/)
  expect(body).not.toHaveProperty('parse_mode')
  expect(keyboard).toHaveLength(2)
  expect(await scene.seen('reply.failed')).toMatchObject({ next: 'rejected', level: 'error' })
})

test('a chat whose send hangs delays no other', async () => {
  await using scene = await openTelegram({ timeoutMs: 30_000, drainMs: 1 })
  scene.server.meet('sendMessage', hang)
  scene.server.push(messageUpdate('/threats'))
  await scene.server.next('sendMessage')
  for (let other = 1; other <= 50; other++) {
    const from = { id: 1000 + other, is_bot: false, first_name: 'Bo' }
    scene.server.push(messageUpdate('/next', { from, chat: { id: from.id, type: 'private' } }))
    await scene.server.shown(String(from.id)).next()
  }
  expect(scene.server.shown('700').waiting).toEqual([])
})

test('over a hundred chats whose sends hang delay no other chat for long', async () => {
  await using scene = await openTelegram({ timeoutMs: 30_000, drainMs: 1 })
  const from = (id: number) => ({ id, is_bot: false, first_name: 'Bo' })
  const ask = (id: number) =>
    scene.server.push(messageUpdate('/next', { from: from(id), chat: { id, type: 'private' } }))
  scene.server.meet('sendMessage', ...Array.from({ length: 150 }, () => hang))
  for (let other = 1; other <= 150; other++) ask(1000 + other)
  for (let other = 1; other <= 150; other++) await scene.server.next('sendMessage')
  const before = performance.now()
  ask(700)
  await scene.server.shown('700').next()
  expect(performance.now() - before).toBeLessThan(15_000)
})

test('a minute without any network: one line, and questions are answered when it is back', async () => {
  const gone = await openTelegramServer()
  await gone.close()
  const scene = await openTelegram({ apiUrl: gone.url })
  expect(await scene.seen('platform.trouble')).toMatchObject({
    code: 'ECONNREFUSED',
    level: 'warn',
  })
  expect(scene.platform.state().status).toBe('trouble')
  // Pauses that are waited for in earnest make up more than a minute.
  while (scene.pauses.reduce((sum, ms) => sum + ms, 0) < 60_000) await new Promise(setImmediate)
  expect(scene.events()).toEqual(['platform.trouble'])
  for (const [index, ms] of scene.pauses.slice(0, 6).entries()) {
    const whole = 500 * 2 ** index
    expect(ms).toBeGreaterThanOrEqual(whole / 2)
    expect(ms).toBeLessThanOrEqual(whole)
  }
  expect(Math.max(...scene.pauses)).toBeLessThanOrEqual(30_000)
  await scene.platform.stop()
  await scene.server.close()
})

test('another poller may be about to end: it is waited for', async () => {
  const conflict = refuse(409, 'Conflict: terminated by other getUpdates request')
  await using scene = await openTelegram({
    before: server => server.meet('getUpdates', conflict, conflict),
  })
  expect(await scene.seen('platform.trouble')).toMatchObject({
    msg: expect.stringMatching(/^Another process polls with this token/),
  })
  await scene.seen('platform.recovered')
})

test('a webhook that an earlier life has left behind is taken away', async () => {
  await using scene = await openTelegram({
    before: server =>
      server.meet(
        'getUpdates',
        refuse(409, "Conflict: can't use getUpdates method while webhook is active"),
      ),
  })
  await scene.server.next('deleteWebhook')
  scene.server.push(messageUpdate('/threats'))
  await scene.server.shown('700').next()
  expect(scene.events()).not.toContain('platform.trouble')
})

test('a webhook that cannot be taken away is trouble, until it can', async () => {
  const active = refuse(409, "Conflict: can't use getUpdates method while webhook is active")
  await using scene = await openTelegram({
    before(server) {
      server.meet('getUpdates', active, active)
      server.meet('deleteWebhook', refuse(502, 'Bad Gateway'))
    },
  })
  expect(await scene.seen('platform.trouble')).toMatchObject({ code: '502' })
  await scene.seen('platform.recovered')
})

test('a token that getMe refuses at the start stops the platform at once with what to do', async () => {
  await using scene = await openTelegram({
    before: server => server.meet('getMe', refuse(401, 'Unauthorized')),
  })
  const error = await scene.running.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PlatformError)
  expect((error as Error).message).toMatch(/^Telegram rejected the token\. Get it from @BotFather/)
  expect(scene.platform.state()).toEqual({ status: 'stopped', reason: (error as Error).message })
})

test('an address at which there is no such bot stops the platform with what to do', async () => {
  await using scene = await openTelegram({
    before: server => server.meet('getMe', refuse(404, 'Not Found')),
  })
  const error = await scene.running.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PlatformError)
  expect((error as Error).message).toMatch(/Check TELEGRAM_TOKEN and, if set, TELEGRAM_API_URL/)
})

test('an address that leads nowhere for a while is asked again', async () => {
  await using scene = await openTelegram({
    before: server => server.meet('getUpdates', refuse(404, 'Not Found'), refuse(404, 'Not Found')),
  })
  scene.server.push(messageUpdate('/threats'))
  await scene.server.shown('700').next()
  expect(scene.events()).toContain('platform.recovered')
})

test('answers that are not what was asked for are trouble, told once, and asked for again', async () => {
  const odd = (result: unknown) => answerWith(200, JSON.stringify({ ok: true, result }))
  await using scene = await openTelegram({
    before(server) {
      server.meet('getMe', odd(undefined), odd({}), odd({ id: 'x' }))
      server.meet(
        'getUpdates',
        odd({}),
        odd([{}]),
        odd([null]),
        odd('soon'),
        odd([{ update_id: 'a' }]),
      )
    },
  })
  scene.server.push(messageUpdate('/threats'))
  await scene.server.shown('700').next()
  expect(scene.events().filter(event => /^platform/.test(event))).toEqual([
    'platform.trouble',
    'platform.recovered',
  ])
  const offsets = scene.server.calls
    .filter(({ method }) => method === 'getUpdates')
    .map(({ body }) => body.offset)
  expect(offsets.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0])
})

test('an update that cannot be read is passed over, and told without what it says', async () => {
  await using scene = await openTelegram()
  const { message } = messageUpdate('/threats')
  const odd = [
    { message: null },
    { message: { ...message, chat: undefined } },
    { message: { ...message, text: 7 } },
    { message: { ...message, date: 'Kossovo' } },
    { callback_query: null },
    { callback_query: { id: '1', data: '/next' } },
    { inline_query: 'Kossovo' },
    { message: { ...message, text: { Kossovo: 1 } } },
    { message: { ...message, date: 1e300 } },
    { message: { ...message, migrate_to_chat_id: 'Kossovo' } },
    { message: { ...message, migrate_from_chat_id: 2 ** 60 } },
  ]
  for (const update of odd) scene.server.push(update)
  scene.server.push(messageUpdate('/next'))
  expect(words((await scene.server.shown('700').next()).text)).toMatch(/^Next exercise/)
  expect(scene.events().filter(event => event === 'update.unread')).toHaveLength(odd.length)
  expect(scene.written()).not.toMatch(/Kossovo/)
  expect(scene.platform.state()).toEqual({ status: 'running' })
})

test('after trouble it is known at once that Telegram is back', async () => {
  await using scene = await openTelegram()
  await scene.server.next('setMyCommands')
  scene.server.meet('getUpdates', reset, reset)
  scene.server.push(messageUpdate('/threats'))
  await scene.seen('platform.recovered')
  const asked = scene.server.calls.filter(({ method }) => method === 'getUpdates')
  const [, , ...holds] = asked.map(({ body }) => body.timeout)
  expect(holds.slice(0, 4)).toContain(0)
})

test('updates that stop half way hold the next ones back no longer than another answer would', async () => {
  await using scene = await openTelegram({ timeoutMs: 500 })
  await scene.server.next('setMyCommands')
  // The poll under way is answered, and the next one stops half way. Its head could have taken 15 s.
  scene.server.meet('getUpdates', half)
  scene.server.push(messageUpdate('/next'))
  const before = performance.now()
  await scene.server.shown('700').next()
  scene.server.push(messageUpdate('/threats'))
  await scene.server.shown('700').next()
  expect(performance.now() - before).toBeLessThan(30_000)
})

for (const method of ['getMe', 'getUpdates', 'setMyCommands', 'setWebhook', 'getWebhookInfo']) {
  test(`stopped while ${method} hangs, it ends at once`, async () => {
    const webhook = /Webhook/.test(method) ? { webhookUrl: 'https://bot.example.org/t' } : {}
    const scene = await openTelegram({
      ...webhook,
      timeoutMs: 60_000,
      clock: systemClock,
      before: server => server.meet(method, hang),
    })
    await scene.server.next(method)
    const before = performance.now()
    await scene.platform.stop()
    expect(performance.now() - before).toBeLessThan(30_000)
    await scene.server.close()
  })
}

test('a menu that has not arrived is tried again until it has, told once', async () => {
  const late = refuse(500, 'Internal Server Error')
  await using scene = await openTelegram({
    before(server) {
      server.meet('getMyCommands', reset, late)
      server.meet('setMyCommands', flood(5), late, late)
    },
  })
  for (let call = 0; call < 5; call++) await scene.server.next('setMyCommands')
  expect(scene.pauses).toContain(5000)
  expect(scene.events().filter(event => event === 'menu.failed')).toHaveLength(1)
})

test('a menu that is refused is told and stops nothing', async () => {
  await using scene = await openTelegram({
    before: server => server.meet('setMyCommands', refuse(400, 'Bad Request: BOT_COMMAND_INVALID')),
  })
  expect(await scene.seen('menu.refused')).toMatchObject({ code: '400', level: 'error' })
  scene.server.push(messageUpdate('/threats'))
  await scene.server.shown('700').next()
})

test('the start logs the links of the bot, and the settings that it lacks', async () => {
  await using scene = await openTelegram()
  expect(await scene.seen('telegram.started')).toMatchObject({
    bot: '@sitrep_test_bot',
    link: 'https://t.me/sitrep_test_bot',
    invite: 'https://t.me/sitrep_test_bot?startgroup=true',
  })
  await using other = await openTelegram({
    before: server =>
      server.meet('getMe', response => {
        const me = { id: 1, is_bot: true, username: 'x_bot', can_join_groups: false }
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ ok: true, result: me }))
      }),
  })
  expect(await other.seen('telegram.missing')).toMatchObject({
    missing: ['inline mode (BotFather: /setinline)', 'joining groups (BotFather: /setjoingroups)'],
  })
})

test('neither the token nor what people write is in the log, whatever fails', async () => {
  const secret = 'Kossovo-is-what-I-typed'
  await using scene = await openTelegram({ timeoutMs: 50 })
  const faults = [...passing.map(([, fault]) => fault), refuse(400, `Bad Request: ${secret}`)]
  for (const [index, fault] of faults.entries()) {
    const from = { id: 800 + index, is_bot: false, first_name: 'Ada' }
    const chat = { id: from.id, type: 'private', first_name: 'Ada' }
    scene.server.meet('sendMessage', fault, fault, fault)
    scene.server.push(messageUpdate(`/search ${secret}`, { from, chat }))
    scene.server.push(messageUpdate('/next', { from, chat }))
    const shown = scene.server.shown(String(from.id))
    while (!(await shown.next()).text.includes('Next exercise'));
  }
  await scene.platform.stop()
  expect(scene.written()).toMatch('reply.failed')
  expect(scene.written()).not.toMatch(TOKEN)
  expect(scene.written()).not.toMatch(TOKEN.split(':')[1] ?? '')
  expect(scene.written()).not.toMatch(/Kossovo/)
  expect(scene.written()).not.toMatch(/Ada/)
})
