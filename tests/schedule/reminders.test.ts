import { expect, test } from 'vitest'
import type { ReminderLead } from '../../src/reminder-leads.ts'
import { dueReminders } from '../../src/schedule/due-reminders.ts'
import { firstSeenAt } from '../../src/schedule/first-seen.ts'
import { event, openSchedule } from './scene.ts'

const LONG_AGO = Temporal.Instant.from('2000-01-01T00:00:00Z')
const NINE = Temporal.PlainTime.from('09:00')

function of(
  events: ReturnType<typeof event>[],
  zone: string,
  {
    moments = [14, 3, 1, 'start', 'end'] as readonly ReminderLead[],
    time = NINE,
    known = LONG_AGO,
  } = {},
): string[] {
  const [after, until] = ['2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z'].map(Temporal.Instant.from)
  if (!after || !until) return []
  const settings = { moments, time }
  return dueReminders(zone, { events }, firstSeenAt({}, events, known), settings, after, until).map(
    ({ at, lead }) => `${at} ${lead}`,
  )
}

test('an exercise over a change of the clocks is told of at the same local time on either side', () => {
  expect(of([event('e', '2027-03-28', '2027-11-01')], 'Europe/Sarajevo')).toEqual([
    '2027-03-14T08:00:00Z 14',
    '2027-03-25T08:00:00Z 3',
    '2027-03-27T08:00:00Z 1',
    '2027-03-28T07:00:00Z start',
    '2027-11-01T08:00:00Z end',
  ])
})

test('zones are as odd as they are', () => {
  const one = [event('e', '2028-03-01', '2028-03-01')]
  // The day before is a leap day.
  expect(of(one, 'Asia/Kathmandu')).toEqual([
    '2028-02-16T03:15:00Z 14',
    '2028-02-27T03:15:00Z 3',
    '2028-02-29T03:15:00Z 1',
    '2028-03-01T03:15:00Z start',
  ])
  expect(of(one, 'Pacific/Kiritimati').at(-1)).toBe('2028-02-29T19:00:00Z start')
  // Lord Howe's summer time is half an hour.
  expect(of([event('e', '2028-04-02', '2028-04-02')], 'Australia/Lord_Howe').slice(-2)).toEqual([
    '2028-03-31T22:00:00Z 1',
    '2028-04-01T22:30:00Z start',
  ])
  expect(of([event('e', '2028-01-01', '2028-01-02')], 'UTC')).toContain('2027-12-31T09:00:00Z 1')
})

test('a time that the clocks leave out moves by the gap, of one that they show twice the first counts', () => {
  const time = Temporal.PlainTime.from('02:30')
  const gap = [event('e', '2027-03-28', '2027-03-28')]
  expect(of(gap, 'Europe/Sarajevo', { time }).at(-1)).toBe('2027-03-28T01:30:00Z start')
  const twice = [event('e', '2027-10-31', '2027-10-31')]
  expect(of(twice, 'Europe/Sarajevo', { time }).at(-1)).toBe('2027-10-31T00:30:00Z start')
})

test('nothing is reminded of that is postponed or cancelled, nor before it is known', () => {
  const dates = ['2027-06-01', '2027-06-10'] as const
  expect(of([event('e', ...dates, { status: 'postponed' })], 'UTC')).toEqual([])
  expect(of([event('e', ...dates, { status: 'cancelled' })], 'UTC')).toEqual([])
  const known = Temporal.Instant.from('2027-05-29T09:00:00Z')
  expect(of([event('e', ...dates)], 'UTC', { known })).toEqual([
    '2027-05-31T09:00:00Z 1',
    '2027-06-01T09:00:00Z start',
    '2027-06-10T09:00:00Z end',
  ])
})

test('a chat that wants reminders of the last day gets one for an exercise of one day', () => {
  const one = [event('e', '2027-06-01', '2027-06-01')]
  expect(of(one, 'UTC', { moments: ['end'] })).toEqual(['2027-06-01T09:00:00Z end'])
  expect(of(one, 'UTC', { moments: ['end', 'start'] })).toEqual(['2027-06-01T09:00:00Z start'])
})

test('dates are known since they were seen first, not since something else about them has changed', () => {
  const [first, later] = ['2027-05-01T00:00:00Z', '2027-05-02T00:00:00Z'].map(Temporal.Instant.from)
  if (!first || !later) throw new Error('These are instants.')
  const june = event('e', '2027-06-01', '2027-06-10')
  const known = firstSeenAt({}, [june], first)
  expect(firstSeenAt(known, [{ ...june, note: 'More.' }], later).e?.since).toBe(first.toString())
  expect(firstSeenAt(known, [{ ...june, end: '2027-06-11' }], later).e?.since).toBe(
    later.toString(),
  )
  expect(firstSeenAt(known, [], later)).toEqual({})
})

test('of two reminders missed within a day, the newer is sent and the older is recorded as missed', async () => {
  // The night of 28 March has 23 hours: both mornings lie within 24 hours.
  const { subscribe, beat, restart, slots } = await openSchedule({
    start: '2027-03-27T00:00:00Z',
    events: [event('e', '2027-03-28', '2027-03-28')],
  })
  await beat()
  await subscribe('1', { topics: ['events'] })
  restart()
  const got = await beat('2027-03-28T07:30:00Z')
  expect(got.map(({ key }) => key)).toEqual([
    'reminder e 2027-03-28 2027-03-28 start Europe/Sarajevo',
  ])
  expect(await slots()).toEqual([
    { key: 'reminder e 2027-03-28 2027-03-28 1d Europe/Sarajevo', outcome: 'missed' },
    { key: 'reminder e 2027-03-28 2027-03-28 start Europe/Sarajevo', outcome: 'posted' },
  ])
})

test('down for a month, the reminders of that month are on record as missed, and that of today comes', async () => {
  const { subscribe, beat, restart, slots } = await openSchedule({
    start: '2027-05-01T00:00:00Z',
    events: [event('e', '2027-06-01', '2027-06-10')],
  })
  await beat()
  await subscribe('1', { topics: ['events'] })
  await beat('2027-05-02T00:00:00Z')
  restart()
  expect((await beat('2027-06-01T10:00:00Z')).map(({ text }) => text.slice(0, 56))).toEqual([
    'Exercise e starts today (day 1 of 10) 1–10 June 2027 All'.slice(0, 56),
  ])
  expect((await slots()).map(({ key, outcome }) => `${key.split(' ')[4]} ${outcome}`)).toEqual([
    ...['14d missed', '3d missed', '1d missed', 'start posted'],
  ])
})
