import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readClock, readDay, readRange, readSpan, readWeekday } from '../src/parse-time.ts'

test.for([
  ['12h', 'PT12H'],
  ['1 week', 'P1W'],
  ['1 Weeks', 'P1W'],
  ['two days', 'P2D'],
  ['a week', 'P1W'],
  ['an hour', 'PT1H'],
  ['half an hour', 'PT30M'],
  ['half a day', 'PT12H'],
  ['1.5 hours', 'PT1H30M'],
  ['1h30m', 'PT1H30M'],
  ['2 hours and 30 minutes', 'PT2H30M'],
  ['1 week, 2 days', 'P1W2D'],
  ['a fortnight', 'P2W'],
  ['a couple of days', 'P2D'],
  ['3 months', 'P3M'],
  ['2wks', 'P2W'],
  ['90 mins', 'PT90M'],
] as const)('“%s” lasts %s', ([typed, span]) => expect(String(readSpan(typed))).toBe(span))

test.for([
  ...[
    '',
    'week',
    '2',
    '0d',
    '-1d',
    '1 day 1 day',
    '1.5 months',
    'half a year',
    'days two',
    '1 parsec',
  ],
  ...['two', '99999d', '1d later'],
])('“%s” is no span', typed => expect(readSpan(typed)).toBeUndefined())

test.for([
  ['noon', 12, 0],
  ['Midday', 12, 0],
  ['12 noon', 12, 0],
  ['midnight', 0, 0],
  ['9', 9, 0],
  ['9am', 9, 0],
  ['9 p.m.', 21, 0],
  ['12am', 0, 0],
  ['12 pm', 12, 0],
  ['9:00', 9, 0],
  ['09.30', 9, 30],
  ['0900', 9, 0],
  ['9h', 9, 0],
  ['21h30', 21, 30],
  ["9 o'clock", 9, 0],
  ['9 o’clock', 9, 0],
  ['nine', 9, 0],
  ['at nine in the evening', 21, 0],
  ['24:00', 0, 0],
  ['24', 0, 0],
  ['half past seven', 7, 30],
  ['a quarter to eight', 7, 45],
  ['quarter past 9 pm', 21, 15],
  ['quarter to midnight', 23, 45],
  ['7:30', 7, 30],
] as const)('“%s” is %i:%i', ([typed, hour, minute]) => {
  expect(readClock(typed)).toEqual({ hour, minute })
})

test.for(['', '25', '24:30', '13pm', '0am', '9:60', '9:5', 'soon', '-1', '9 noon', 'thirteen'])(
  '“%s” is no time of day',
  typed => expect(readClock(typed)).toBeUndefined(),
)

test.for([
  ['22-7', 22, 7],
  ['22 – 7', 22, 7],
  ['22:00 to 7:00', 22, 7],
  ['22 until 7', 22, 7],
  ['10 pm until 7 am', 22, 7],
  ['from 10pm till 7', 22, 7],
  ['between 22 and 7', 22, 7],
  ['22 7', 22, 7],
  ['noon to midnight', 12, 0],
  ['2200-0700', 22, 7],
  ["ten o'clock → 24:00", 10, 0],
] as const)('“%s” is from %i to %i', ([typed, from, to]) => {
  const whole = (hour: number) => ({ hour, minute: 0 })
  expect(readRange(typed)).toEqual({ from: whole(from), to: whole(to) })
})

test.for(['', '7', '1-2-3', '22 to', 'to 7', 'night to day', '22:00 7:00 8:00'])(
  '“%s” is no range',
  typed => expect(readRange(typed)).toBeUndefined(),
)

test('a day is read by its name or date, a weekday as the next one', () => {
  const wednesday = Temporal.PlainDate.from('2027-03-24')
  for (const [typed, day] of [
    ['today', '2027-03-24'],
    ['Tomorrow', '2027-03-25'],
    ['friday', '2027-03-26'],
    ['on Mon', '2027-03-29'],
    ['wednesday', '2027-03-31'],
    ['2027-12-01', '2027-12-01'],
  ] as const) {
    expect(String(readDay(typed, wednesday)), typed).toBe(day)
  }
  for (const typed of ['', 'fr', 'someday', '2027-02-30']) {
    expect(readDay(typed, wednesday), typed).toBeUndefined()
  }
  expect(readWeekday('every sunday')).toBe(7)
  expect(readWeekday('mondays')).toBe(1)
})

test('any text at all is read as a time or as none', () => {
  const word = fc.constantFrom(
    'a',
    'half',
    '1',
    '22',
    ':',
    'to',
    '-',
    'week',
    'h',
    'pm',
    'noon',
    'and',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(word).map(parts => parts.join(' ')),
  )
  fc.assert(
    fc.property(text, typed => {
      const span = readSpan(typed)
      if (span) expect(span.sign).toBe(1)
      for (const clock of [readClock(typed), readRange(typed)?.from]) {
        if (clock)
          expect(() => Temporal.PlainTime.from(clock, { overflow: 'reject' })).not.toThrow()
      }
    }),
    { numRuns: 500 },
  )
})
