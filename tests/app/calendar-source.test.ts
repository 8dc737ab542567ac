import { expect, test } from 'vitest'
import { type CalendarSourceOptions, createCalendarSource } from '../../src/app/calendar-source.ts'
import type { Edition } from '../../src/content/edition.ts'
import { firstSeenAt } from '../../src/schedule/first-seen.ts'
import { StoreError } from '../../src/store/error.ts'
import { editionOf, event } from '../schedule/scene.ts'

const at = Temporal.Instant.from('2027-05-01T00:00:00Z')
const EVENTS = [event('a', '2027-06-01', '2027-06-10'), event('b', '2027-07-01', '2027-07-02')]

/** A source over an edition, a store that counts what it is asked, and a stopwatch. */
function open() {
  const state = { edition: editionOf(EVENTS) as Edition, asked: 0, ms: 0, isDown: false }
  const known = JSON.stringify(firstSeenAt({}, EVENTS, at))
  const published = async () => {
    state.asked += 1
    if (state.isDown) throw new StoreError('The database is away.')
    return { id: 1, content: '{}', known, at }
  }
  const editions = { published, pending: async () => undefined }
  const source = createCalendarSource({
    edition: () => state.edition,
    store: { editions } as unknown as CalendarSourceOptions['store'],
    clock: { elapsed: () => state.ms },
  })
  return { source, state }
}

test('many requests share one question to the store, and one file', async () => {
  const { source, state } = open()
  const all = await Promise.all(Array.from({ length: 50 }, () => source.find()))
  expect([state.asked, new Set(all).size]).toEqual([1, 1])
  state.ms = 14_999
  await source.find('a')
  expect(state.asked).toBe(1)
  state.ms = 15_000
  expect(await source.find()).toBe(all[0])
  expect(state.asked).toBe(2)
})

test('nothing is asked for a calendar that does not exist', async () => {
  const { source, state } = open()
  expect(await source.find('c')).toBeUndefined()
  expect(state.asked).toBe(0)
})

test('an edit is served at once', async () => {
  const { source, state } = open()
  const before = await source.find()
  state.edition = editionOf(EVENTS.map(each => ({ ...each, name: 'Renamed' })))
  const after = await source.find()
  if (typeof before !== 'object' || typeof after !== 'object') throw new Error('Both exist.')
  expect(after.text).toContain('SUMMARY:Renamed')
  expect(after.digest).not.toBe(before.digest)
})

test('while the store is away, the last revisions count, or none are there yet', async () => {
  const { source, state } = open()
  state.isDown = true
  expect(await source.find()).toBe('unavailable')
  state.isDown = false
  const known = await source.find()
  expect(known).toMatchObject({ text: expect.stringContaining('DTSTAMP:20270501T000000Z') })
  state.isDown = true
  state.ms = 20_000
  expect(await source.find()).toBe(known)
})

test('an event of an outside calendar does not take the address of a section, and one of the content does', async () => {
  const { source, state } = open()
  const served = async (feed?: string) => {
    const taking = event('alpha', '2027-08-01', '2027-08-02', { feed })
    const { sections, ...rest } = editionOf([...EVENTS, taking])
    const own = sections.map(each => ({ ...each, events: each.command === 'alpha' }))
    state.edition = { ...rest, sections: own }
    const found = await source.find('alpha')
    if (typeof found !== 'object') throw new Error('It exists.')
    return found.text.match(/BEGIN:VEVENT/g)?.length
  }
  expect([await served(), await served('f')]).toEqual([1, 3])
})
