import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { DAY, MINUTE, openScene, skewContract, TIMEOUT_MS } from './clock-skew-contract.ts'
import { saying } from './delivery/scene.ts'
import { discordPerson } from './platforms/discord/person.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from './platforms/discord/server.ts'
import { fill, query } from './store/raw.ts'
import { openTestStore } from './store/stores.ts'

skewContract([
  ['400 days ahead of', 400 * DAY],
  ['3 hours behind', -180 * MINUTE],
])

test(
  'a clock that is off by two minutes is told, and does not make the bot unready',
  async () => {
    const { setClock, serve, ask, next } = await openScene()
    setClock(2 * MINUTE)
    const bot = serve()
    await bot.seen('clock.off')
    expect(await bot.readyz()).toMatchObject({
      ready: true,
      parts: { clock: { status: 'off', ready: true } },
    })
    ask('/about')
    expect(await next()).toMatch(/What we don’t know/)
  },
  TIMEOUT_MS,
)

test(
  'a clock that is set ahead while the bot runs and back again is told twice, and costs no answer',
  async () => {
    const { setClock, serve, ask, next } = await openScene()
    const bot = serve()
    await bot.seen('started')
    expect(await bot.readyz()).toMatchObject({ parts: { clock: { status: 'right', ready: true } } })
    setClock(60 * MINUTE)
    // At once, before any answer could show the difference.
    ask('/about')
    expect(await next()).toMatch(/What we don’t know/)
    await bot.seen('clock.off')
    setClock(0)
    ask('/about')
    expect(await next()).toMatch(/What we don’t know/)
    await bot.seen('clock.right')
    expect(await bot.readyz()).toMatchObject({ ready: true, parts: { clock: { status: 'right' } } })
  },
  TIMEOUT_MS,
)

test(
  'the clock is 15 minutes ahead of Discord’s: an interaction is answered, and the log reports the clock',
  async () => {
    const discord = await openDiscordServer()
    onTestFinished(() => discord.close())
    const { setClock, serve } = await openScene({
      ...{ TELEGRAM_TOKEN: '', TELEGRAM_API_URL: '' },
      ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url },
    })
    setClock(15 * MINUTE)
    const bot = serve()
    const ada = discordPerson(discord)
    await ada.type('/about')
    expect((await ada.read())[0]).toContain('What we don’t know')
    const { msg } = await bot.seen('clock.off')
    expect(msg).toContain('15 minutes ahead of Discord’s')
    expect(await bot.readyz()).toMatchObject({ parts: { clock: { status: 'off', reason: msg } } })
  },
  TIMEOUT_MS,
)

/** A broadcast that was finished an hour ago, and a draft of that time. */
async function keepRecords(url: string): Promise<void> {
  const { store } = await openTestStore({ url })
  await fill(url, 'telegram', 1)
  const { id } = await store.broadcasts.create({
    ...{ key: 'old', kind: 'announcement', message: saying() },
    audience: { topic: 'announcements', platforms: ['telegram'] },
  })
  await store.announcements.draft({
    ...{ key: 'draft', act: 'send', by: 'telegram:42', text: { ...saying(), lost: [] } },
    ...{ place: { platform: 'telegram', address: '42', kind: 'private' } },
    options: { topic: 'announcements' },
  })
  const anHourAgo = Date.now() - 60 * MINUTE
  await query(
    url,
    `update broadcasts set finished_at = ${anHourAgo}, enqueued = 1 where id = ${id} returning id`,
  )
  await query(
    url,
    `insert into slots (key, at, outcome) values ('then', ${anHourAgo}, 'posted') returning key`,
  )
}

async function kept(url: string): Promise<number> {
  const tables = ['broadcasts', 'announcements', 'slots']
  const counts = tables.map(table => `(select count(*) from ${table})`).join(' + ')
  const [row] = (await query(url, `select ${counts} as kept`)) as { kept: unknown }[]
  return Number(row?.kept)
}

test(
  'nothing is erased while the clock is 400 days ahead',
  async () => {
    const { url, setClock, serve } = await openScene()
    await keepRecords(url)
    setClock(400 * DAY)
    const bot = serve()
    await Promise.race([bot.seen('clock.off'), gone(url)])
    expect(await kept(url)).toBe(3)
    // The conductor looks each second.
    const until = performance.now() + 3000
    while (performance.now() < until) await pause(100)
    expect(await kept(url)).toBe(3)
  },
  TIMEOUT_MS,
)

test(
  'old rows are erased once Telegram has confirmed the clock',
  async () => {
    const { url, serve } = await openScene()
    await keepRecords(url)
    const old = Date.now() - 400 * DAY
    await query(url, `update broadcasts set finished_at = ${old} returning id`)
    serve()
    await gone(url)
  },
  TIMEOUT_MS,
)

async function gone(url: string): Promise<void> {
  while ((await kept(url)) === 3) await pause(50)
}
