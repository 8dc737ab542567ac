import { toString as textOf } from 'mdast-util-to-string'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import type { CommandStore } from '../../src/commands/command.ts'
import { TABLE_STYLES } from '../../src/message.ts'
import type { ChatRef } from '../../src/platform.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegramTexts } from '../../src/render/telegram.ts'
import { texts } from '../../src/texts.ts'
import { expectDiscordTakes } from '../discord-markdown.ts'
import { openKeepingBot } from '../keeping.ts'
import { askBot, type Facts } from '../request.ts'
import { answerTo, registry, shipped } from '../shipped.ts'
import { DIALECTS, openTestStore, WISH } from '../store/stores.ts'
import { findAccidents, parseTelegramHtml } from '../telegram-html.ts'

const place: ChatRef = { platform: 'telegram', address: '42', kind: 'private' }

async function open(more: Facts = {}, dialect: (typeof DIALECTS)[number] = 'sqlite') {
  const keeping = await openKeepingBot(dialect)
  const reply = async (line: string, other: Facts = {}): Promise<Reply> => {
    const given = await askBot(keeping.bot, line, { place, ...more, ...other })
    if (!given) throw new Error(`There is no answer to ${line}.`)
    // Both platforms accept every answer.
    for (const { text } of renderTelegramTexts(given.message)) {
      const parsed = parseTelegramHtml(text)
      const isCommand = (name: string) => keeping.bot.parse(`/${name}`).isKnown
      expect(findAccidents(parsed.text, parsed.entities, isCommand)).toEqual([])
    }
    for (const body of renderDiscord(given.message)) expectDiscordTakes(body)
    return given
  }
  const ask = async (line: string, other?: Facts) => textOf((await reply(line, other)).message.body)
  const wish = () => keeping.wish(place.platform, place.address)
  return { ...keeping, reply, ask, wish }
}

const buttons = ({ message }: Reply) =>
  (message.actions ?? []).map(action => ('command' in action ? action.command : action.url))
const labels = ({ message }: Reply) => (message.actions ?? []).map(({ label }) => label)

describe.for(DIALECTS)('a chat kept in %s', dialect => {
  test('subscribes with what most want, and learns whose clock counts and what comes next', async () => {
    const { ask, wish } = await open({}, dialect)
    const said = await ask('/subscribe')
    expect(said).toMatch(
      /^✅ Subscribed\. I’ll send a digest, reminders, updates and announcements/,
    )
    expect(said).toMatch('Next digest: Mon 30 Nov, 09:00. Your time: 12:00 (Europe/Sarajevo).')
    expect(await wish()).toEqual({
      ...WISH,
      topics: ['announcements', 'digest', 'events'],
      nextDigestAt: Temporal.Instant.from('2026-11-30T08:00:00Z'),
    })
  })

  test('pauses for a time or until it resumes, and a pause ends by itself', async () => {
    const { ask, wish, pass } = await open({}, dialect)
    expect(await ask('/pause 1d')).toMatch(/^This chat isn’t subscribed\./)
    await ask('/subscribe')
    expect(await ask('/pause 1d')).toMatch(
      'Paused until Tue 24 Nov, 12:00. Next digest: Mon 30 Nov, 09:00.',
    )
    expect(await wish()).toMatchObject({
      state: 'paused',
      nextDigestAt: Temporal.Instant.from('2026-11-30T08:00:00Z'),
    })
    // A pause over the digest leaves it out.
    await ask('/pause 2w')
    expect((await wish())?.nextDigestAt?.toString()).toBe('2026-12-14T08:00:00Z')
    pass({ hours: 15 * 24 })
    expect(await ask('/settings')).toMatch(/^Settings.*Subscribed/s)
    expect(await ask('/resume')).toMatch(/^Posts aren’t paused\./)
    expect(await ask('/subscribe')).toMatch(
      /^This chat is already subscribed\. \/stop unsubscribes it\./,
    )
    expect(await ask('/pause')).toMatch('Paused until you resume.')
    expect(await wish()).not.toHaveProperty('nextDigestAt')
    expect(await ask('/resume')).toMatch(/^Resumed\..*Next digest: Mon 14 Dec, 09:00/s)
    for (const wrong of ['soon', '0d', '5m', '-1d', '9999w']) {
      expect(await ask(`/pause ${wrong}`)).toMatch(/^I don’t understand/)
    }
    expect((await wish())?.state).toBe('active')
  })

  test('stops at any time, and comes back as it was', async () => {
    const { ask, wish } = await open({}, dialect)
    await ask('/subscribe')
    await ask('/settings hour 18')
    expect(await ask('/stop')).toBe(
      'Unsubscribed. I’ll stop posting here. I keep your settings in case you /subscribe again.',
    )
    expect(await wish()).toMatchObject({ state: 'stopped', hour: 18 })
    expect(await wish()).not.toHaveProperty('nextDigestAt')
    expect(await ask('/stop')).toMatch(/^This chat isn’t subscribed\./)
    expect(await ask('/subscribe')).toMatch(/Next digest: Mon 23 Nov, 18:00/)
    expect(await ask('/unsubscribe')).toMatch(/^Unsubscribed/)
  })

  test('shows everything that is kept, and forgets it when it is sure', async () => {
    const { ask, reply, wish, store } = await open({ user: 'telegram:42' }, dialect)
    expect(await ask('/export')).toBe('I store nothing about this chat.')
    expect(await ask('/forget')).toBe('I store nothing about this chat.')
    await ask('/settings zone Europe/Belgrade')
    const exported = await reply('/export')
    expect(exported.message.file).toMatchObject({
      name: 'sitrep-export.json',
      type: 'application/json',
    })
    expect(JSON.parse(exported.message.file?.text ?? '')).toMatchObject({
      chat: { address: '42', zone: 'Europe/Belgrade', state: 'stopped' },
      topics: ['announcements', 'digest', 'events'],
    })
    const sure = await reply('/forget')
    expect(buttons(sure)).toEqual(['/forget everything', '/settings'])
    expect(await wish()).toBeDefined()
    expect(await ask('/forget everything')).toMatch(/^Deleted\./)
    expect(await wish()).toBeUndefined()
    expect(await store.chats.export(place)).toBeUndefined()
  })
})

test('every setting is reached by buttons, each of which fits and leads on', async () => {
  const id = '-1001234567890123'
  const reach = async () =>
    ({ platform: 'telegram', address: id, kind: 'channel', title: '@desk' }) as const
  const { reply } = await open({ reach })
  for (const [start, most] of [
    ['/settings', 100],
    ['/settings @desk_news', 100],
  ] as const) {
    const seen = new Set<string>()
    const queue: string[] = [start]
    for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
      const given = await reply(line)
      expect(given.understood, line).toBe(true)
      for (const command of buttons(given)) {
        expect(Buffer.byteLength(command), command).toBeLessThanOrEqual(64)
        if (seen.has(command)) continue
        seen.add(command)
        // Each toggles as the others are: once each is enough.
        if (seen.size < most) queue.push(command)
      }
      if (line.startsWith('/settings'))
        expect(textOf(given.message.body)).toMatch(/Your time: |mean|^Settings for .*Unsubscribed/)
    }
    const all = [...seen].join('\n')
    for (const page of ['what', 'schedule', 'hour', 'sound', 'zone', 'quiet', 'tables']) {
      expect(all).toMatch(new RegExp(`^/settings .*${page}$`, 'm'))
    }
  }
})

test('chosen options are marked, and a button pressed twice acts once', async () => {
  const { reply, ask, wish } = await open()
  await ask('/subscribe')
  expect(labels(await reply('/settings topics')).slice(0, 3)).toEqual([
    '✓ Digest',
    '✓ Exercises',
    '✓ Announcements',
  ])
  for (let time = 0; time < 2; time++) {
    const given = await reply('/settings -digest')
    expect(labels(given)[0]).toBe('Digest')
    expect(buttons(given)[0]).toBe('/settings +digest')
    expect(await wish()).not.toHaveProperty('nextDigestAt')
  }
  await ask('/settings +threats')
  expect((await wish())?.topics).toEqual(['announcements', 'events', 'section:threats'])
  expect(await ask('/settings')).toMatch('Section updates: Threats and challenges')
  expect(shipped.sections.length).toBe(labels(await reply('/settings sections')).length - 4)
  expect(labels(await reply('/settings rhythm daily'))).toContain('✓ Daily')
  expect(labels(await reply('/settings rhythm friday'))).toContain('✓ Friday')
  expect(labels(await reply('/settings hour 18'))).toContain('✓ 18:00')
  expect(labels(await reply('/settings quiet 22-7'))).toContain('✓ 22:00–07:00')
  expect(await ask('/settings quiet 21:00 - 6')).toMatch('Quiet hours: 21:00–06:00')
  expect(labels(await reply('/settings tables cards'))).toContain('✓ Always cards')
  expect(await wish()).toMatchObject({
    cadence: 'weekly',
    weekday: 5,
    hour: 18,
    quiet: { from: 21, to: 6 },
    tableStyle: 'cards',
  })
  await ask('/settings quiet off')
  expect(await wish()).not.toHaveProperty('quiet')
})

test('a value that is not accepted is refused with an example, and changes nothing', async () => {
  const { ask, wish } = await open()
  await ask('/subscribe')
  const before = await wish()
  for (const [line, said] of [
    ['/settings hour 25', /full hour/],
    ['/settings hour teatime', /full hour/],
    ['/settings rhythm sometimes', /^Add instant, daily or a weekday/],
    ['/settings quiet 7', /two different hours/],
    ['/settings quiet 7-7', /two different hours/],
    ['/settings quiet 1-2-3', /two different hours/],
    ['/settings tables wide', /^Add grid, cards, image or dark image/],
    ['/settings +weather', /don’t know that name/],
    ['/settings +next', /don’t know that name/],
    ['/settings colour red', /don’t know that setting.*what, schedule, sound, zone/],
    ['/settings zone Xyzzy', /don’t know “Xyzzy”/],
    ['/settings zone London', /Which “London”/],
    ['/settings topics digest', /^Add \+ or - and a name/],
    ['/settings sound quietly', /^Add usual, silent or loud/],
    ['/settings zone GMT+2', /isn’t a place/],
    ['/settings zone EST', /isn’t a place/],
    ['/settings zone Etc/GMT+2', /isn’t a place/],
    ['/settings hour 9:30', /full hour/],
    ['/settings hour 13pm', /full hour/],
  ] as const) {
    expect(await ask(line), line).toMatch(said)
  }
  expect(await wish()).toEqual(before)
})

test('a city is looked for, and its zone taken where it is the only one, else by a button', async () => {
  const { reply, ask, wish } = await open()
  expect(await ask('/settings zone Prishtina')).toMatch('Europe/Belgrade ✓')
  expect((await wish())?.zone).toBe('Europe/Belgrade')
  const given = await reply('/settings zone london')
  expect(labels(given)[0]).toBe('London, United Kingdom')
  expect((await wish())?.zone).toBe('Europe/Belgrade')
  const chosen = await reply(buttons(given)[0] ?? '')
  expect(labels(chosen)).toContain('✓ Europe/London')
  // One that is not among those offered is offered from then on.
  expect(labels(await reply('/settings zone Asia/Kathmandu'))).toContain('✓ Asia/Kathmandu')
  expect(labels(await reply('/settings zone springfield'))).toEqual([
    'Springfield, Missouri, United States',
    'Springfield, Massachusetts, United States',
    'Springfield, Oregon, United States',
    'Springfield, Michigan, United States',
    'Back',
  ])
})

test('pages and values have the names that people give them', async () => {
  const { ask, wish } = await open()
  for (const [line, wanted] of [
    ['/settings friday', { cadence: 'weekly', weekday: 5 }],
    ['/settings daily', { cadence: 'daily' }],
    ['/settings rhythm weekly on tuesday', { cadence: 'weekly', weekday: 2 }],
    ['/settings digest instant', { cadence: 'instant' }],
    ['/settings hour 9am', { hour: 9 }],
    ['/settings hour 12am', { hour: 0 }],
    ['/settings hour 6 pm', { hour: 18 }],
    ['/settings quiet 10pm-7am', { quiet: { from: 22, to: 7 } }],
    ['/settings timezone Europe/Paris', { zone: 'Europe/Paris' }],
  ] as const) {
    await ask(line)
    expect(await wish(), line).toMatchObject(wanted)
  }
  await ask('/settings quiet none')
  expect(await wish()).not.toHaveProperty('quiet')
})

test('in plain words, only a command’s own word changes a setting', async () => {
  const { ask, wish } = await open()
  expect(await ask('subscribe')).toMatch(/^✅ Subscribed/)
  for (const line of [
    'please do not stop',
    'stop it',
    'forget everything',
    'do not pause',
    'mute the radio',
  ]) {
    await ask(line)
    expect(await wish(), line).toMatchObject({ state: 'active' })
  }
  expect(await ask('Stop')).toMatch(/^Unsubscribed/)
})

test('quiet hours are told with what comes as it happens', async () => {
  const { ask } = await open()
  await ask('/subscribe')
  await ask('/settings rhythm instant')
  expect(await ask('/settings quiet 22-7')).toMatch(
    'I post updates as they happen, except during quiet hours (22:00–07:00).',
  )
})

test('a user who may not manage the chat changes nothing, and sees no buttons that they may not press', async () => {
  let manager = true
  const group: ChatRef = { platform: 'telegram', address: '-1001', kind: 'group' }
  const { reply, wish, store } = await open({ place: group, mayManage: async () => manager })
  await reply('/subscribe')
  const before = (await store.chats.find(group))?.subscription
  manager = false
  for (const line of [
    ...['/subscribe', '/stop', '/unsubscribe', '/pause 1d', '/settings hour 8'],
    ...['/settings', '/settings hour', '/settings -digest', '/settings zone UTC', '/export'],
    ...['/forget', '/forget everything'],
  ]) {
    const given = await reply(line)
    expect(given, line).toMatchObject({ refused: true, understood: false })
    expect(textOf(given.message.body)).toMatch(/^Only admins of this chat/)
  }
  expect((await store.chats.find(group))?.subscription).toEqual(before)
  expect(await wish()).toBeUndefined()
})

test('a chat that the bot cannot post to is told why, and can be set up', async () => {
  const { ask, wish } = await open()
  expect(await ask('/subscribe', { barred: 'member' })).toMatch(/^You installed me for yourself/)
  expect(await ask('/subscribe', { barred: 'direct' })).toMatch(
    /^On Discord I can post only in channels/,
  )
  expect(await ask('/subscribe', { barred: 'rights' })).toMatch(/^I can’t post in this channel\./)
  expect(await wish()).toBeUndefined()
  await ask('/settings tables cards', { barred: 'direct' })
  expect(await wish()).toMatchObject({ state: 'stopped', tableStyle: 'cards' })
})

test('a chat is given the table style that it chose, from the answer to its choice on', async () => {
  const { reply } = await open()
  expect((await reply('/exercises')).tableStyle).toBeUndefined()
  for (const style of TABLE_STYLES.toReversed()) {
    const answer = await reply(`/settings tables ${style}`)
    const label = texts.settings.tables[style]
    expect(textOf(answer.message.body)).toMatch(`Table style: ${label} ✓This chat isn’t subscribed`)
    expect((answer.message.actions ?? []).map(each => each.label)).toContain(`✓ ${label}`)
    expect((await reply('/exercises')).tableStyle).toBe(style)
  }
})

test('without a store, every command that needs one says so', async () => {
  for (const line of [
    '/subscribe',
    '/stop',
    '/pause',
    '/resume',
    '/settings',
    '/export',
    '/forget',
  ]) {
    const { message } = await answerTo(line)
    expect(textOf(message.body), line).toMatch(/^I can’t save anything here\./)
  }
})

test('a store that fails is told, and what does not need it is answered all the same', async () => {
  const { ask, store, wish, url } = await open()
  await ask('/subscribe')
  const before = await wish()
  await store.close()
  expect(await ask('/stop')).toMatch(/^I can’t reach my database right now/)
  expect(await ask('/threats')).toMatch(/^Threats/)
  const { store: again } = await openTestStore({ url })
  expect((await again.chats.find(place))?.subscription).toEqual(before)
})

test('a store that does not answer does not hold back an answer from the briefing', async () => {
  const { bot, store } = await openKeepingBot()
  const slow: CommandStore = {
    ...store,
    chats: { ...store.chats, loadAnswerPrefs: () => new Promise(() => {}) },
  }
  const hanging = createBot({
    registry: () => registry,
    clock: systemClock,
    timeZone: 'UTC',
    store: slow,
  })
  const before = performance.now()
  expect((await askBot(hanging, '/threats', { place }))?.understood).toBe(true)
  expect(performance.now() - before).toBeLessThan(20_000)
  expect((await askBot(bot, '/threats', { place }))?.understood).toBe(true)
})

test('a wish of yesterday still counts, a question does not', async () => {
  const { ask, bot, clock, wish } = await open()
  await ask('/subscribe')
  const asked = clock.now().subtract({ hours: 24 })
  expect(await askBot(bot, '/threats', { place, asked })).toBeUndefined()
  await ask('/settings hour 8', { asked })
  await ask('/stop', { asked })
  expect(await wish()).toMatchObject({ state: 'stopped', hour: 8 })
})

test('a chat that stops without a subscription leaves no row', async () => {
  const { ask, wish } = await open()
  for (const line of ['/stop', '/unsubscribe', '/pause', '/pause 1d', '/resume', '/settings']) {
    await ask(line)
  }
  expect(await wish()).toBeUndefined()
})

test('a chat that counted as gone is there again once it is answered, unless nothing may be posted', async () => {
  const { ask, bot, wish } = await open()
  await ask('/subscribe')
  await bot.left(place, 'forbidden')
  expect(await wish()).toMatchObject({ gone: 'forbidden' })
  await ask('/settings hour 18', { barred: 'rights' })
  expect(await wish()).toMatchObject({ gone: 'forbidden', hour: 18 })
  // Its next digest is the next try.
  expect((await wish())?.nextDigestAt).toBeDefined()
  await ask('/threats')
  expect(await wish()).not.toHaveProperty('gone')
  expect((await wish())?.nextDigestAt).toBeDefined()
})

test('a group that is left for another id is planned anew there', async () => {
  const { ask, bot, store } = await open()
  await ask('/subscribe')
  // Telegram may tell first that the old one is gone.
  await bot.left(place, 'removed')
  await bot.moved('telegram', place.address, '-10042')
  const moved = await store.chats.find({ platform: 'telegram', address: '-10042' })
  expect(moved?.subscription).not.toHaveProperty('gone')
  expect(moved?.subscription.nextDigestAt?.toString()).toBe('2026-11-30T08:00:00Z')
})

test('a chat that is forgotten while it is left stays forgotten', async () => {
  const { ask, bot, store, wish } = await open()
  for (let time = 0; time < 10; time++) {
    await ask('/subscribe')
    await Promise.all([bot.left(place, 'blocked'), store.chats.forget(place, 'telegram:42')])
    expect(await wish()).toBeUndefined()
  }
})

test('the next post never lies in the past', async () => {
  const { ask, pass } = await open()
  await ask('/subscribe')
  pass({ hours: 24 * 10 })
  expect(await ask('/settings')).toMatch('Next digest: Mon 7 Dec, 09:00.')
})

test('a button that no longer tells where it belongs changes nothing', async () => {
  const { ask, wish } = await open()
  await ask('/subscribe')
  for (const line of ['/stop', '/settings -digest', '/forget everything']) {
    expect(await ask(line, { isMisplaced: true })).toMatch(/^That button has expired/)
  }
  expect(await wish()).toMatchObject({ state: 'active' })
})
