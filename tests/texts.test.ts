import { expect, test } from 'vitest'
import { dateRange, monthOrDay } from '../src/texts/dates.ts'

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
