import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { footer } from '../../src/briefing/footer.ts'
import { edition } from '../content/fixture.ts'

function shown(asOf: string, today: string): string {
  return textOf(footer(edition(), asOf, Temporal.PlainDate.from(today)))
}

test('publisher and date stand under everything', () => {
  expect(shown('2026-01', '2026-02-01')).toBe('Source: The publisher, as of January 2026.')
  expect(shown('2026-01-09', '2026-02-01')).toBe('Source: The publisher, as of 9 January 2026.')
})

test('a date of over a year ago is marked, not one of a year ago to the day', () => {
  const mark = /may be out of date/
  expect(shown('2025-01-09', '2026-01-09')).not.toMatch(mark)
  expect(shown('2025-01-09', '2026-01-10')).toMatch(mark)
  expect(shown('2024-02-29', '2025-02-28')).not.toMatch(mark)
  expect(shown('2024-02-29', '2025-03-01')).toMatch(mark)
})

test('a month counts up to its last day', () => {
  const mark = /may be out of date/
  expect(shown('2025-01', '2026-01-31')).not.toMatch(mark)
  expect(shown('2025-01', '2026-02-01')).toMatch(mark)
})
