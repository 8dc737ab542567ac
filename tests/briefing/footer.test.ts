import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { ageOf, footer, warned, withWarning } from '../../src/briefing/footer.ts'
import { message, paragraph } from '../../src/message.ts'
import { edition } from '../content/fixture.ts'

function source(asOf: string, today: string) {
  return footer(edition(), asOf, Temporal.PlainDate.from(today))
}

/** The source with the warning that it may need. */
function shown(asOf: string, today: string): string {
  return textOf(warned(source(asOf, today)))
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

test('a source is one quiet line without a warning, which is added where it is due', () => {
  const old = source('2020-01', '2026-01-01')
  expect(textOf(old)).toBe('Source: The publisher, as of January 2020.')
  expect(old.data).toMatchObject({ isQuiet: true, age: 'old' })
  const said = message([paragraph('Words.'), old])
  expect(ageOf(said)).toBe('old')
  expect(ageOf(withWarning(said))).toBe('warned')
  expect(withWarning(said)).toBe(withWarning(said))
  expect(warned(warned(old))).toEqual(warned(old))
  const recent = message([source('2025-12', '2026-01-01')])
  expect(ageOf(recent)).toBe(undefined)
  expect(withWarning(recent)).toEqual(recent)
})
