import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { type DigestOptions, digest } from '../../src/briefing/digest.ts'
import { titleOf } from '../../src/briefing/post-message.ts'
import { type Changes, diffEditions, NOTHING_CHANGED } from '../../src/content/diff.ts'
import type { Edition } from '../../src/content/edition.ts'
import { edition, localOn, section } from '../content/fixture.ts'

const event = (name: string, start: string, end: string) =>
  `- id: ${name.toLowerCase().replaceAll(' ', '-')}\n  name: ${name}\n  start: ${start}\n  end: ${end}\n  participants: All\n  status: scheduled\n`

const WINTER = event('Winter 2027', '2027-05-15', '2027-05-20')
const of = (events: string, sections: Record<string, string | undefined> = {}) =>
  edition({ 'events.yaml': events, ...sections })

type Options = Partial<Omit<DigestOptions, 'edition'>> & { readonly edition?: Edition }

function on(day: string, { edition = of(WINTER), ...options }: Options) {
  const today = Temporal.PlainDate.from(day)
  const local = localOn(today, edition)
  return digest({ edition: local, changes: NOTHING_CHANGED, turn: 0, ...options, today })
}

const titleOn = (day: string, options: Options = {}) => titleOf(on(day, options))

test('a digest’s title begins with the exercise that comes next', () => {
  expect(titleOn('2027-05-12')).toBe('Winter 2027 starts in 3 days · digest of 12 May')
  expect(titleOn('2027-05-14')).toBe('Winter 2027 starts tomorrow · digest of 14 May')
  expect(titleOn('2027-05-17')).toBe('Winter 2027 under way (day 3 of 6) · digest of 17 May')
  const both = of(WINTER + event('Spring 2027', '2027-05-18', '2027-05-19'))
  // An event that is under way is older news than the next one.
  expect(titleOn('2027-05-17', { edition: both })).toMatch(/^Spring 2027 starts tomorrow/)
  expect(titleOn('2027-05-19', { edition: both })).toMatch(/^Winter 2027 under way/)
})

test('changes come before it, and those of exercises first', () => {
  const changed = (after: ReturnType<typeof of>): Changes => diffEditions(of(WINTER), after)
  const moved = event('Winter 2027', '2027-05-17', '2027-05-22')
  const beta = section('command: beta\ntitle: Beta\nsummary: The second.')
  expect(titleOn('2027-05-12', { changes: changed(of(moved)) })).toBe(
    'Winter 2027 moved to 17–22 May 2027 · digest of 12 May',
  )
  const both = changed(of(moved, { 'sections/02-beta.md': beta }))
  expect(titleOn('2027-05-12', { changes: both })).toMatch(/^Winter 2027 moved to 17–22 May 2027/)
  const section2 = changed(of(WINTER, { 'sections/02-beta.md': beta }))
  expect(titleOn('2027-05-12', { changes: section2 })).toBe('New section: Beta · digest of 12 May')
})

test('without news it is the section of the digest, which the text does not name again', () => {
  expect(titleOn('2027-06-12')).toBe('Alpha · digest of 12 June')
  const text = textOf(on('2027-06-12', {}).body)
  expect(text.match(/Alpha/g)).toHaveLength(1)
  // Below other news, the section has a heading of its own.
  expect(textOf(on('2027-05-12', {}).body)).toContain('From the briefing: Alpha')
})

test('a digest lists five events, and says where the others are', () => {
  const many = Array.from({ length: 7 }, (_, index) => {
    const day = `2027-05-${String(index + 13)}`
    return event(`Day ${index + 1}`, day, day)
  })
  const text = textOf(on('2027-05-12', { edition: of(many.join('')) }).body)
  expect(text).toContain('Day 5')
  expect(text).not.toContain('Day 6')
  expect(text).toContain('…and 2 more: /exercises')
})
