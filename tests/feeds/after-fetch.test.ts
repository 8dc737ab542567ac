import { expect, test } from 'vitest'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { afterFetch, afterSame, type FeedState } from '../../src/feeds/after-fetch.ts'

const NOW = Temporal.ZonedDateTime.from('2026-11-30T12:00[Europe/Sarajevo]')

const event = (id: string, start = '2027-03-01'): CalendarEvent => {
  return { id, name: id, start, end: start, participants: 'All', status: 'scheduled' }
}

const list = (...ids: string[]) => ids.map(id => event(id))

function next(
  before: FeedState | undefined,
  fetched: readonly CalendarEvent[] | 'same',
): FeedState {
  const state =
    fetched === 'same' && before
      ? afterSame(before, NOW)
      : afterFetch(before, fetched as CalendarEvent[], NOW)
  if (state === 'emptied') throw new Error('The calendar was emptied.')
  return state
}

const statuses = ({ events }: FeedState) => events.map(({ id, status }) => `${id} ${status}`)

test('an event that is missing from three fetches is cancelled, and one that comes back is scheduled', () => {
  const first = next(undefined, list('a', 'b', 'c'))
  const second = next(first, list('a', 'c'))
  const third = next(second, 'same')
  expect([second, third].map(statuses)).toEqual(
    Array(2).fill(['a scheduled', 'b scheduled', 'c scheduled']),
  )
  const fourth = next(third, 'same')
  expect(statuses(fourth)).toEqual(['a scheduled', 'b cancelled', 'c scheduled'])
  expect(next(fourth, 'same')).toEqual(fourth)
  const back = next(fourth, list('a', 'b', 'c'))
  expect(back).toEqual(first)
  expect(statuses(next(next(back, list('a', 'c')), list('a', 'c')))).toContain('b scheduled')
})

test('an event that was over goes at once', () => {
  const first = next(undefined, [event('old', '2026-11-01'), event('a')])
  expect(next(first, list('a'))).toEqual({ events: list('a'), misses: {} })
})

test.for([
  ['all of one', 1, 0, true],
  ['one of two', 2, 1, false],
  ['two of three', 3, 1, false],
  ['half of four', 4, 2, false],
  ['three of four', 4, 1, true],
  ['six of ten', 10, 4, true],
] as const)('a calendar that loses %s', ([, before, after, isEmptied]) => {
  const all = Array.from({ length: before }, (_, index) => event(`e${index}`))
  const result = afterFetch({ events: all, misses: {} }, all.slice(0, after), NOW)
  expect(result === 'emptied').toBe(isEmptied)
})

test('a calendar whose events are over may become empty', () => {
  const old = { events: [event('old', '2026-11-01')], misses: {} }
  expect(afterFetch(old, [], NOW)).toEqual({ events: [], misses: {} })
})

test('a calendar that writes new UIDs in each export keeps its ids', () => {
  const named = (id: string) => ({ ...event(id), name: 'Drill' })
  const first = next(undefined, [named('a'), named('b'), event('c')])
  const second = next(first, [named('x'), named('y'), event('c')])
  expect(second).toEqual(first)
  expect(next(second, [named('z'), event('c')]).misses).toEqual({ b: 1 })
})

test('a calendar with other events at each fetch does not grow without an end', () => {
  let state = next(undefined, list('a'))
  for (let round = 0; round < 5; round++) {
    const names = Array.from({ length: 600 }, (_, index) => `r${round}-${index}`)
    state = next(state, list(...names))
  }
  expect(state.events).toHaveLength(1600)
})

test('an event may have the name of a property of every object', () => {
  const first = next(undefined, list('constructor', 'a'))
  const later = [1, 2, 3].reduce(state => next(state, list('a')), first)
  expect(statuses(later)).toEqual(['a scheduled', 'constructor cancelled'])
  expect(statuses(next(first, 'same'))).toEqual(['a scheduled', 'constructor scheduled'])
})
