import { Cron } from 'croner'
import { expect, test } from 'vitest'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { correctedSubjects } from '../../src/schedule/corrected-subjects.ts'
import { dueReminders, leadsOf } from '../../src/schedule/due-reminders.ts'
import { firstSeenAt } from '../../src/schedule/first-seen.ts'
import { ZONES } from '../content/zones.ts'
import { editionOf, event, openSchedule } from './scene.ts'

const NINE = Temporal.PlainTime.from('09:00')
const YEAR = ['2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z'].map(text =>
  Temporal.Instant.from(text),
) as [Temporal.Instant, Temporal.Instant]

/** The reminders of a year for chats of a zone, found in steps as the schedule's beats find them. */
function yearOf(zone: string, event: CalendarEvent): string[] {
  const known = firstSeenAt({}, [event], Temporal.Instant.from('2020-01-01T00:00:00Z'))
  const settings = { moments: [1, '2h', 'start'] as const, time: NINE }
  const found: string[] = []
  for (let from = YEAR[0]; Temporal.Instant.compare(from, YEAR[1]) < 0; ) {
    const until = from.add({ hours: 24 })
    for (const { at, lead } of dueReminders(
      zone,
      { events: [event] },
      known,
      settings,
      from,
      until,
    ))
      found.push(`${at} ${lead}`)
    from = until
  }
  return found
}

/** The same reminders by croner: the starts in the event's zone, and the mornings before them in the chat's. */
function expectedOf(zone: string, eventZone: string, pattern: string): string[] {
  const [from, until] = YEAR.map(each => each.epochMilliseconds) as [number, number]
  const starts = new Cron(pattern, { timezone: eventZone })
    .nextRuns(500, new Date(from - 86_400_000 * 2))
    .map(run => run.getTime())
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  const mornings = new Map(
    new Cron('0 9 * * *', { timezone: zone })
      .nextRuns(400, new Date(from - 86_400_000 * 4))
      .map(run => [format.format(run), run.getTime()]),
  )
  const dayBefore = (at: number) =>
    Temporal.PlainDate.from(format.format(at)).subtract({ days: 1 }).toString()
  return starts
    .flatMap(start => [
      { at: mornings.get(dayBefore(start)) ?? 0, lead: '1' },
      { at: start - 7_200_000, lead: '2h' },
      { at: start, lead: 'start' },
    ])
    .filter(({ at }) => at > from && at <= until)
    .sort((a, b) => a.at - b.at)
    .map(({ at, lead }) => `${Temporal.Instant.fromEpochMilliseconds(at)} ${lead}`)
}

test.each(ZONES)('a year of reminders of weekly events in %s is what croner says', zone => {
  const other = ZONES[(ZONES.indexOf(zone) + 7) % ZONES.length] ?? 'UTC'
  for (const [eventZone, chatZone] of [
    [zone, other],
    [other, zone],
    [zone, zone],
  ] as const) {
    const weekly = event('e', '2026-12-02T18:15', '2026-12-02T19:00', {
      zone: eventZone,
      repeat: 'FREQ=WEEKLY;BYDAY=WE,SU',
    })
    expect(yearOf(chatZone, weekly)).toEqual(expectedOf(chatZone, eventZone, '15 18 * * 0,3'))
  }
})

test('an event’s own times of reminders count, or else those of the edition, or else the bot’s', () => {
  const at = (event: CalendarEvent, reminders?: readonly ('start' | number)[]) => {
    const known = firstSeenAt({}, [event], Temporal.Instant.from('2020-01-01T00:00:00Z'))
    const edition = { events: [event], ...(reminders && { reminders }) }
    return dueReminders('UTC', edition, known, { moments: [3], time: NINE }, ...YEAR).map(
      ({ at: instant }) => instant.toString(),
    )
  }
  const days = event('e', '2027-06-10', '2027-06-10')
  expect(at(days)).toEqual(['2027-06-07T09:00:00Z'])
  expect(at(days, [1])).toEqual(['2027-06-09T09:00:00Z'])
  expect(at({ ...days, reminders: ['start'] }, [1])).toEqual(['2027-06-10T09:00:00Z'])
  expect(at({ ...days, reminders: [] }, [1])).toEqual([])
  // Hours count before a time alone.
  expect(at({ ...days, reminders: ['5h'] })).toEqual([])
})

test('a repeated event has no reminder further ahead than its next occurrence, unless it says so', () => {
  const of = (more: Partial<CalendarEvent>) =>
    leadsOf(event('e', '2027-06-10', '2027-06-10', more), [14, 7, 3, 1, 'start'])
  expect(of({})).toEqual([14, 7, 3, 1, 'start'])
  expect(of({ repeat: 'FREQ=DAILY' })).toEqual(['start'])
  expect(of({ repeat: 'FREQ=WEEKLY;BYDAY=TH' })).toEqual([3, 1, 'start'])
  expect(of({ repeat: 'FREQ=WEEKLY;INTERVAL=2' })).toEqual([7, 3, 1, 'start'])
  expect(of({ repeat: 'FREQ=MONTHLY;BYDAY=1MO' })).toEqual([14, 7, 3, 1, 'start'])
  expect(of({ repeat: 'FREQ=DAILY', reminders: [14] })).toEqual([14])
})

test('an event with times has its last day’s reminder before its end alone', () => {
  const last = (end: string) => {
    const camp = event('e', '2027-06-10T18:00', end, { zone: 'UTC', reminders: ['end'] })
    const known = firstSeenAt({}, [camp], Temporal.Instant.from('2020-01-01T00:00:00Z'))
    const edition = { events: [camp] }
    return dueReminders('UTC', edition, known, { moments: [], time: NINE }, ...YEAR).length
  }
  expect(last('2027-06-12T12:00')).toBe(1)
  expect(last('2027-06-12T08:00')).toBe(0)
  expect(last('2027-06-10T22:00')).toBe(0)
})

const SIREN = event('siren', '2027-02-01T10:00', '2027-02-01T10:15', {
  name: 'Siren test',
  zone: 'Europe/Sarajevo',
  repeat: 'FREQ=MONTHLY;BYDAY=1MO',
  reminders: ['2h', 'start'],
})

test('chats of all zones get the reminder at the same instant, with their own local time', async () => {
  const { subscribe, beat } = await openSchedule({ start: '2027-01-01T00:00:00Z', events: [SIREN] })
  await beat()
  await subscribe('1', { topics: ['events'] })
  await subscribe('2', { topics: ['events'], zone: 'America/New_York' })
  expect(await beat('2027-02-01T06:59:00Z')).toEqual([])
  const got = await beat('2027-02-01T07:00:00Z')
  expect(got.map(({ chat, text }) => `${chat} ${text.slice(0, 100)}`).sort()).toEqual([
    expect.stringMatching(
      /^1 Siren test starts today at 10:00 Mon 1 Feb 2027, 10:00 – 10:15 \(Europe\/Sarajevo\) /,
    ),
    expect.stringMatching(
      /^2 Siren test starts today at 04:00 Mon 1 Feb 2027, 04:00 – 04:15 \(America\/New_York\) /,
    ),
  ])
  const next = await beat('2027-03-01T07:00:00Z')
  expect(next.map(({ key }) => key.slice(0, 60))).toEqual([
    'reminder siren 2027-03-01T09:00:00Z 2027-03-01T09:15:00Z 2h ',
    'reminder siren 2027-03-01T09:00:00Z 2027-03-01T09:15:00Z 2h ',
  ])
})

test('no reminder comes after the event, and what was missed is on record', async () => {
  const { subscribe, beat, restart, slots } = await openSchedule({
    start: '2027-01-31T00:00:00Z',
    events: [SIREN],
  })
  await beat()
  await subscribe('1', { topics: ['events'] })
  restart()
  expect(await beat('2027-02-01T09:16:00Z')).toEqual([])
  expect((await slots()).map(({ key, outcome }) => `${key.split(' ')[4]} ${outcome}`)).toEqual([
    '2h missed',
    'start missed',
  ])
})

test('a change of a series corrects the reminders of the occurrences that move', () => {
  const now = Temporal.ZonedDateTime.from('2027-02-01T08:00[UTC]')
  const moved = { ...SIREN, repeat: 'FREQ=MONTHLY;BYDAY=1TU', except: ['2027-02-01'] }
  const subjects = (after: CalendarEvent) =>
    correctedSubjects({ kind: 'moved', before: SIREN, after }, now).map(each => each.slice(6, 16))
  expect(subjects(moved)).toEqual(['2027-02-01', '2027-03-01', '2027-04-05', '2027-05-03'])
  // A new end leaves the occurrences before it alone.
  expect(subjects({ ...SIREN, repeat: `${SIREN.repeat};UNTIL=20270310` })).toEqual([
    '2027-04-05',
    '2027-05-03',
  ])
  const cancelled = { ...SIREN, status: 'cancelled' as const }
  expect(
    correctedSubjects({ kind: 'cancelled', before: SIREN, after: cancelled }, now),
  ).toHaveLength(4)
  const past = event('e', '2027-01-01', '2027-01-02')
  expect(correctedSubjects({ kind: 'moved', before: past, after: past }, now)).toEqual([])
})

test('a day that is taken out of a series, or put back, is announced, and its reminder corrected', async () => {
  const { subscribe, beat, edit } = await openSchedule({
    start: '2027-01-01T00:00:00Z',
    events: [SIREN],
  })
  await beat()
  await subscribe('1', { topics: ['events'] })
  expect(await beat('2027-02-01T07:00:00Z')).toHaveLength(1)
  edit(editionOf([{ ...SIREN, except: ['2027-02-01'] }]))
  await beat('2027-02-01T07:01:00Z')
  const got = await beat('2027-02-01T07:12:00Z')
  expect(got.map(({ text }) => text).sort()).toEqual([
    expect.stringMatching(/^Siren test: not on 1 February 2027 Corrected: not on 1 February/),
    expect.stringMatching(/^Siren test: not on 1 February 2027 Mon 1 Mar .* Not on 1 February/),
  ])
  edit(editionOf([SIREN]))
  await beat('2027-02-01T08:00:00Z')
  const [back, ...others] = await beat('2027-02-01T08:11:00Z')
  expect(back?.text).toMatch(/^Siren test: again on 1 February 2027 /)
  expect(others).toEqual([])
  const [start] = await beat('2027-02-01T09:00:00Z')
  expect(start?.text).toMatch(/^Siren test starts today at 10:00 /)
})
