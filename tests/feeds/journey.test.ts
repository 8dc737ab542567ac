import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCalendarSource } from '../../src/app/calendar-source.ts'
import { readConfig } from '../../src/config.ts'
import { withFeeds } from '../../src/content/feed-events.ts'
import { checkFeed } from '../../src/feeds/check-feed.ts'
import { createFeeds } from '../../src/feeds/feeds.ts'
import { editionOf } from '../schedule/scene.ts'
import { openServerEvents } from '../schedule/server-event-scene.ts'
import { DIALECTS, type Dialect, temporaryFolder } from '../store/stores.ts'
import { calendar, vevent } from './calendars.ts'

/** A schedule and a Discord server whose only events are those of a file. */
async function open(dialect: Dialect) {
  const scene = await openServerEvents({ dialect, events: [] })
  const { store, clock, log } = scene
  const file = join(temporaryFolder(), 'own.ics')
  const { feeds: entries } = readConfig({ CALENDAR_FEEDS: file })
  const [entry] = entries
  if (!entry) throw new Error('The list has one calendar.')
  const common = { store: store.calendarFeeds, clock, log, timeZone: 'UTC' }
  const onChange = async (feeds: Parameters<typeof withFeeds>[1]) =>
    scene.edit(withFeeds(editionOf([]), feeds, 'UTC'))
  const calendars = createCalendarSource({
    ...{ edition: scene.content, store },
    // Each request asks the store.
    clock: { elapsed: () => Number.POSITIVE_INFINITY },
  })
  return {
    ...scene,
    /** Writes the camp to the file with these lines, and checks it as a process does. */
    async write(at: string, ...lines: readonly string[]) {
      scene.set(at)
      writeFileSync(file, calendar(vevent('camp', 'SUMMARY:Camp', ...lines)))
      const [head] = await store.calendarFeeds.heads([entry.key])
      await checkFeed(entry, head, true, { ...common, signal: new AbortController().signal })
      await createFeeds({ ...common, entries, onChange }).open()
    },
    /** The lines of the served calendar that name the event and its revision. */
    async served() {
      const found = await calendars.find()
      if (typeof found !== 'object') throw new Error('The calendar is served.')
      return found.text.split('\r\n').filter(line => /^(?:UID|SEQUENCE|DTSTART):/.test(line))
    },
  }
}

test.for(DIALECTS)(
  'an event that moves in a calendar moves everywhere, and is announced once (%s)',
  async dialect => {
    const scene = await open(dialect)
    await scene.subscribe('42', { topics: ['events'], zone: 'UTC' })
    expect(await scene.beat()).toEqual([])
    await scene.write('2027-05-06T12:00:00Z', 'DTSTART:20270510T100000Z', 'DTEND:20270510T110000Z')
    expect(await scene.pass()).toEqual(['GET', 'POST'])
    const made = scene.one()
    expect(made).toMatchObject({ name: 'Camp', scheduled_start_time: '2027-05-10T10:00:00Z' })
    const [uid = '', ...revision] = await scene.served()
    expect(revision).toEqual(['SEQUENCE:0', 'DTSTART:20270510T100000Z'])
    expect((await scene.beat('2027-05-07T09:00:00Z')).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Camp starts in 3 days Mon 10 May 2027, 10:00 – 11:00 \(UTC\) /),
    ])

    await scene.write('2027-05-07T10:00:00Z', 'DTSTART:20270512T100000Z', 'DTEND:20270512T110000Z')
    expect(await scene.beat()).toEqual([])
    expect(await scene.pass()).toEqual([])
    expect(await scene.served()).toEqual([uid, 'SEQUENCE:1', 'DTSTART:20270512T100000Z'])
    const got = await scene.beat('2027-05-07T10:11:00Z')
    expect(got.map(({ text }) => text).sort()).toEqual([
      expect.stringMatching(
        /^Camp moved to Wed 12 May 2027, 10:00–11:00 \(UTC\) Corrected: moved /,
      ),
      expect.stringMatching(/^Camp moved to Wed 12 May 2027, 10:00–11:00 \(UTC\) Wed 12 May /),
    ])
    expect(await scene.pass()).toEqual(['PATCH'])
    expect(scene.one()).toMatchObject({
      id: made?.id,
      scheduled_start_time: '2027-05-12T10:00:00Z',
    })
    expect(await scene.served()).toEqual([uid, 'SEQUENCE:1', 'DTSTART:20270512T100000Z'])
    expect(await scene.beat('2027-05-07T11:00:00Z')).toEqual([])
    // The new dates have reminders of their own.
    expect((await scene.beat('2027-05-09T09:00:00Z')).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Camp starts in 3 days /),
    ])
  },
)
