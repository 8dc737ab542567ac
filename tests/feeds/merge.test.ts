import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEditions } from '../../src/app/edition-source.ts'
import { diffEditions } from '../../src/content/diff.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { adoptFeeds, withFeeds } from '../../src/content/feed-events.ts'
import { sentences } from '../../src/log.ts'
import { edition, folder } from '../content/fixture.ts'
import { manualClock } from '../platforms/pauses.ts'
import { event } from '../schedule/scene.ts'
import { temporaryFolder } from '../store/stores.ts'

const feed = (key: string, ...events: CalendarEvent[]) => ({ key, events })

const ids = ({ events }: { events: readonly CalendarEvent[] }) => events.map(({ id }) => id)

test('the content wins over a calendar, and an earlier calendar over a later one', () => {
  const own = edition()
  const feeds = [
    feed('a', event('first', '2026-08-01', '2026-08-01'), event('z', '2026-07-02', '2026-07-02')),
    feed('b', event('z', '2026-07-01', '2026-07-01'), event('y', '2026-07-01', '2026-07-01')),
  ]
  const merged = withFeeds(own, feeds, 'UTC')
  expect(merged.feeds).toEqual(['a', 'b'])
  expect(merged.events.map(({ id, start, feed }) => [id, start, feed])).toEqual([
    ['first', '2026-06-01', undefined],
    ['y', '2026-07-01', 'b'],
    ['z', '2026-07-02', 'a'],
  ])
  expect(withFeeds(own, [], 'UTC')).toBe(own)
})

test('a time without a zone has that of the edition, and else that of the bot', () => {
  const timed = feed('a', event('t', '2026-07-02T10:00', '2026-07-02T11:00'))
  const zoneIn = (timezone?: string) =>
    withFeeds({ ...edition(), timezone }, [timed], 'Asia/Tokyo').events[1]?.zone
  expect([zoneIn('Europe/Paris'), zoneIn()]).toEqual(['Europe/Paris', 'Asia/Tokyo'])
})

test('the first sight of a calendar is no news, and a later edit of it is', () => {
  const own = edition()
  const [a, b] = [event('a', '2026-07-01', '2026-07-01'), event('b', '2026-07-02', '2026-07-02')]
  const first = withFeeds(own, [feed('k', a)], 'UTC')
  expect(diffEditions(own, first).events).toEqual([])
  expect(adoptFeeds(own, first)).toEqual(first)
  expect(adoptFeeds(first, first)).toBe(first)
  const second = withFeeds(own, [feed('k', { ...a, end: '2026-07-05' }, b)], 'UTC')
  expect(diffEditions(first, second).events.map(({ kind }) => kind)).toEqual(['moved', 'added'])
  const both = withFeeds(own, [feed('j', b), feed('k', a)], 'UTC')
  expect(JSON.stringify(adoptFeeds(first, both))).toBe(JSON.stringify(both))
})

/** An edition source of a folder without events. */
async function openSource(hasFeeds: boolean) {
  const directory = temporaryFolder()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  for (const { path, text } of folder({ 'events.yaml': undefined })) write(path, text)
  const seen = { changes: 0, reads: 0 }
  const editions = openEditions({
    ...{ directory, clock: manualClock('2026-06-01T10:00:00Z'), timeZone: 'UTC', hasFeeds },
    log: sentences(() => {}),
    onChange: () => void seen.changes++,
    onRead: () => void seen.reads++,
  })
  onTestFinished(editions.stop)
  await editions.watch()
  return { editions, seen, write }
}

test('an edition with calendars has its event command without a file of events', async () => {
  const [without, having] = [await openSource(false), await openSource(true)]
  const names = ({ editions }: typeof without) => editions.registry().edition.eventNames?.command
  expect([names(without), names(having)]).toEqual([undefined, 'exercises'])
})

test('calendars change the edition of answers and posts, without another read of the content', async () => {
  const { editions, seen, write } = await openSource(true)
  const [a, b] = [event('a', '2026-07-01', '2026-07-01'), event('b', '2026-07-02', '2026-07-02')]
  await editions.useFeeds([feed('k', a)])
  expect(seen).toEqual({ changes: 1, reads: 0 })
  expect(ids(editions.registry().edition)).toEqual(['a'])
  expect(editions.published()).toBe(editions.registry().edition)
  // An edit of the content keeps the events of calendars, and wins over them.
  write(
    'events.yaml',
    '- {id: b, name: Own, start: 2026-08-01, end: 2026-08-02, participants: All, status: scheduled}\n',
  )
  await expect.poll(() => ids(editions.registry().edition), { timeout: 10_000 }).toEqual(['b', 'a'])
  await editions.useFeeds([feed('k', a, b)])
  expect(editions.published()?.events.map(({ name }) => name)).toEqual(['Own', 'Exercise a'])
  expect(seen).toEqual({ changes: 3, reads: 1 })
})
