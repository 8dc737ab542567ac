import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateRange, monthOrDay } from '../src/texts/dates.ts'
import { alternatives, chats, counted, distance, listed, span } from '../src/texts/plurals.ts'

test('a range of days names no month or year twice', () => {
  expect(dateRange('2023-06-01', '2023-06-10')).toBe('1–10 June 2023')
  expect(dateRange('2023-06-28', '2023-07-03')).toBe('28 June – 3 July 2023')
  expect(dateRange('2023-12-30', '2024-01-02')).toBe('30 December 2023 – 2 January 2024')
  expect(dateRange('2024-02-29', '2024-02-29')).toBe('29 February 2024')
})

test('a month goes without a day', () => {
  expect(monthOrDay('2023-09')).toBe('September 2023')
  expect(monthOrDay('2023-09-05')).toBe('5 September 2023')
})

test('numbers have separators, and words agree with their number', () => {
  expect([0, 1, 2, 12_480].map(chats)).toEqual(['0 chats', '1 chat', '2 chats', '12,480 chats'])
  fc.assert(
    fc.property(fc.nat(10_000_000), number => {
      const [, digits, word] = /^([\d,]+) (\w+)$/.exec(counted(number, 'fish', 'fishes')) ?? []
      expect(Number(digits?.replaceAll(',', ''))).toBe(number)
      expect(word).toBe(number === 1 ? 'fish' : 'fishes')
    }),
  )
})

test('lists have a word before their last part', () => {
  expect(['a', 'b', 'c'].map((_, index, all) => listed(all.slice(0, index + 1)))).toEqual([
    ...['a', 'a and b', 'a, b and c'],
  ])
  expect(alternatives(['a', 'b', 'c'])).toBe('a, b or c')
})

test.for([
  [0.2, 'less than a second', 'in 0 seconds'],
  [1, '1 second', 'in 1 second'],
  [33, '33 seconds', 'in 33 seconds'],
  [120, '2 minutes', 'in 2 minutes'],
  [5400, '1 hour, 30 minutes', 'in 2 hours'],
  [7200, '2 hours', 'in 2 hours'],
] as const)('%d seconds are “%s”, and “%s” from now', ([seconds, long, from]) => {
  expect(span(seconds)).toBe(long)
  expect(distance(seconds)).toBe(from)
})

test('an endless duration is unknown', () => {
  expect(span(Number.POSITIVE_INFINITY)).toBe('an unknown time')
})
