import { expect, test } from 'vitest'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { firstSeenAt, readFirstSeen, revisionsOf } from '../../src/schedule/first-seen.ts'
import { loadRevisions } from '../../src/schedule/load-revisions.ts'
import { editionOf, event, openSchedule } from '../schedule/scene.ts'
import { query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'

const [first, later] = ['2027-05-01T00:00:00Z', '2027-05-02T00:00:00Z'].map(each =>
  Temporal.Instant.from(each),
) as [Temporal.Instant, Temporal.Instant]
const june = event('e', '2027-06-01', '2027-06-10')

const shown = ({ sequence, at }: ReturnType<ReturnType<typeof revisionsOf>>) => [
  sequence,
  at?.toString(),
]

test.for<[string, Partial<CalendarEvent>, number]>([
  ['nothing', {}, 0],
  ['its reminders', { reminders: [1] }, 0],
  ['its name', { name: 'Renamed' }, 1],
  ['its dates', { end: '2027-06-11' }, 1],
  ['its times', { start: '2027-06-01T10:00', end: '2027-06-01T12:00', zone: 'UTC' }, 1],
  ['its rule', { repeat: 'FREQ=DAILY;COUNT=3' }, 1],
  ['its state', { status: 'cancelled' }, 1],
  ['its place', { location: 'Mostar' }, 1],
  ['its link', { link: 'https://example.org' }, 1],
])(
  'an event has a new revision if a calendar shows what has changed: %s',
  ([, change, sequence]) => {
    const before = firstSeenAt({}, [june], first)
    const after = firstSeenAt(before, [{ ...june, ...change }], later)
    const at = sequence === 0 ? first : later
    expect(shown(revisionsOf(after)({ ...june, ...change }))).toEqual([sequence, at.toString()])
    // Before it is published it counts already.
    expect(shown(revisionsOf(before, later)({ ...june, ...change }))).toEqual([
      sequence,
      at.toString(),
    ])
  },
)

test('entries of earlier releases are read, and count from zero', () => {
  const kept = { start: '2027-06-01', end: '2027-06-10', status: 'scheduled', since: `${first}` }
  const known = readFirstSeen(JSON.stringify({ e: kept, damaged: { ...kept, shown: { at: 'x' } } }))
  expect(Object.keys(known)).toEqual(['e'])
  expect(shown(revisionsOf(known)(june))).toEqual([0, first.toString()])
  const moved = { ...june, end: '2027-06-12' }
  expect(shown(revisionsOf(known, later)(moved))).toEqual([1, later.toString()])
  expect(firstSeenAt(known, [june], later).e).toMatchObject({
    since: first.toString(),
    shown: { revision: 0, at: first.toString() },
  })
})

test.for(DIALECTS)(
  'an edit raises the sequence at once, on %s, and publishing keeps it',
  async dialect => {
    const { beat, edit, store, url, restart } = await openSchedule({
      dialect,
      start: '2027-05-01T00:00:00Z',
      events: [june],
    })
    const of = async (each: CalendarEvent) =>
      shown((await loadRevisions(store.editions)).revisionOf(each))
    await beat()
    expect(await of(june)).toEqual([0, '2027-05-01T00:00:00Z'])
    const renamed = { ...june, name: 'Renamed' }
    edit(editionOf([renamed]))
    await beat('2027-05-01T01:00:00Z')
    expect(await of(renamed)).toEqual([1, '2027-05-01T01:00:00Z'])
    await beat('2027-05-01T01:10:00Z')
    restart()
    expect(await of(renamed)).toEqual([1, '2027-05-01T01:10:00Z'])
    const moved = { ...renamed, start: '2027-06-02' }
    edit(editionOf([moved]))
    await beat('2027-05-02T00:00:00Z')
    await beat('2027-05-02T00:10:00Z')
    expect(await of(moved)).toEqual([2, '2027-05-02T00:10:00Z'])
    // A database of an earlier release has dates alone.
    const [kept] = (await query(url, 'select id, known from editions order by id desc')) as [
      { id: number; known: string },
    ]
    const { shown: _, ...dates } = JSON.parse(kept.known).e
    await store.editions.correctFirstSeen(kept.id, JSON.stringify({ e: dates }))
    await beat('2027-05-03T00:00:00Z')
    expect(await of(moved)).toEqual([0, dates.since])
    edit(editionOf([{ ...moved, note: 'More.' }]))
    expect(await of({ ...moved, note: 'More.' })).toEqual([1, dates.since])
  },
)

test('an event may have the name of a property of every object', () => {
  const strange = { ...june, id: 'constructor' }
  expect(shown(revisionsOf({})(strange))).toEqual([0, undefined])
  expect(shown(revisionsOf(firstSeenAt({}, [strange], first))(strange))).toEqual([0, `${first}`])
})

test('relative dates of a new day are a new revision, and another briefing begins anew', async () => {
  const { beat, edit, store } = await openSchedule({ start: '2027-05-01T00:00:00Z' })
  const of = async (each: CalendarEvent) =>
    shown((await loadRevisions(store.editions)).revisionOf(each))
  const on = (relativeTo: string, each: CalendarEvent) => ({ ...editionOf([each]), relativeTo })
  edit(on('2027-05-01', june))
  await beat()
  await beat('2027-05-01T00:10:00Z')
  const next = { ...june, start: '2027-06-02', end: '2027-06-11' }
  edit(on('2027-05-02', next))
  await beat('2027-05-02T00:00:00Z')
  expect(await of(next)).toEqual([1, '2027-05-02T00:00:00Z'])
  edit({ ...editionOf([next]), id: 'other' })
  await beat('2027-05-02T01:00:00Z')
  expect(await of(next)).toEqual([0, '2027-05-02T01:00:00Z'])
})
