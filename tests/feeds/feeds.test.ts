import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { manualClock } from '../platforms/pauses.ts'
import { DIALECTS, newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'
import { type Answer, send, serveCalendar } from './calendar-server.ts'
import { calendar, vevent } from './calendars.ts'
import { eventually, openProcess } from './process.ts'

const TWO = calendar(vevent('a'), vevent('b'))

const NOT_FOUND: Answer = response => response.writeHead(404).end()

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
    await eventually(first.events).toEqual(A)
    await eventually(() => first.feeds.part()).toEqual({
      status: '2 events of 1 calendar',
      ready: true,
    })
    server.answer(NOT_FOUND)
    await first.clock.advance({ minutes: 14 })
    expect(server.requests).toHaveLength(1)
    expect(await first.check(1)).toBe(15)
    await eventually(first.logged).toEqual(['feed.broken'])
    await eventually(() => first.feeds.part().reason).toBe(
      'Can’t read calendar 1 (127.0.0.1). Its server answered 404. Events read from it before stay.',
    )
    expect(first.written()).not.toContain('secret')
    await first.stop()

    const second = await openProcess(store, list, first.clock)
    expect(second.events()).toEqual(A)
    await eventually(() => second.feeds.part().reason).toContain('404')
    second.start()
    // The second failure is not logged again, and the pause grows to half an hour.
    expect(await second.check(15)).toBe(30)
    expect(second.logged()).toEqual([])
    server.answer(send(TWO))
    expect(await second.check(30)).toBe(15)
    expect(server.requests).toHaveLength(4)
    await eventually(second.logged).toEqual(['feed.recovered'])
    await eventually(() => second.feeds.part()).toEqual({
      status: '2 events of 1 calendar',
      ready: true,
    })
    expect(second.seen).toHaveLength(1)
  },
)

test.for(DIALECTS)('two processes share one fetch, and both use it (%s)', async dialect => {
  const url = await newDatabase(dialect)
  const server = await serveCalendar(send(TWO))
  const clock = manualClock('2026-11-30T12:00:00Z')
  const both: Awaited<ReturnType<typeof openProcess>>[] = []
  for (let index = 0; index < 2; index++) {
    const { store } = await openTestStore({ url })
    both.push(await openProcess(store, `${server.url}#private`, clock))
  }
  for (const each of both) each.start()
  // No fetch is under way any more when the time passes.
  await eventually(() => both.some(each => each.events() !== undefined)).toBe(true)
  for (const each of both) {
    await eventually(async () => {
      await clock.advance({ seconds: 10 })
      return each.events()
    }).toEqual(A)
  }
  expect(server.requests).toHaveLength(1)
})

test('a missing event stays for two fetches and is then cancelled, also if the calendar is the same again', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const server = await serveCalendar(send(TWO))
  const { start, check, events } = await openProcess(store, `${server.url}#private`)
  start()
  await eventually(events).toEqual(A)
  server.answer(send(calendar(vevent('b')), { etag: '"2"' }))
  await check(15)
  server.answer(response => response.writeHead(304).end())
  await check(15)
  expect(events()).toEqual(A)
  await check(15)
  await eventually(events).toEqual(['a cancelled', 'b scheduled'])
  server.answer(send(TWO))
  await check(15)
  await eventually(events).toEqual(A)
})

test('an emptied calendar cancels nothing, and is a problem until it has events again', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const server = await serveCalendar(send(TWO))
  const { start, check, events, feeds, logged } = await openProcess(store, `${server.url}#private`)
  start()
  await eventually(events).toEqual(A)
  server.answer(send(calendar()))
  const pauses = []
  for (const minutes of [15, 15, 30, 60, 60]) pauses.push(await check(minutes))
  expect(pauses).toEqual([15, 30, 60, 60, 60])
  expect(logged()).toEqual(['feed.broken'])
  await eventually(() => feeds.part().reason).toContain('It lost all or most of its events')
  expect(events()).toEqual(A)
  server.answer(send(TWO))
  await check(60)
  await eventually(logged).toEqual(['feed.broken', 'feed.recovered'])
})

test('a file is read again within a minute of a change', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const path = `${temporaryFolder()}/own.ics`
  const { start, clock, events, feeds } = await openProcess(store, path)
  start()
  await eventually(() => feeds.part().reason).toContain('There is no file at its path')
  writeFileSync(path, TWO)
  await clock.advance({ minutes: 1 })
  await eventually(events).toEqual(A)
  writeFileSync(path, calendar(vevent('a'), vevent('b'), vevent('c')))
  await clock.advance({ minutes: 1 })
  await eventually(events).toEqual([...A, 'c scheduled'])
})

test('the state of calendars counts what they show otherwise, and names all that are broken', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const path = `${temporaryFolder()}/own.ics`
  writeFileSync(path, calendar(vevent('a', 'RRULE:FREQ=HOURLY'), vevent('b', 'DTSTART:soon')))
  const { start, feeds, events } = await openProcess(store, `${path} /nowhere/x.ics /nowhere/y.ics`)
  start()
  await eventually(events).toEqual(['a scheduled'])
  await eventually(() => feeds.part()).toEqual({
    status: '1 event of 1 calendar, 1 repetition not supported, 1 event left out as damaged',
    reason:
      'Can’t read calendar 2 (x.ics). There is no file at its path. Events read from it before stay. ' +
      'Can’t read calendar 3 either.',
    ready: true,
  })
})

test('a server that asks for a pause gets it, and a broken calendar delays no other', async () => {
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const broken = await serveCalendar(response =>
    response.writeHead(429, { 'retry-after': '7200' }).end(),
  )
  const good = await serveCalendar(send(TWO))
  const { start, clock, check, events, feeds } = await openProcess(
    store,
    `${broken.url}#private ${good.url}#private`,
  )
  start()
  await eventually(events).toEqual(A)
  await eventually(() => feeds.part()).toEqual({
    status: '2 events of 1 calendar',
    reason: expect.stringContaining('calendar 1'),
    ready: true,
  })
  for (let minutes = 0; minutes < 119; minutes += 7) await clock.advance({ minutes: 7 })
  expect(broken.requests).toHaveLength(1)
  await check(1)
  expect(broken.requests).toHaveLength(2)
})

test('5,000 events take less than 2 seconds, most of them in a worker', {
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
  // CPU time does not grow on a busy machine. Measured: 0.65 s in all, and no delay of the event loop above 33 ms.
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()]
  start()
  await eventually(() => seen.at(-1)?.[0]?.events.length).toBe(5000)
  expect(total(process.cpuUsage(all))).toBeLessThan(2_000_000)
  expect(total(process.threadCpuUsage(own))).toBeLessThan(500_000)
})

/** CPU time in microseconds. */
function total({ user, system }: { user: number; system: number }): number {
  return user + system
}
