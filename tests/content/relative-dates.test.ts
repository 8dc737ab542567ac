import { expect, test } from 'vitest'
import { withRelativeDates } from '../../src/content/relative-dates.ts'

const TODAY = Temporal.PlainDate.from('2026-11-30')
const read = (text: string, today = TODAY) => withRelativeDates(text, today)

test.for([
  ['{{today}}', '2026-11-30'],
  ['{{today+3d}}', '2026-12-03'],
  ['{{today-2w}}', '2026-11-16'],
  ['{{ today + 1 d }}', '2026-12-01'],
  ['{{today in words}}', '30 November 2026'],
  ['{{today-1d in words}}', '29 November 2026'],
  ['{{today+32d}}', '2027-01-01'],
])('%s is %s', ([text = '', date]) => {
  expect(read(`a ${text} b`)).toEqual({ text: `a ${date} b`, problems: [], isRelative: true })
})

test('dates cross the ends of months, of years and of February', () => {
  const dates = (today: string) =>
    read('{{today-1d}} {{today+1d}}', Temporal.PlainDate.from(today)).text
  expect(dates('2028-02-29')).toBe('2028-02-28 2028-03-01')
  expect(dates('2027-02-28')).toBe('2027-02-27 2027-03-01')
  expect(dates('2026-12-31')).toBe('2026-12-30 2027-01-01')
})

test('other words in braces are text', () => {
  const text = '{{name}} {{todays}} {today} today+3d {{ }}'
  expect(read(text)).toEqual({ text, problems: [], isRelative: false })
})

test.for([
  '{{today+3}}',
  '{{today+3m}}',
  '{{today+3 days}}',
  '{{Today}}',
  '{{today−3d}}',
  '{{today in word}}',
  '{{today+3d',
  '{{today+3d}',
  '{{today+99999d}}',
])('%s is a problem of its line, and today stands in its place', written => {
  const { text, problems, isRelative } = read(`one\r\ntwo {{today}}\nthree ${written}\nfour`)
  expect(text).toBe('one\r\ntwo 2026-11-30\nthree 2026-11-30\nfour')
  expect(isRelative).toBe(true)
  expect(problems).toEqual([
    {
      line: 3,
      message: `\`${written}\` is not a relative date.`,
      fix: 'Write {{today}}, {{today+3d}}, {{today-2w}} or {{today+3d in words}}.',
    },
  ])
})
