import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { Feed } from '../../src/content/feed-events.ts'
import { createFeeds } from '../../src/feeds/feeds.ts'
import type { Store } from '../../src/store/store.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { manualClock } from '../platforms/pauses.ts'
import { DIALECTS, newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'
import { type Answer, send, serveCalendar } from './calendar-server.ts'
import { calendar, vevent } from './calendars.ts'

const TWO = calendar(vevent('a'), vevent('b'))

const NOT_FOUND: Answer = response => response.writeHead(404).end()

/** A process that reads calendars. */
async function openProcess(
  store: Store,
  list: string,
  clock = manualClock('2026-11-30T12:00:00Z'),
) {
  const memory = await openMemoryLog()
  const seen: (readonly Feed[])[] = []
  const feeds = createFeeds({
    entries: readConfig({ CALENDAR_FEEDS: list }).feeds,
    store: store.calendarFeeds,
    clock,
    log: memory.log,
    timeZone: 'UTC',
    onChange: async each => void seen.push(each),
  })
  await feeds.open()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const stop = async () => {
    stopping.abort()
    await running
  }
  onTestFinished(stop)
  return {
    ...memory,
    feeds,
    clock,
    seen,
    stop,
    start() {
      running = feeds.run(stopping.signal)
    },
    /** The events of the first calendar, with their states. */
    events: () => seen.at(-1)?.[0]?.events.map(({ id, status }) => `${id} ${status}`),
    logged: () => memory.lines().map(({ event }) => event),
  }
}

const A = ['a scheduled', 'b scheduled']

test.for(DIALECTS)(
  'a calendar is read every 15 minutes, and a restart keeps the last good one (%s)',
  async dialect => {
    const { store } = await openTestStore({ url: await newDatabase(dialect) })
    const server = await serveCalendar(send(TWO, { etag: '"1"' }))
    const list = `${server.url}#private`
    const first = await openProcess(store, list)
    expect(first.seen).toEqual([])
    first.start()
    await expect.poll(first.events).toEqual(A)
    expect(first.feeds.part()).toEqual({ status: '2 events of 1 calendar', ready: true })
    server.answer(NOT_FOUND)
    await first.clock.advance({ minutes: 14 })
    expect(server.requests).toHaveLength(1)
    await first.clock.advance({ minutes: 1 })
    await expect.poll(first.logged).toEqual(['feed.broken'])
    expect(first.feeds.part().reason).toBe(
      'Can’t read calendar 1 (127.0.0.1). Its server answered 404. Its last good events stay.',
    )
    expect(JSON.stringify(first.lines())).not.toContain('secret')
    await first.stop()

    const second = await openProcess(store, list, first.clock)
    expect(second.events()).toEqual(A)
    expect(second.feeds.part().reason).toContain('404')
    second.start()
    // The second failure is not logged again, and the pause grows to half an hour.
    await expect
      .poll(async () => {
        await second.clock.advance({ minutes: 1 })
        return server.requests.length
      })
      .toBe(3)
    expect(second.logged()).toEqual([])
    server.answer(send(TWO))
    await second.clock.advance({ minutes: 29 })
    expect(server.requests).toHaveLength(3)
    await second.clock.advance({ minutes: 1 })
    await expect.poll(second.logged).toEqual(['feed.recovered'])
    expect(second.feeds.part()).toEqual({ status: '2 events of 1 calendar', ready: true })
    expect(second.seen).toHaveLength(1)
  },
)

test.for(DIALECTS)('two processes share one fetch, and both use it (%s)', async dialect => {
  const url = await newDatabase(dialect)
  const server = await serveCalendar(send(TWO))
  const clock = manualClock('2026-11-30T12:00:00Z')
  const both = []
  for (let index = 0; index < 2; index++) {
    const { store } = await openTestStore({ url })
    both.push(await openProcess(store, `${server.url}#private`, clock))
  }
  for (const each of both) each.start()
  for (const each of both) {
    await expect
      .poll(async () => {
        await clock.advance({ seconds: 10 })
        return each.events()
      })
      .toEqual(A)
  }
  expect(server.requests).toHaveLength(1)
})

test('a missing event stays for two fetches and is then cancelled, also if the calendar is the same again', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const server = await serveCalendar(send(TWO))
  const { start, clock, events } = await openProcess(store, `${server.url}#private`)
  start()
  await expect.poll(events).toEqual(A)
  server.answer(send(calendar(vevent('b')), { etag: '"2"' }))
  const fetchAgain = async () => {
    const before = server.requests.length
    await clock.advance({ minutes: 15 })
    await expect.poll(() => server.requests.length).toBe(before + 1)
    const [entry] = readConfig({ CALENDAR_FEEDS: `${server.url}#private` }).feeds
    await expect
      .poll(async () => {
        const [head] = await store.calendarFeeds.heads([entry?.key ?? ''])
        return head?.nextAt.since(clock.now()).total('minutes')
      })
      .toBe(15)
  }
  await fetchAgain()
  server.answer(response => response.writeHead(304).end())
  await fetchAgain()
  expect(events()).toEqual(A)
  await fetchAgain()
  await expect.poll(events).toEqual(['a cancelled', 'b scheduled'])
  server.answer(send(TWO))
  await fetchAgain()
  await expect.poll(events).toEqual(A)
})

test('an emptied calendar cancels nothing, and is a problem until it has events again', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const server = await serveCalendar(send(TWO))
  const { start, clock, events, feeds, logged } = await openProcess(store, `${server.url}#private`)
  start()
  await expect.poll(events).toEqual(A)
  server.answer(send(calendar()))
  for (let minutes = 0; minutes < 300; minutes += 15) await clock.advance({ minutes: 15 })
  await expect.poll(logged).toEqual(['feed.broken'])
  expect(feeds.part().reason).toContain('It lost all or most of its events')
  expect(events()).toEqual(A)
  server.answer(send(TWO))
  await expect
    .poll(async () => {
      await clock.advance({ minutes: 15 })
      return logged()
    })
    .toEqual(['feed.broken', 'feed.recovered'])
})

test('a file is read again within a minute of a change', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const path = `${temporaryFolder()}/own.ics`
  const { start, clock, events, feeds } = await openProcess(store, path)
  start()
  await expect.poll(() => feeds.part().reason).toContain('The file can’t be read')
  writeFileSync(path, TWO)
  await clock.advance({ minutes: 1 })
  await expect.poll(events).toEqual(A)
  writeFileSync(path, calendar(vevent('a'), vevent('b'), vevent('c')))
  await clock.advance({ minutes: 1 })
  await expect.poll(events).toEqual([...A, 'c scheduled'])
})

test('a server that asks for a pause gets it, and a broken calendar delays no other', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const broken = await serveCalendar(response =>
    response.writeHead(429, { 'retry-after': '7200' }).end(),
  )
  const good = await serveCalendar(send(TWO))
  const { start, clock, events, feeds } = await openProcess(
    store,
    `${broken.url}#private ${good.url}#private`,
  )
  start()
  await expect.poll(events).toEqual(A)
  expect(feeds.part()).toEqual({
    status: '2 events of 1 calendar',
    reason: expect.stringContaining('calendar 1'),
    ready: true,
  })
  for (let minutes = 0; minutes < 119; minutes += 7) await clock.advance({ minutes: 7 })
  expect(broken.requests).toHaveLength(1)
  await clock.advance({ minutes: 1 })
  await expect.poll(() => broken.requests.length).toBe(2)
})

test('5,000 events are read within 2 seconds of a worker, and the event loop answers', {
  tags: ['slow'],
}, async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const events = Array.from({ length: 5000 }, (_, index) => {
    const day = Temporal.PlainDate.from('2026-12-01').add({ days: index % 700 })
    return vevent(
      `event-${index}@example.org`,
      `DTSTART;TZID=Europe/Sarajevo:${day.toString().replaceAll('-', '')}T100000`,
      'DURATION:PT90M',
      'LOCATION:Sarajevo',
      'DESCRIPTION:Words about it.\\n\\nMore words.',
      ...(index % 50 === 0 ? ['RRULE:FREQ=WEEKLY;COUNT=20'] : []),
    )
  })
  const server = await serveCalendar(send(calendar(...events)))
  const { start, seen } = await openProcess(store, `${server.url}#private`)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const begun = performance.now()
  start()
  await expect.poll(() => seen.at(-1)?.[0]?.events.length, { timeout: 20_000 }).toBe(5000)
  const elapsed = performance.now() - begun
  delay.disable()
  console.log({ elapsed, longest: delay.max / 1e6 })
})
