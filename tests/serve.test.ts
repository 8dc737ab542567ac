import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { systemClock } from '../src/clock.ts'
import { announcement } from './delivery/scene.ts'
import * as discordFaults from './platforms/discord/server.ts'
import { BOT, openDiscordServer, snowflake } from './platforms/discord/server.ts'
import { messageUpdate } from './platforms/telegram/person.ts'
import * as telegramFaults from './platforms/telegram/server.ts'
import { openTelegramServer } from './platforms/telegram/server.ts'
import { fill } from './store/raw.ts'
import { databaseFolder, openTestStore } from './store/stores.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const SECRETS = [telegramFaults.TOKEN, discordFaults.TOKEN]
const readable = (token: string) => token.split(/[:.]/).at(-1) ?? ''

/** Makes the process throw, or reject, when it is told so: nothing of ours does that by itself. */
const BOMB = `data:text/javascript,${encodeURIComponent(`
  const secret = process.env.TELEGRAM_TOKEN + ' ' + process.env.DISCORD_TOKEN
  process.on('SIGUSR2', () => { throw new TypeError('What Ada wrote, with ' + secret) })
  process.on('SIGQUIT', () => { Promise.reject(new Error('What Ada wrote, with ' + secret)) })
  if (process.env.BOMB === 'at start') {
    const { Server } = await import('node:net')
    Server.prototype.listen = () => { throw new TypeError('What Ada wrote, with ' + secret) }
  }
`)}`

/** The last line of a log, for each reason. */
const STOPPED = { event: 'stopped', msg: expect.stringMatching(/\.$/) }

const COMMAND = [process.execPath, '--import', BOMB, main]

/** The bot as a process of its own, before a Telegram and a Discord on this machine. */
async function serve(env: Record<string, string> = {}, command = COMMAND) {
  const [telegram, discord] = await Promise.all([openTelegramServer(), openDiscordServer()])
  const [file = '', ...args] = command
  const child: ChildProcess = spawn(file, args, {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      DATABASE_URL: `file:${databaseFolder()}/sitrep.db`,
      TELEGRAM_TOKEN: telegramFaults.TOKEN,
      TELEGRAM_API_URL: telegram.url,
      DISCORD_TOKEN: discordFaults.TOKEN,
      DISCORD_API_URL: discord.url,
      ...env,
    },
  })
  let written = ''
  let look = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      written += chunk
      look.resolve()
      look = Promise.withResolvers()
    })
  }
  const exit = once(child, 'close').then(([code]) => code as number | null)

  async function seen(event: string): Promise<Record<string, unknown>> {
    for (;;) {
      const line = written.split('\n').find(each => each.includes(`"event":"${event}"`))
      if (line) return JSON.parse(line)
      await look.promise
    }
  }

  return {
    telegram,
    discord,
    child,
    exit,
    seen,
    written: () => written,
    last: () => JSON.parse(written.split('\n').findLast(line => line.startsWith('{')) ?? '{}'),
    async ready(): Promise<{ status: number; report: unknown }> {
      const { address } = await seen('started')
      const answer = await fetch(`${address}/readyz`)
      return { status: answer.status, report: await answer.json() }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
      await Promise.all([telegram.close(), discord.close()])
    },
  }
}

test('both platforms are served, and /readyz tells of each part', async () => {
  await using bot = await serve()
  bot.telegram.push(messageUpdate('/threats'))
  expect((await bot.telegram.shown('700').next()).text).toMatch(/^<b>Threats/)
  await bot.seen('discord.started')
  expect(await bot.ready()).toEqual({
    status: 200,
    report: {
      ready: true,
      parts: {
        content: { status: 'loaded', ready: true },
        store: { status: 'open', ready: true },
        lease: { status: 'held', ready: true },
        clock: { status: 'right', ready: true },
        telegram: { status: 'running', ready: true },
        discord: { status: 'running', ready: true },
      },
    },
  })
  expect(JSON.parse(bot.written().split('\n')[0] ?? '')).toMatchObject({
    ...{ event: 'starting', version: manifest.version, node: process.versions.node },
    ...{ edition: 'nato-western-balkans', asOf: '2023-09' },
  })
  const { address } = await bot.seen('started')
  expect(await (await fetch(`${address}/healthz`)).text()).toBe('ok\n')
  // The local chat has the powers of a moderator: with a token there is none.
  expect((await fetch(`${address}/`)).status).toBe(404)
  bot.child.kill('SIGTERM')
  expect(await bot.exit).toBe(0)
  // One line an event, each of it JSON.
  for (const line of bot.written().trim().split('\n')) {
    expect(JSON.parse(line)).toMatchObject({ event: expect.any(String), msg: expect.any(String) })
  }
})

test('a server whose events are on gets those of the content, beside the posts', async () => {
  const url = `file:${databaseFolder()}/sitrep.db`
  const { store } = await openTestStore({ url })
  const server = '300000000000000001'
  await store.scheduledEvents.turnOn({ platform: 'discord', server }, 'UTC')
  const floods = join(import.meta.dirname, '../examples/floods')
  await using bot = await serve({ DATABASE_URL: url, CONTENT_DIR: floods })
  const { description } = await bot.discord.guildEvents.made.next()
  expect(description).toMatch(/^.*\d{4}[\s\S]*\nSource: .*\n\/\w+ [a-z0-9-]+$/)
  bot.child.kill('SIGTERM')
  expect(await bot.exit).toBe(0)
})

test('a platform that fails for all subscribers makes the bot not ready, until it is well', async () => {
  const url = `file:${databaseFolder()}/sitrep.db`
  await using bot = await serve({ DATABASE_URL: url })
  await bot.seen('discord.started')
  await fill(url, 'telegram', 12)
  const { store } = await openTestStore({ url, clock: systemClock })
  let isDown = true
  bot.telegram.weather = ({ method }) =>
    method === 'sendMessage' && isDown
      ? { fault: telegramFaults.refuse(500, 'Internal Server Error') }
      : undefined
  await store.broadcasts.create(announcement())
  await bot.seen('delivery.trouble')
  expect(await bot.ready()).toMatchObject({
    status: 503,
    report: {
      ready: false,
      parts: {
        telegram: { status: 'running', ready: true },
        'delivery.telegram': {
          ...{ status: 'trouble', ready: false },
          reason: expect.stringMatching(/^\d+ posts in a row failed \(500\)\. Next try at /),
        },
      },
    },
  })
  isDown = false
  await bot.seen('delivery.restored')
  expect((await bot.ready()).status).toBe(200)
  // One refusal of the token stops nothing.
  bot.telegram.meet('getUpdates', telegramFaults.refuse(401, 'Unauthorized'))
  bot.telegram.push(messageUpdate('/threats'))
  await bot.seen('platform.trouble')
  expect(await bot.ready()).toMatchObject({ status: 503 })
  await bot.seen('platform.recovered')
  expect((await bot.ready()).status).toBe(200)
}, 60_000)

test('a webhook is served beside the health, and its updates are answered', async () => {
  await using bot = await serve({ TELEGRAM_WEBHOOK_URL: 'https://bot.example.org/hooks/t' })
  const { body } = await bot.telegram.next('setWebhook')
  const { address } = await bot.seen('started')
  const post = (secret: string) =>
    fetch(`${address}/hooks/t`, {
      method: 'POST',
      headers: { 'x-telegram-bot-api-secret-token': secret },
      body: JSON.stringify({ update_id: 7, ...messageUpdate('/threats') }),
    })
  expect((await post('guessed')).status).toBe(401)
  expect((await post(body.secret_token)).status).toBe(200)
  expect((await bot.telegram.shown('700').next()).text).toMatch(/^<b>Threats/)
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  expect(bot.telegram.calls.map(({ method }) => method)).not.toContain('getUpdates')
})

test('a platform that is refused says what to do, and the other one goes on', async () => {
  await using bot = await serve({ DISCORD_TOKEN: 'a.b.c' })
  const { msg, platform, level } = await bot.seen('platform.stopped')
  expect({ platform, level }).toEqual({ platform: 'discord', level: 'error' })
  expect(msg).toMatch(/^Discord rejected the token\. Reset it in the Developer Portal/)
  bot.telegram.push(messageUpdate('/threats'))
  await bot.telegram.shown('700').next()
  expect(await bot.ready()).toMatchObject({
    status: 503,
    report: { parts: { discord: { status: 'stopped', reason: msg }, telegram: { ready: true } } },
  })
})

test('a process without any platform left ends with exit code 69', async () => {
  await using bot = await serve({ DISCORD_TOKEN: 'a.b.c', TELEGRAM_TOKEN: '1:x' })
  expect(await bot.exit).toBe(69)
  expect(bot.written()).toMatch('Telegram rejected the token. Get it from @BotFather')
  expect(bot.written()).toMatch('Discord rejected the token. Reset it')
  expect(bot.last()).toMatchObject({ ...STOPPED, level: 'fatal', reason: 'error', exitCode: 69 })
})

/** An answer is under way until the returned function lets Telegram refuse it. */
async function holdAnswer({ telegram, seen }: Awaited<ReturnType<typeof serve>>) {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  telegram.meet('sendMessage', async (response, call) => {
    await free
    telegramFaults.refuse(500, 'Internal Server Error')(response, call)
  })
  telegram.push(messageUpdate('/threats'))
  await telegram.next('sendMessage')
  await seen('discord.started')
  return go
}

test('at a signal, answers under way are sent; at the second signal, the process ends at once', async () => {
  await using bot = await serve()
  const go = await holdAnswer(bot)
  bot.child.kill('SIGTERM')
  go()
  await bot.telegram.shown('700').next()
  expect(await bot.exit).toBe(0)
  expect(bot.last()).toMatchObject({ ...STOPPED, level: 'info', reason: 'SIGTERM', exitCode: 0 })

  await using other = await serve()
  other.telegram.meet('sendMessage', telegramFaults.hang)
  other.telegram.push(messageUpdate('/threats'))
  await other.telegram.next('sendMessage')
  await other.seen('discord.started')
  const before = performance.now()
  other.child.kill('SIGINT')
  await other.seen('stopping')
  other.child.kill('SIGTERM')
  expect(await other.exit).toBe(143)
  expect(other.last()).toMatchObject({
    ...STOPPED,
    level: 'warn',
    reason: 'SIGTERM',
    exitCode: 143,
  })
  // Without the second signal, the process would have ten seconds to end in order.
  expect(performance.now() - before).toBeLessThan(8000)
})

test('a terminal that is closed sends SIGHUP more than once: what is under way is sent, exit code 0', async () => {
  await using bot = await serve()
  const go = await holdAnswer(bot)
  bot.child.kill('SIGHUP')
  expect(await bot.seen('stopping')).toMatchObject({ signal: 'SIGHUP' })
  bot.child.kill('SIGHUP')
  go()
  await bot.telegram.shown('700').next()
  expect(await bot.exit).toBe(0)
})

test('SIGTERM after SIGHUP ends the bot at once', async () => {
  await using bot = await serve()
  bot.telegram.meet('sendMessage', telegramFaults.hang)
  bot.telegram.push(messageUpdate('/threats'))
  await bot.telegram.next('sendMessage')
  bot.child.kill('SIGHUP')
  await bot.seen('stopping')
  bot.child.kill('SIGTERM')
  expect(await bot.exit).toBe(143)
})

test('npm, which keeps a signal for its shell, takes the bot with it', async () => {
  // Starts the bot as npm does. The second command keeps the shell from becoming the bot itself.
  const shell = ['sh', '-c', `"${process.execPath}" "${main}"; true`]
  await using bot = await serve({ npm_lifecycle_event: 'start' }, shell)
  await bot.seen('discord.started')
  bot.child.kill('SIGTERM')
  await bot.seen('stopping')
  // Its output ends with the bot, not with the shell.
  await bot.exit
})

test('the reader of the log has gone: the bot ends in order, with the exit code of a failure', async () => {
  await using bot = await serve()
  await bot.seen('discord.started')
  bot.child.stdout?.destroy()
  bot.telegram.meet('sendMessage', telegramFaults.refuse(403, 'Forbidden: bot was blocked'))
  bot.telegram.push(messageUpdate('/threats'))
  expect(await bot.exit).toBe(74)
  expect(bot.written()).toMatch(/The output failed \(EPIPE\)\./)
  const last = bot.telegram.calls.filter(({ method }) => method === 'getUpdates').at(-1)
  expect(last?.body).toMatchObject({ timeout: 0, limit: 1 })
})

test('a second bot with the same port calls no platform', async () => {
  await using bot = await serve()
  const { address } = await bot.seen('started')
  await using second = await serve({ PORT: new URL(String(address)).port })
  expect(await second.exit).toBe(69)
  expect(second.last()).toMatchObject({ ...STOPPED, level: 'fatal', exitCode: 69 })
  expect(second.written()).toMatch(/^Port \d+ is already in use/m)
  expect(second.telegram.calls).toEqual([])
})

test('a database that cannot be used stops the start with advice, and without a call to a platform', async () => {
  for (const [DATABASE_URL, code, said] of [
    ['mysql://x:hunter2@h/x', 78, /^DATABASE_URL: must be file:PATH, .* or a postgres:/m],
    [
      'postgres://x:hunter2@127.0.0.1:1/x',
      74,
      /^Can’t reach PostgreSQL\. Check that it’s running/m,
    ],
    [`file:${main}`, 74, /^The file .* is damaged or not a database\. Restore a backup/m],
  ] as const) {
    await using bot = await serve({ DATABASE_URL, LOG_LEVEL: 'trace' })
    expect(await bot.exit).toBe(code)
    expect(bot.written()).toMatch(said)
    if (code === 74) expect(bot.last()).toMatchObject({ ...STOPPED, reason: 'error', exitCode: 74 })
    expect(bot.written()).not.toMatch(/hunter2/)
    expect(bot.telegram.calls).toEqual([])
  }
})

test('an unexpected error at the start ends the process with exit code 70', async () => {
  await using bot = await serve({ BOMB: 'at start' })
  expect(await bot.exit).toBe(70)
  expect(await bot.seen('process.failed')).toMatchObject({
    level: 'fatal',
    err: { type: 'TypeError' },
  })
  expect(bot.last()).toMatchObject({ ...STOPPED, level: 'fatal', reason: 'error', exitCode: 70 })
  expect(bot.written()).not.toMatch(/What Ada wrote/)
})

for (const signal of ['SIGUSR2', 'SIGQUIT'] as const) {
  test(`an unexpected error ends the process in order (${signal})`, async () => {
    await using bot = await serve({ LOG_LEVEL: 'trace' })
    await bot.seen('discord.started')
    bot.child.kill(signal)
    expect(await bot.exit).toBe(70)
    const failed = await bot.seen('process.failed')
    expect(failed).toMatchObject({ level: 'fatal', err: { type: expect.stringMatching(/Error$/) } })
    expect(bot.written()).not.toMatch(/What Ada wrote/)
    for (const secret of SECRETS) expect(bot.written()).not.toMatch(readable(secret))
  })
}

test('no token, name or text is in anything written, whatever fails, at the most talkative level', async () => {
  await using bot = await serve({ LOG_LEVEL: 'trace' })
  const { refuse, answerWith, reset } = telegramFaults
  const page = answerWith(502, '<html>Bad Gateway</html>')
  const odd = answerWith(403, '<html>Blocked</html>')
  const text = '/search Kossovo-as-typed'
  const met = [refuse(500, 'x'), page, odd, reset, refuse(400, 'Bad Request: Kossovo-as-typed')]
  for (const [index, fault] of met.entries()) {
    const from = { id: 900 + index, is_bot: false, first_name: 'Adalovelace' }
    const chat = { id: from.id, type: 'private', first_name: 'Adalovelace' }
    bot.telegram.meet('sendMessage', fault, fault, fault)
    bot.telegram.meet('getUpdates', fault)
    bot.telegram.push(messageUpdate(text, { from, chat }))
    bot.telegram.push(messageUpdate('/next', { from, chat }))
    const shown = bot.telegram.shown(String(from.id))
    while (!(await shown.next()).text.includes('Next exercise'));
  }
  await bot.seen('discord.started')
  const failing = [
    discordFaults.refuse(401, 0),
    discordFaults.refuse(403, 50001),
    discordFaults.refuse(500, 0),
    discordFaults.reset,
    discordFaults.answerWith(429, '<html>', { 'retry-after': '0' }),
  ]
  for (const [index, fault] of failing.entries()) {
    const message = (content: string) => ({
      ...{ id: snowflake(), channel_id: `7${index}`, type: 0, content, mentions: [{ id: BOT }] },
      author: { id: snowflake(), username: 'Adalovelace' },
    })
    bot.discord.meet(/^POST \/channels/, fault)
    await bot.discord.dispatch('MESSAGE_CREATE', message('Kossovo-as-typed'))
    await bot.discord.dispatch('MESSAGE_CREATE', message('/next'))
    const shown = bot.discord.shown(`7${index}`)
    while (!JSON.stringify((await shown.next()).body).includes('Next exercise'));
  }
  bot.discord.gateway.drop(4004)
  bot.telegram.meet('getUpdates', refuse(401, 'Unauthorized'))
  bot.telegram.push(messageUpdate('/about'))
  for (const doubt of [/Retrying for two minutes/, /Checking it for two minutes/]) {
    await expect.poll(bot.written, { timeout: 15_000 }).toMatch(doubt)
  }
  bot.child.kill('SIGTERM')
  expect(await bot.exit).toBe(0)
  const written = bot.written()
  expect(written).toMatch('reply.failed')
  for (const secret of SECRETS) expect(written).not.toMatch(readable(secret))
  expect(written).not.toMatch(/Kossovo|Adalovelace/)
}, 60_000)
