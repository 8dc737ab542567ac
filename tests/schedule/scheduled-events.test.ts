import { expect, test } from 'vitest'
import { withFeeds } from '../../src/content/feed-events.ts'
import { answerWith, refuse, reset } from '../platforms/discord/server.ts'
import { DIALECTS } from '../store/stores.ts'
import { editionOf, event } from './scene.ts'
import { key, openServerEvents, SERVER } from './server-event-scene.ts'

const OTHER = '300000000000000002'

const june = event('june', '2027-06-01', '2027-06-03', {
  ...{ location: 'Sarajevo', note: 'Open to *visitors*, see https://example.org/a_b_c' },
  participants: 'Red Cross',
})
const meeting = event('meeting', '2027-05-03T10:00', '2027-05-03T11:30', { zone: 'Europe/London' })
const repeated = event('drill', '2027-05-04T09:00', '2027-05-04T10:00', {
  ...{ zone: 'Europe/Sarajevo', repeat: 'FREQ=WEEKLY;COUNT=3' },
})

for (const dialect of DIALECTS) {
  test(`${dialect}: a server gets the events of the next 60 days with their facts, and no call after that`, async () => {
    const begun = event('begun', '2027-05-01', '2027-05-20')
    const far = event('far', '2027-07-02', '2027-07-03')
    const off = event('off', '2027-06-05', '2027-06-06', { status: 'postponed' })
    const scene = await openServerEvents({ dialect, events: [june, meeting, begun, far, off] })
    expect(await scene.pass()).toEqual(['GET', 'POST', 'POST'])
    const [first, second] = scene.discord.guildEvents.shown(SERVER)
    expect(first).toMatchObject({
      name: 'Exercise meeting',
      scheduled_start_time: '2027-05-03T09:00:00Z',
      scheduled_end_time: '2027-05-03T10:30:00Z',
      entity_metadata: { location: 'Place not given' },
    })
    expect(first?.description.split('\n')[0]).toBe('Mon 3 May 2027, 11:00–12:30 (Europe/Sarajevo)')
    // Whole days are those of the server's zone.
    expect(second).toMatchObject({
      name: 'Exercise june',
      scheduled_start_time: '2027-05-31T22:00:00Z',
      scheduled_end_time: '2027-06-03T21:59:00Z',
      entity_metadata: { location: 'Sarajevo' },
    })
    expect(second?.description.split('\n')).toEqual([
      '1–3 June 2027',
      'Red Cross',
      'Open to \\*visitors\\*, see https://example.org/a_b_c',
      expect.stringMatching(/^Source: .*, as of .*\.$/),
      '/exercises june',
    ])
    expect(await scene.pass('2027-05-01T14:00:00Z')).toEqual([])
    // The far event comes near.
    expect(await scene.pass('2027-05-04T12:00:00Z')).toEqual(['GET', 'POST'])
    expect(scene.names()).toContain('Exercise far')
  })

  test(`${dialect}: a published edit changes, cancels and adds; a pending one does nothing`, async () => {
    const scene = await openServerEvents({ dialect, events: [june, meeting] })
    await scene.pass()
    const id = scene.one()?.id
    const moved = { ...meeting, start: '2027-05-05T10:00', end: '2027-05-05T11:00' }
    scene.edit(editionOf([moved, { ...june, status: 'cancelled' }]))
    expect(await scene.pass('2027-05-01T13:00:00Z')).toEqual([])
    expect(await scene.pass('2027-05-01T13:11:00Z')).toEqual(['PATCH', 'PATCH'])
    expect(scene.names()).toEqual(['Exercise meeting'])
    expect(scene.one()).toMatchObject({ id, scheduled_start_time: '2027-05-05T09:00:00Z' })
    // Discord cannot reopen a cancelled event, so a new one takes its place.
    scene.edit(editionOf([moved, june]))
    await scene.tick()
    expect(await scene.pass('2027-05-01T13:30:00Z')).toEqual(['GET', 'POST'])
    expect(scene.names()).toEqual(['Exercise meeting', 'Exercise june'])
    // An event that is no longer in the content is cancelled too.
    scene.edit(editionOf([moved]))
    await scene.tick()
    expect(await scene.pass('2027-05-01T13:45:00Z')).toEqual(['PATCH'])
    expect(scene.names()).toEqual(['Exercise meeting'])
  })

  test(`${dialect}: one that a person deleted is not made again, whatever changes and after a restart`, async () => {
    const scene = await openServerEvents({ dialect, events: [june] })
    await scene.pass()
    scene.discord.guildEvents.events.clear()
    scene.edit(editionOf([{ ...june, name: 'Renamed' }]))
    await scene.tick()
    expect(await scene.pass('2027-05-01T12:11:00Z')).toEqual(['PATCH'])
    scene.edit(editionOf([{ ...june, name: 'Again', end: '2027-06-09' }]))
    await scene.tick()
    expect(await scene.pass('2027-05-01T13:00:00Z')).toEqual([])
    await scene.store.scheduledEvents.turnOff(key)
    await scene.store.scheduledEvents.turnOn(key, 'UTC')
    expect(await scene.pass('2027-05-02T13:00:00Z')).toEqual([])
    expect(scene.names()).toEqual([])
  })

  test(`${dialect}: an event whose creation was not recorded is found by its marker`, async () => {
    const scene = await openServerEvents({ dialect, events: [june, repeated] })
    scene.discord.weather = ({ route }) =>
      /^POST .*scheduled-events/.test(route) ? { fault: reset, taken: true } : undefined
    for (const minutes of [0, 10, 20, 40, 80]) {
      await scene.pass(Temporal.Instant.from('2027-05-01T12:00:00Z').add({ minutes }).toString())
    }
    scene.discord.weather = () => undefined
    await scene.pass('2027-05-01T20:00:00Z')
    expect(scene.names()).toEqual([...Array(3).fill('Exercise drill'), 'Exercise june'])
    expect(await scene.server()).toMatchObject({ tries: 0 })
  })
}

test('a discarded update changes nothing in the server until the next one is published', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.pass()
  scene.edit(editionOf([{ ...june, end: '2027-06-08' }]))
  await scene.tick()
  expect(await scene.decide('drop')).toBe(true)
  expect(await scene.pass('2027-05-01T15:00:00Z')).toEqual([])
  expect(scene.one()?.scheduled_end_time).toBe('2027-06-03T21:59:00Z')
  scene.edit(editionOf([{ ...june, end: '2027-06-09' }]))
  await scene.tick()
  expect(await scene.pass('2027-05-01T15:11:00Z')).toEqual(['PATCH'])
  expect(scene.one()?.scheduled_end_time).toBe('2027-06-09T21:59:00Z')
})

test('the first sight of a calendar brings its events, but no edit whose update was discarded', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.pass()
  const camp = event('camp', '2027-05-20', '2027-05-21')
  scene.edit(withFeeds(editionOf([june]), [{ key: 'a', events: [camp] }], 'UTC'))
  expect(await scene.pass()).toEqual(['GET', 'POST'])
  const feeds = [
    { key: 'a', events: [camp] },
    { key: 'b', events: [event('fair', '2027-05-22', '2027-05-23')] },
  ]
  scene.edit(withFeeds(editionOf([]), feeds.slice(0, 1), 'UTC'))
  await scene.tick()
  expect(await scene.decide('drop')).toBe(true)
  expect(await scene.pass()).toEqual([])
  scene.edit(withFeeds(editionOf([]), feeds, 'UTC'))
  expect(await scene.pass()).toEqual([])
  expect(scene.names()).toEqual(['Exercise camp', 'Exercise june'])
})

test('an edition is kept as long as a server has it, although its successors were discarded', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.pass()
  const announced = await scene.store.editions.announced()
  for (const end of ['2027-06-07', '2027-06-08']) {
    scene.edit(editionOf([{ ...june, end }]))
    await scene.tick()
    await scene.decide('drop')
  }
  await scene.pass('2027-05-02T15:00:00Z')
  expect((await scene.store.editions.announced())?.id).toBe(announced?.id)
})

test('a refusal is remembered, tried anew after a day, and at once when the events are turned on again', async () => {
  const scene = await openServerEvents({ events: [june] })
  scene.discord.guildEvents.forbidden.add(SERVER)
  expect(await scene.pass()).toEqual(['GET', 'POST'])
  expect(await scene.server()).toMatchObject({ isOn: true, refused: 'rights', tries: 1 })
  expect(await scene.store.scheduledEvents.count()).toEqual([{ refused: 'rights', servers: 1 }])
  expect(await scene.pass('2027-05-02T11:59:00Z')).toEqual([])
  expect(await scene.pass('2027-05-02T12:01:00Z')).toEqual(['GET', 'POST'])
  expect(await scene.pass('2027-05-02T12:02:00Z')).toEqual([])
  scene.discord.guildEvents.forbidden.clear()
  await scene.store.scheduledEvents.turnOn(key, 'UTC')
  expect(await scene.pass('2027-05-02T12:03:00Z')).toEqual(['GET', 'POST'])
  expect(await scene.server()).toMatchObject({ isOn: true, tries: 0 })
  expect((await scene.server())?.refused).toBeUndefined()
})

const PASSING = [
  ['a 429 that names its wait', refuse(429, 0, { 'retry-after': '30' })],
  ['a 500', refuse(500, 0)],
  ['a lost answer', reset],
] as const

test.for(PASSING)('%s makes one server wait, and not the others', async ([, fault]) => {
  const scene = await openServerEvents({ events: [june] })
  await scene.store.scheduledEvents.turnOn({ platform: 'discord', server: OTHER }, 'UTC')
  // Discord names one bucket for each server.
  scene.discord.weather = ({ route }) =>
    route === `POST /guilds/${SERVER}/scheduled-events`
      ? {
          fault: (response, call) => {
            response.setHeader('x-ratelimit-scope', 'shared')
            fault(response, call)
          },
        }
      : undefined
  await scene.pass()
  expect(scene.names()).toEqual([])
  expect(scene.names(OTHER)).toEqual(['Exercise june'])
  expect(await scene.pass('2027-05-01T12:00:20Z')).toEqual([])
  scene.discord.weather = () => undefined
  await expect.poll(() => scene.pass('2027-05-01T12:02:00Z')).toContain('POST')
  expect(scene.names()).toEqual(['Exercise june'])
})

test('a 429 for the whole bot lets no other server be called before it is over', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.store.scheduledEvents.turnOn({ platform: 'discord', server: OTHER }, 'UTC')
  const headers = { 'retry-after': '0.2', 'x-ratelimit-global': 'true' }
  scene.discord.meet(
    /^GET .*scheduled-events/,
    answerWith(429, '{"retry_after":0.2,"global":true}', headers),
  )
  expect(await scene.pass()).toEqual(['GET'])
  const other = { platform: 'discord', server: OTHER }
  expect(await scene.store.scheduledEvents.find(other)).toMatchObject({ tries: 0 })
  // The client of discord.js keeps the wait by the machine's own clock.
  let hours = 0
  const later = () => Temporal.Instant.from('2027-05-01T12:00:00Z').add({ hours: ++hours })
  await expect.poll(() => scene.pass(`${later()}`).then(() => scene.names(OTHER))).toHaveLength(1)
})

test('events that are turned off are cancelled, and made anew when they are turned on again', async () => {
  const scene = await openServerEvents({ events: [june, meeting] })
  await scene.pass()
  await scene.store.scheduledEvents.turnOff(key)
  expect(await scene.pass('2027-05-01T12:01:00Z')).toEqual(['PATCH', 'PATCH'])
  expect(scene.names()).toEqual([])
  expect(await scene.pass('2027-05-02T12:01:00Z')).toEqual([])
  await scene.store.scheduledEvents.turnOn(key, 'UTC')
  expect(await scene.pass('2027-05-02T12:02:00Z')).toEqual(['GET', 'POST', 'POST'])
})

test('another hour of a repeated event changes its events, and an exception cancels one', async () => {
  const scene = await openServerEvents({ events: [repeated] })
  await scene.pass()
  const ids = scene.discord.guildEvents.shown(SERVER).map(({ id }) => id)
  expect(ids).toHaveLength(3)
  scene.edit(
    editionOf([
      { ...repeated, start: '2027-05-04T15:00', end: '2027-05-04T16:00', except: ['2027-05-11'] },
    ]),
  )
  await scene.tick()
  expect(await scene.pass('2027-05-01T12:11:00Z')).toEqual(['PATCH', 'PATCH', 'PATCH'])
  const after = scene.discord.guildEvents.shown(SERVER)
  expect(after.map(({ id }) => id)).toEqual([ids[0], ids[2]])
  expect(after.map(each => each.scheduled_start_time)).toEqual([
    '2027-05-04T13:00:00Z',
    '2027-05-18T13:00:00Z',
  ])
  expect(await scene.pass('2027-05-01T15:00:00Z')).toEqual([])
})

test('an event that has begun is left alone, even if it is cancelled then', async () => {
  const scene = await openServerEvents({ events: [meeting] })
  await scene.pass()
  scene.edit(editionOf([{ ...meeting, status: 'cancelled' }]))
  scene.set('2027-05-03T09:30:00Z')
  await scene.tick()
  expect(await scene.pass('2027-05-03T09:45:00Z')).toEqual([])
  expect(scene.names()).toEqual(['Exercise meeting'])
})

test('an event that moves beyond the 60 days is changed, not cancelled', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.pass()
  scene.edit(editionOf([{ ...june, start: '2028-06-01', end: '2028-06-03' }]))
  await scene.tick()
  expect(await scene.pass('2027-05-01T12:11:00Z')).toEqual(['PATCH'])
  expect(scene.one()?.scheduled_start_time).toBe('2028-05-31T22:00:00Z')
})

test('at most 25 events are in a server, the soonest, and later ones follow as they end', async () => {
  const days = event('days', '2027-05-02', '2027-05-02', { repeat: 'FREQ=DAILY' })
  const scene = await openServerEvents({ events: [days] })
  await scene.pass()
  expect(scene.names()).toHaveLength(25)
  expect(await scene.pass('2027-05-03T12:00:00Z')).toEqual(['GET', 'POST', 'POST'])
  // One call a second at most.
  expect(scene.pauses.length).toBe(scene.calls().length)
  expect(scene.pauses.every(ms => ms >= 1000)).toBe(true)
})

test('facts that Discord refuses stop no other event, and are tried again when they change', async () => {
  const scene = await openServerEvents({ events: [june, meeting] })
  scene.discord.meet(/^POST .*scheduled-events/, refuse(400, 50035))
  expect(await scene.pass()).toEqual(['GET', 'POST', 'POST'])
  expect(scene.names()).toEqual(['Exercise june'])
  expect(await scene.pass('2027-05-01T14:00:00Z')).toEqual([])
  scene.edit(editionOf([june, { ...meeting, name: 'Shorter' }]))
  await scene.tick()
  expect(await scene.pass('2027-05-01T14:11:00Z')).toEqual(['GET', 'POST'])
  expect(scene.names()).toEqual(['Shorter', 'Exercise june'])
})

test('a server that is full refuses with Discord’s words, for a day', async () => {
  const scene = await openServerEvents({ events: [june] })
  for (let n = 0; n < 100; n++) {
    scene.discord.guildEvents.answer('POST', SERVER, undefined, {
      ...{ name: `Other ${n}`, description: '', privacy_level: 2, entity_type: 3 },
      ...{ entity_metadata: { location: 'x' }, scheduled_start_time: '2027-05-02T00:00:00Z' },
      scheduled_end_time: '2027-05-02T01:00:00Z',
    })
  }
  await scene.pass()
  expect(await scene.server()).toMatchObject({ refused: 'Refused 30038' })
})

test('events of another bot with the same content are left alone', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.pass()
  const made = scene.one()
  if (!made) throw new Error('An event was made.')
  const { events } = scene.discord.guildEvents
  events.set(made.id, { ...made, creator_id: '1' })
  await scene.store.scheduledEvents.forget(key)
  await scene.store.scheduledEvents.turnOn(key, 'Europe/Sarajevo')
  expect(await scene.pass('2027-05-01T12:05:00Z')).toEqual(['GET', 'POST'])
  expect(scene.names()).toHaveLength(2)
})

test('no call is made outside the term, and none that is under way is taken for done', async () => {
  const scene = await openServerEvents({ events: [june] })
  await scene.tick()
  scene.end()
  expect(await scene.pass()).toEqual([])
  expect(await scene.server()).toMatchObject({ tries: 0 })
})

test('a switch during a pass is not overwritten by it', async () => {
  const scene = await openServerEvents({ events: [june] })
  scene.discord.weather = () => {
    void scene.store.scheduledEvents.turnOff(key)
    return undefined
  }
  await scene.pass()
  scene.discord.weather = () => undefined
  expect(await scene.server()).toMatchObject({ isOn: false })
  await scene.pass('2027-05-01T12:01:00Z')
  expect(scene.names()).toEqual([])
})
