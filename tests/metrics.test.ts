import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { type BotProcess, startBot } from './bot-process.ts'
import { announcement } from './delivery/scene.ts'
import { calendar, vevent } from './feeds/calendars.ts'
import {
  answerWith,
  TOKEN as DISCORD_TOKEN,
  openDiscordServer,
} from './platforms/discord/server.ts'
import { messageUpdate } from './platforms/telegram/person.ts'
import { openTelegramServer, refuse } from './platforms/telegram/server.ts'
import { metricsIn, readScrape, type Sample } from './scrape.ts'
import { fill } from './store/raw.ts'
import { DIALECTS, newDatabase, openTestStore, temporaryFolder } from './store/stores.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const PERSON = { id: 42, is_bot: false, first_name: 'Ada' }
const NAME = 'Camp by the river'

/** A bot on a Telegram and a Discord of this machine, with one calendar and a subscriber on Discord. */
async function open(dialect: (typeof DIALECTS)[number]) {
  const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
  onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
  const url = await newDatabase(dialect)
  await fill(url, 'discord', 1)
  const feed = join(temporaryFolder(), 'own.ics')
  writeFileSync(feed, calendar(vevent('camp', `SUMMARY:${NAME}`)))
  const both = { DISCORD_TOKEN, DISCORD_API_URL: discord.url }
  const backups: Record<string, string> =
    dialect === 'sqlite' ? { BACKUP_DIR: join(temporaryFolder(), 'backups') } : {}
  const more = { CALENDAR_FEEDS: feed, UNLIMITED: '1', ...both, ...backups }
  const bot = startBot('bot', telegram, url, 5000, more)
  const shown = telegram.shown('42')
  const { store } = await openTestStore({ url })
  return {
    ...{ telegram, discord, bot, store, shown },
    async ask(line: string): Promise<void> {
      telegram.push(messageUpdate(line, { from: PERSON, chat: { id: 42, type: 'private' } }))
      await shown.next()
    },
  }
}

async function scrape(bot: BotProcess): Promise<{ text: string; samples: Sample[] }> {
  const { address } = await bot.seen('started')
  const answer = await fetch(`${address}/metrics`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; ?version=0\.0\.4/)
  const text = await answer.text()
  return { text, samples: readScrape(text) }
}

/** The values of a metric by its labels: the platform comes first. */
async function valuesOf(bot: BotProcess, name: string): Promise<Record<string, number>> {
  const { samples } = await scrape(bot)
  const own = samples.filter(each => each.name === `sitrep_${name}`)
  return Object.fromEntries(
    own.map(({ labels, value }) => {
      const { platform, ...others } = labels
      return [[platform ?? [], ...Object.values(others)].flat().join(' '), value]
    }),
  )
}

/** The expressions of the dashboard and of the alert rules. */
function expressions(): string[] {
  const dashboard: { panels: { targets: { expr: string }[] }[] } = JSON.parse(
    read('deploy/grafana.json'),
  )
  const alerts: { groups: { rules: { expr: string }[] }[] } = parse(read('deploy/alerts.yaml'))
  const shown = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  const ruled = alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))
  // Grafana replaces its variables before it asks Prometheus.
  return [...shown, ...ruled].map(each => each.replaceAll('$__rate_interval', '5m'))
}

describe.for(DIALECTS)('metrics of a bot on %s', dialect => {
  test('a scrape has what happened since the first one, the state now, and no names or texts', async () => {
    const { telegram, discord, bot, store, ask, shown } = await open(dialect)
    await bot.seen('discord.started')
    await expect
      .poll(() => valuesOf(bot, 'feed_age_seconds'), { timeout: 10_000 })
      .toHaveProperty('1')
    expect(await valuesOf(bot, 'feed_failures')).toEqual({ 1: 0 })
    const outcomes = ['sent', 'failed', 'gone', 'skipped', 'uncertain']
    const none = ['telegram', 'discord'].flatMap(each => outcomes.map(of => [`${each} ${of}`, 0]))
    expect(await valuesOf(bot, 'deliveries_total')).toEqual(Object.fromEntries(none))
    await ask('/threats')
    await ask('/subscribe')
    // Requests within 100 ms share one reading.
    await expect
      .poll(() => valuesOf(bot, 'answer_duration_seconds_count'))
      .toEqual({ telegram: 2, discord: 0 })
    telegram.meet('sendMessage', refuse(429, 'Too Many Requests', { retry_after: 1 }))
    const headers = { 'retry-after': '0.3', 'x-ratelimit-scope': 'shared' }
    discord.meet(/^POST \/channels/, answerWith(429, '{"retry_after":0.3}', headers))
    await store.broadcasts.create(announcement())
    await shown.next()
    await expect
      .poll(() => valuesOf(bot, 'deliveries_total'), { timeout: 10_000 })
      .toMatchObject({ 'telegram sent': 1, 'telegram failed': 0, 'discord sent': 1 })
    expect(await valuesOf(bot, 'rate_limited_total')).toEqual({ telegram: 1, discord: 1 })
    expect(await valuesOf(bot, 'ready')).toEqual({ '': 1 })
    expect(await valuesOf(bot, 'lease_held')).toEqual({ '': 1 })
    expect(await valuesOf(bot, 'content_stale')).toEqual({ '': 0 })
    expect(await valuesOf(bot, 'platform_state')).toMatchObject({
      'telegram running': 1,
      'telegram trouble': 0,
      'discord running': 1,
      'discord standby': 0,
    })
    expect(await valuesOf(bot, 'component_ready')).toMatchObject({
      content: 1,
      store: 1,
      discord: 1,
    })
    expect(await valuesOf(bot, 'outbox_rows')).toMatchObject({
      'telegram due': 0,
      'telegram later': 0,
      'discord paused': 0,
    })
    // The shipped briefing is from 2023.
    expect((await valuesOf(bot, 'content_age_seconds'))['']).toBeGreaterThan(3 * 365 * 86_400)
    expect((await valuesOf(bot, 'feed_age_seconds'))['1']).toBeLessThan(120)
    // PostgreSQL has none, and so no age.
    const age = await valuesOf(bot, 'backup_age_seconds')
    expect(age).toEqual(dialect === 'sqlite' ? { '': expect.any(Number) } : {})
    const { text, samples } = await scrape(bot)
    expect(text).not.toMatch(new RegExp([PERSON.first_name, NAME, 'threats'].join('|')))
    const labels = samples.flatMap(({ name, labels }) => {
      return name.startsWith('sitrep_') ? Object.values(labels) : []
    })
    expect(labels).not.toContain(`${PERSON.id}`)
    expect(new Set(labels).size).toBeLessThan(40)
  })
})

test('the dashboard, the alert rules and the manual name metrics that exist, and the manual names all', async () => {
  const { bot, ask } = await open('sqlite')
  await expect
    .poll(() => valuesOf(bot, 'feed_age_seconds'), { timeout: 10_000 })
    .toHaveProperty('1')
  await ask('/threats')
  const { samples } = await scrape(bot)
  const names = new Set(samples.map(({ name }) => name))
  const asked = expressions().flatMap(metricsIn)
  expect(asked.length).toBeGreaterThan(25)
  expect(asked.filter(name => !names.has(name))).toEqual([])
  const own = [...names]
    .filter(name => name.startsWith('sitrep_'))
    .map(name => name.replace(/_(bucket|sum|count)$/, ''))
  const documented = read('docs/operating.md').match(/(?<=`)sitrep_\w+/g)
  expect(new Set(documented)).toEqual(new Set(own))
})

test('a line that Prometheus would refuse, and an expression with a fault, are found', () => {
  for (const line of [
    'a 1',
    '# TYPE a gauge\na{b=c} 1',
    '# TYPE a gauge\na 1\na 1',
    '# TYPE a x\n',
  ]) {
    expect(() => readScrape(`${line}\n`), line).toThrow()
  }
  expect(() => metricsIn('sum(rate(a[5m])')).toThrow()
  expect(metricsIn('sum by (b) (rate(a{b="c"}[5m])) / on (b) d > 1')).toEqual(['a', 'd'])
})
