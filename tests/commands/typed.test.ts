import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { defaults } from '../../src/chats/subscription.ts'
import { factOf } from '../../src/commands/settings-facts.ts'
import { TABLE_STYLES } from '../../src/message.ts'
import type { ChatRef } from '../../src/platform.ts'
import { CADENCES, SOUNDS } from '../../src/store/chats/chat.ts'
import { openKeepingBot } from '../keeping.ts'
import { askBot } from '../request.ts'

const place: ChatRef = { platform: 'telegram', address: '42', kind: 'private' }

/** A chat that is subscribed, at noon on 23 November 2026. */
async function open() {
  const keeping = await openKeepingBot()
  const reply = async (line: string) => {
    const given = await askBot(keeping.bot, line, { place })
    return { ...given, text: given ? textOf(given.message.body) : '' }
  }
  const ask = async (line: string) => (await reply(line)).text
  const wish = () => keeping.wish(place.platform, place.address)
  await ask('/subscribe')
  return { ...keeping, reply, ask, wish }
}

test('no command in the words of a user is live in the answer that quotes them', async () => {
  const { reply } = await open()
  for (const line of [
    '/search zzqq /forget',
    '/settings zone /stop',
    '/tables /stop',
    '/pause /stop',
  ]) {
    const { text, message } = await reply(line)
    const [, quoted] = /“.*(\/\w+)”/.exec(text) ?? []
    expect(quoted, line).toMatch(/^\/(forget|stop)$/)
    expect(JSON.stringify(message?.body), line).not.toContain(
      `"type":"command","value":"${quoted}"`,
    )
  }
})

test('a pause is typed in words', async () => {
  const { ask, wish } = await open()
  for (const [line, until] of [
    ['/pause 1 week', 'Mon 30 Nov, 12:00'],
    ['/pause two days', 'Wed 25 Nov, 12:00'],
    ['/pause for a fortnight', 'Mon 7 Dec, 12:00'],
    ['/pause half an hour', 'Mon 23 Nov, 12:30'],
    ['/pause 1 month', 'Wed 23 Dec, 12:00'],
    ['/pause until 5 January', 'Tue 5 Jan 2027, 00:00'],
    ['/pause until Tue 5 Jan 2027, 00:00', 'Tue 5 Jan 2027, 00:00'],
    ['/pause until friday', 'Fri 27 Nov, 00:00'],
    ['/pause until tomorrow noon', 'Tue 24 Nov, 12:00'],
    ['/pause till 6 pm', 'Mon 23 Nov, 18:00'],
    ['/settings pause 3 days', 'Thu 26 Nov, 12:00'],
    ['pause 1 week', 'Mon 30 Nov, 12:00'],
    ['Snooze 12 hours', 'Tue 24 Nov, 00:00'],
  ] as const) {
    expect(await ask(line), line).toMatch(`Paused until ${until}.`)
    expect(await wish(), line).toMatchObject({ state: 'paused' })
    await ask('/resume')
  }
  expect(await ask('pause until I resume')).toMatch('Paused until you resume.')
  await ask('/resume')
  for (const wrong of [
    ...['until yesterday', 'until 2020-01-01', '2 years', 'a while', '5m', 'until 31 April'],
    ...['last friday', 'until Friday 5 December', 'until 5.12.2020', 'monday and tuesday'],
  ]) {
    expect(await ask(`/pause ${wrong}`), wrong).toMatch(/^I don’t understand/)
    expect(await wish(), wrong).toMatchObject({ state: 'active' })
  }
})

test('a pause ends on a day or in a while, and a sentence may have capitals and stops', async () => {
  const { ask, wish } = await open()
  for (const [line, until] of [
    ['/pause an hour and a half', 'Mon 23 Nov, 13:30'],
    ['/pause 1h30m', 'Mon 23 Nov, 13:30'],
    ['/pause a fortnight', 'Mon 7 Dec, 12:00'],
    ['/pause a few days', 'Thu 26 Nov, 12:00'],
    ['Pause for 1 week.', 'Mon 30 Nov, 12:00'],
    ['Pause: 1 week', 'Mon 30 Nov, 12:00'],
    ['/pause tomorrow', 'Tue 24 Nov, 00:00'],
    ['/pause until next monday', 'Mon 30 Nov, 00:00'],
    ['/pause until 5 December', 'Sat 5 Dec, 00:00'],
    ['/pause until December 5', 'Sat 5 Dec, 00:00'],
    ['/pause until 5.12.2026', 'Sat 5 Dec, 00:00'],
    ['/pause until monday at 9', 'Mon 30 Nov, 09:00'],
    ['/pause for the weekend', 'Mon 30 Nov, 00:00'],
    ['/pause until Wednesday, 23 December 2026 at half past seven', 'Wed 23 Dec, 07:30'],
    ['Mute until Friday!', 'Fri 27 Nov, 00:00'],
  ] as const) {
    expect(await ask(line), line).toMatch(`Paused until ${until}.`)
    expect(await wish(), line).toMatchObject({ state: 'paused' })
    await ask('/resume')
  }
})

test('hours and quiet hours are typed in words', async () => {
  const { ask, wish } = await open()
  for (const [line, wanted] of [
    ['/settings hour noon', { hour: 12 }],
    ['/settings hour midnight', { hour: 0 }],
    ['/settings hour 9:00', { hour: 9 }],
    ['/settings hour 0800', { hour: 8 }],
    ['/settings hour 7h', { hour: 7 }],
    ["/settings hour 9 o'clock", { hour: 9 }],
    ['/settings time 6 p.m.', { hour: 18 }],
    ['/settings quiet 22:00 to 7:00', { quiet: { from: 22, to: 7 } }],
    ['/settings quiet 23 until 6', { quiet: { from: 23, to: 6 } }],
    ['/settings quiet 10 pm until 7 am', { quiet: { from: 22, to: 7 } }],
    ['/settings quiet hours from midnight to noon', { quiet: { from: 0, to: 12 } }],
    ['/settings rhythm every day', { cadence: 'daily' }],
    ['/settings rhythm every week on friday', { cadence: 'weekly', weekday: 5 }],
    ['quiet 21 to 5', { quiet: { from: 21, to: 5 } }],
    ['settings hour noon', { hour: 12 }],
    ['Hour 6pm', { hour: 18 }],
    ['time zone Mostar', { zone: 'Europe/Sarajevo' }],
    ['zone Ulaanbaatar', { zone: 'Asia/Ulaanbaatar' }],
    ['city: Mostar', { zone: 'Asia/Ulaanbaatar' }],
    ['rhythm daily', { cadence: 'daily' }],
    ['tables cards', { tableStyle: 'cards' }],
    ['settings -digest', { topics: ['announcements', 'events'] }],
    ['/settings quiet 22to7', { quiet: { from: 22, to: 7 } }],
    ['/settings quiet 21,6', { quiet: { from: 21, to: 6 } }],
    ['/settings quiet 20 - 5', { quiet: { from: 20, to: 5 } }],
    ['/settings quiet 20 to 24', { quiet: { from: 20, to: 0 } }],
    ['Quiet hours: 22 to 7', { quiet: { from: 22, to: 7 } }],
    ['Quiet hours: 21 to 6.', { quiet: { from: 21, to: 6 } }],
    ['Quiet hours: 23:00–05:00', { quiet: { from: 23, to: 5 } }],
    ['/settings hour 24', { hour: 0 }],
    ['Hour: 9.', { hour: 9 }],
    ['Schedule: Weekly on Tuesday', { cadence: 'weekly', weekday: 2 }],
    ['/settings When: Weekly on Friday at 18:00', { cadence: 'weekly', weekday: 5, hour: 18 }],
    ['/settings when daily at noon', { cadence: 'daily', hour: 12 }],
    ['/settings when at once', { cadence: 'instant' }],
    ['/settings what -exercises', { topics: ['announcements'] }],
    ['/settings sound silent', { sound: 'silent' }],
    ['Sound: All loud', { sound: 'loud' }],
    ['/settings When: As it happens', { cadence: 'instant' }],
    ['/settings daily', { cadence: 'daily' }],
    ['/settings as it happens.', { cadence: 'instant' }],
    [
      '/settings schedule weekly on Monday at 09:00, skip if nothing’s new',
      { cadence: 'weekly', weekday: 1, hour: 9, onlyNew: true },
    ],
    ['/settings schedule always', { onlyNew: false }],
    ['/settings When: Skip if nothing’s new', { hour: 9, onlyNew: true }],
    ['/settings schedule always', { onlyNew: false }],
    ["Schedule: daily, skipped if nothing's new", { cadence: 'daily', onlyNew: true }],
    ['/settings all silent', { sound: 'silent' }],
    ['/settings all loud', { sound: 'loud' }],
    ['/settings silent', { sound: 'silent' }],
    ['/settings loud', { sound: 'loud' }],
    ['Tables: Grid when it fits', { tableStyle: 'grid' }],
    ['Tables: Always cards', { tableStyle: 'cards' }],
    ['/settings tables picture', { tableStyle: 'picture' }],
    ['/settings tables dark', { tableStyle: 'dark-picture' }],
    ['/settings tables image', { tableStyle: 'picture' }],
    ['/settings tables dark image', { tableStyle: 'dark-picture' }],
    ['/settings tables light pictures', { tableStyle: 'picture' }],
    ['/settings tables dark-picture', { tableStyle: 'dark-picture' }],
    ['Table style: Image', { tableStyle: 'picture' }],
    ['Table style: Dark image.', { tableStyle: 'dark-picture' }],
    ['show tables as cards', { tableStyle: 'cards' }],
    ['Show the tables as images.', { tableStyle: 'picture' }],
    ['Use a grid for all tables', { tableStyle: 'grid' }],
    ['table style dark mode', { tableStyle: 'dark-picture' }],
    ['draw all tables as a picture', { tableStyle: 'picture' }],
    ['/settings always cards', { tableStyle: 'cards' }],
    ['Time zone: Europe/Vienna', { zone: 'Europe/Vienna' }],
    ['Stop.', { state: 'stopped' }],
  ] as const) {
    await ask(line)
    expect(await wish(), line).toMatchObject(wanted)
  }
})

test('each line of settings that the panel shows is typed as it stands', async () => {
  const { ask, wish } = await open()
  const before = await wish()
  const hours = [0, 9, 23]
  const shown = [
    ...CADENCES.flatMap(cadence =>
      [1, 7].flatMap(weekday =>
        hours.flatMap(hour =>
          [false, true].map(onlyNew => ['schedule', { cadence, weekday, hour, onlyNew }] as const),
        ),
      ),
    ),
    ...SOUNDS.map(sound => ['sound', { sound }] as const),
    ...TABLE_STYLES.map(tableStyle => ['tables', { tableStyle }] as const),
    ...hours.map(from => ['quiet', { quiet: { from, to: 7 } }] as const),
    ...hours.map(hour => ['hour', { hour }] as const),
  ]
  for (const [page, changed] of shown) {
    const [name, value] = factOf(page, { ...defaults('UTC'), ...before, ...changed })
    const lines = [`/settings ${name}: ${value}`]
    if (page === 'schedule' || page === 'sound') lines.push(`/settings ${value}`)
    for (const line of lines) {
      await ask('/settings schedule always')
      await ask(line)
      expect(factOf(page, { ...defaults('UTC'), ...(await wish()) }), line).toEqual([name, value])
    }
  }
})

test('an hour with minutes is refused in words, and nothing is rounded', async () => {
  const { ask, wish } = await open()
  const before = await wish()
  expect(await ask('/settings hour 7:30')).toMatch(
    /^I offer full hours only. Send hour 7 or hour 8/,
  )
  expect(await ask('/settings hour 23:15')).toMatch('Send hour 23 or hour 0.')
  expect(await ask('hour 9.45 pm')).toMatch('Send hour 21 or hour 22.')
  expect(await ask('/settings hour half past seven')).toMatch('Send hour 7 or hour 8.')
  expect(await ask('hour quarter to eight')).toMatch('Send hour 7 or hour 8.')
  expect(await ask('/settings quiet 22:30 to 7')).toMatch(/^I offer full hours only/)
  expect(await wish()).toEqual(before)
})

test('a typed city is confirmed with its zone and its time', async () => {
  const { ask, reply, wish } = await open()
  expect(await ask('/settings zone Nuuk')).toMatch(/^Time zoneNuuk → America\/Nuuk ✓/)
  expect(await ask('/settings zone Nuuk')).toMatch(/Your time: 09:00\.$/)
  expect(await ask('zone Mostar')).toMatch(
    /^Time zoneMostar → Europe\/Sarajevo ✓.*Your time: 12:00\.$/,
  )
  expect((await wish())?.zone).toBe('Europe/Sarajevo')
  expect(await ask('zone Belgrade')).toMatch(
    /^Time zoneBelgrade, Serbia → Europe\/Belgrade ✓ If you mean another one, add its country\./,
  )
  expect(await ask('zone Belgrade, United States')).toMatch('America/Denver ✓')
  // The label of a button is typed.
  const { message } = await reply('/settings zone london')
  const label = message?.actions?.find(each => each.label.includes('Canada'))?.label
  expect(label).toBe('London, Canada')
  expect(await ask(`/settings zone ${label}`)).toMatch('London → America/Toronto ✓')
  expect((await wish())?.zone).toBe('America/Toronto')
})

test('a city is understood with words around it and by its abbreviation, and asked about if in doubt', async () => {
  const { ask, reply, wish } = await open()
  expect(await ask('/settings zone time in Tokyo')).toMatch('Tokyo → Asia/Tokyo ✓')
  expect(await ask('zone London, UK time')).toMatch('London → Europe/London ✓')
  expect(await ask('zone NYC')).toMatch('New York City → America/New_York ✓')
  const { text, message } = await reply('/settings zone Delicias')
  expect(text).toMatch(/Which “Delicias”/)
  expect(message?.actions?.map(({ label }) => label)).toEqual([
    ...['Ciudad Delicias, Mexico', 'Delicias, Spain', 'Back'],
  ])
  expect((await wish())?.zone).toBe('America/New_York')
})

test('an offset or the name of a clock sets nothing and offers no city', async () => {
  const { ask, reply, wish } = await open()
  const before = await wish()
  for (const typed of [
    'UTC+2',
    'GMT+1',
    '+02:00',
    'CET',
    'EST',
    'EET',
    'IST',
    'Etc/GMT-2',
    'ET',
    'UTC2',
  ]) {
    const { text, message } = await reply(`/settings zone ${typed}`)
    expect(text, typed).toMatch(
      `“${typed}” isn’t a place, or doesn’t say when clocks change. Send a city`,
    )
    expect(message?.actions?.map(({ label }) => label)).toEqual(['Back'])
  }
  expect(await ask('/settings zone Xyzzy')).toMatch('I don’t know “Xyzzy”.')
  expect(await wish()).toEqual(before)
  await ask('/settings zone utc')
  expect((await wish())?.zone).toBe('UTC')
})

test('a zone is shown and stored by its current name, and an older spelling that is stored stays', async () => {
  const { ask, reply, store, wish } = await open()
  expect(await ask('/settings zone America/Godthab')).toMatch('Time zone: America/Nuuk')
  expect((await wish())?.zone).toBe('America/Nuuk')
  const kept = (zone: string) => store.chats.update(place, before => before && { ...before, zone })
  await kept('Europe/Kiev')
  const { text, message } = await reply('/settings zone Kyiv')
  expect(text).toMatch('Kyiv → Europe/Kyiv ✓')
  expect(message?.actions?.map(({ label }) => label)).toContain('✓ Europe/Kyiv')
  expect(await ask('/settings')).not.toMatch('Kiev')
  expect(await ask('/receipt')).not.toMatch('Kiev')
  await ask('/settings hour 8')
  expect(await wish()).toMatchObject({ zone: 'Europe/Kiev', hour: 8 })
  expect(defaults('Asia/Calcutta').zone).toBe('Asia/Kolkata')
})

test('plain words that a command does not understand are a search, and change nothing', async () => {
  const { reply, wish } = await open()
  const before = await wish()
  for (const line of [
    ...['zone of operations', 'quiet diplomacy', 'hour of need', 'pause the mission', 'mute swans'],
    ...['settings for the region', 'city life', 'time is short', 'do not pause 1 week', 'quiet'],
    ...['pause 1 week of exercises', 'hour', 'zone', 'subscribe to news', 'forget everything'],
    ...['settings forget everything', 'stop 1 week', 'rhythm of change', 'announce 1 week'],
    ...['when monday', 'what +events', 'sound policy'],
  ]) {
    await reply(line)
    expect(await wish(), line).toEqual(before)
  }
})

test('each change is confirmed in one line with its new value', async () => {
  const { ask, wish } = await open()
  for (const [line, said] of [
    ['/settings -events', 'Exercises: off ✓'],
    ['/settings +threats', 'Threats and challenges: on ✓'],
    ['/settings schedule daily', 'When: Daily at 09:00 ✓'],
    ['/settings rhythm friday', 'When: Weekly on Friday at 09:00 ✓'],
    ['/settings when weekly on tuesday at 6pm', 'When: Weekly on Tuesday at 18:00 ✓'],
    ['/settings schedule new', 'When: Weekly on Tuesday at 18:00, skipped if nothing’s new ✓'],
    ['/settings at once', 'When: As it happens ✓'],
    ['/settings hour 7', 'Time of day: 07:00 ✓'],
    ['/settings sound silent', 'Sound: All silent ✓'],
    ['/settings sound usual', 'Sound: Silent digests ✓'],
    ['/settings quiet 22-7', 'Quiet hours: 22:00–07:00 ✓'],
    ['/settings quiet off', 'Quiet hours: Off ✓'],
    ['/settings tables cards', 'Table style: Always cards ✓'],
    ['/settings zone Europe/Paris', 'Time zone: Europe/Paris ✓'],
    ['/settings zone Mostar', 'Mostar → Europe/Sarajevo ✓'],
  ] as const) {
    expect((await ask(line)).split('✓')[0], line).toMatch(said.slice(0, -1))
  }
  expect(await wish()).not.toHaveProperty('sound')
})
