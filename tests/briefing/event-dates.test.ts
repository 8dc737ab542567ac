import { expect, test } from 'vitest'
import { describeChange } from '../../src/briefing/event-changes.ts'
import { datesInWords } from '../../src/briefing/event-dates.ts'
import { repeatInWords } from '../../src/briefing/repeat-words.ts'
import { eventUpdate } from '../../src/briefing/updates.ts'
import type { EventChange } from '../../src/content/diff.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { renderText } from '../../src/render/text.ts'
import { edition } from '../content/fixture.ts'

function event(start: string, end: string, more: Partial<CalendarEvent> = {}): CalendarEvent {
  return { id: 'e', name: 'E', start, end, participants: 'All', status: 'scheduled', ...more }
}

test.each([
  ['FREQ=DAILY', 'every day'],
  ['FREQ=DAILY;INTERVAL=2;COUNT=5', 'every 2 days, 5 times'],
  ['FREQ=WEEKLY;UNTIL=20270501', 'every week, until 1 May 2027'],
  ['FREQ=WEEKLY;BYDAY=MO,WE', 'every week on Monday and Wednesday'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every week on working days'],
  ['FREQ=MONTHLY;BYDAY=1MO', 'every month on the 1st Monday'],
  ['FREQ=MONTHLY;BYDAY=-1FR', 'every month on the last Friday'],
  ['FREQ=MONTHLY;BYDAY=-2MO', 'every month on the 2nd Monday from the end'],
  ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,3', 'every month on the 1st Monday and the 3rd Monday'],
  ['FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=-1', 'every month on the last Saturday or Sunday'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'every month on the last working day'],
  ['FREQ=MONTHLY;BYMONTHDAY=1,15', 'every month on the 1st and the 15th'],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', 'every month on the last day'],
  ['FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR', 'every month on the 13th if it falls on Friday'],
  ['FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=-1', 'every month'],
  ['FREQ=YEARLY;BYMONTH=3,9;BYDAY=2TU', 'every year on the 2nd Tuesday in March and September'],
])('the rule %s reads: %s', (repeat, said) => {
  expect(repeatInWords(event('2027-02-01', '2027-02-01', { repeat }))).toBe(said)
})

test('the dates of an event have its times with their zone, and the first ones of a series', () => {
  const zone = 'Europe/Sarajevo'
  expect(datesInWords(event('2027-01-10T10:00', '2027-01-10T11:00', { zone }))).toBe(
    'Sun 10 Jan 2027, 10:00–11:00 (Europe/Sarajevo)',
  )
  expect(datesInWords(event('2027-01-10T22:00', '2027-01-12T02:00', { zone }))).toBe(
    'Sun 10 Jan 2027, 22:00 – Tue 12 Jan 2027, 02:00 (Europe/Sarajevo)',
  )
  const weekly = event('2027-01-10T10:00', '2027-01-10T11:00', { zone, repeat: 'FREQ=WEEKLY' })
  expect(datesInWords(weekly)).toBe(
    'every week, first Sun 10 Jan 2027, 10:00–11:00 (Europe/Sarajevo)',
  )
})

test('a series that begins on another day has moved to other words', () => {
  const before = event('2027-02-01', '2027-02-03', { repeat: 'FREQ=MONTHLY' })
  const after = { ...before, start: '2027-02-08', end: '2027-02-10' }
  expect(describeChange({ kind: 'moved', before, after })).toBe(
    'moved from every month, first 1–3 February 2027 to every month, first 8–10 February 2027',
  )
})

test('an update for all zones names the zone of a time, and no days from today', () => {
  const zone = 'America/New_York'
  const after = event('2027-01-10T23:00', '2027-01-10T23:30', { zone })
  const [before, other] = [
    { ...after, start: '2027-01-10T22:00' },
    { ...after, id: 'f', name: 'F' },
  ]
  const changes: EventChange[] = [
    { kind: 'moved', before, after },
    { kind: 'added', after: other },
  ]
  const today = Temporal.PlainDate.from('2027-01-08')
  const { body } = eventUpdate(edition(), changes, today)
  const shown = renderText({ body }, { columns: 100, style: 'grid', colour: false })
  const times = 'Sun 10 Jan 2027, 23:00–23:30 (America/New_York)'
  expect(shown).toContain(`E, ${times}\nAll\n`)
  expect(shown).toContain(`F, ${times}\nAll\nJust added.`)
  expect(shown).not.toMatch(/in \d days/)
})
