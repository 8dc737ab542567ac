import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { countdown, refreshed } from '../../src/briefing/countdown.ts'
import { digest, hasNews } from '../../src/briefing/digest.ts'
import { NOTHING_CHANGED } from '../../src/content/diff.ts'
import { EXERCISES } from '../../src/content/edition.ts'
import { message, paragraph } from '../../src/message.ts'
import { texts } from '../../src/texts.ts'
import { edition, localOn } from '../content/fixture.ts'

const words = texts.countdown
const on = (day: string) => Temporal.PlainDate.from(day)

test.each<[string, string, string, string]>([
  ['2026-05-30', '2026-06-01', '2026-06-10', words.begins(2)],
  ['2026-05-31', '2026-06-01', '2026-06-10', words.begins(1)],
  ['2026-06-01', '2026-06-01', '2026-06-10', words.beginsToday(10)],
  ['2026-06-01', '2026-06-01', '2026-06-01', words.begins(0)],
  ['2026-06-02', '2026-06-01', '2026-06-10', words.beganYesterday(2, 10)],
  ['2026-06-03', '2026-06-01', '2026-06-10', words.underWay(3, 10)],
  ['2026-06-02', '2026-06-01', '2026-06-02', words.endsToday(2)],
  ['2026-06-11', '2026-06-01', '2026-06-10', words.endedYesterday],
  ['2026-06-12', '2026-06-01', '2026-06-10', words.over],
])('on %s an exercise from %s to %s is counted as “%s”', (day, start, end, said) => {
  expect(countdown({ start, end }, on(day))).toMatchObject({ value: said })
})

test('a message that is sent a day later counts from that day, and the original stays as it was', () => {
  const before = message([
    paragraph(countdown({ start: '2026-06-01', end: '2026-06-10' }, on('2026-05-31'))),
  ])
  const after = refreshed(before, on('2026-06-02'))
  expect(textOf(before.body)).toBe(words.begins(1))
  expect(textOf(after.body)).toBe(words.beganYesterday(2, 10))
})

test.each([
  ['2026-05-01', false],
  ['2026-05-02', true],
  ['2026-06-10', true],
  ['2026-06-11', false],
])('on %s a digest has news of an exercise within 30 days: %s', (day, isNews) => {
  const options = { edition: localOn(on(day), edition()), changes: NOTHING_CHANGED, today: on(day) }
  expect(hasNews(options)).toBe(isNews)
  const body = textOf(digest({ ...options, turn: 0 }).body)
  expect(body.includes(texts.events.near(EXERCISES, 30))).toBe(isNews)
})

test('digests show the sections in turn, and begin again after the last one', () => {
  const files = {
    'sections/02-beta.md': `---\ncommand: beta\ntitle: Beta\nsummary: The second.\n---\n\nWords.\n`,
  }
  const today = on('2026-01-01')
  const both = { edition: localOn(today, edition(files)), changes: NOTHING_CHANGED, today }
  const first = (turn: number) => digest({ ...both, turn }).actions?.[0]
  expect([0, 1, 2].map(first)).toMatchObject([
    { command: '/alpha' },
    { command: '/beta' },
    { command: '/alpha' },
  ])
})
