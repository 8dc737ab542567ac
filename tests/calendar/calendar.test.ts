import fc from 'fast-check'
import ICAL from 'ical.js'
import { expect, test } from 'vitest'
import { calendarOf } from '../../src/calendar/calendar.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { hasOccurrence, isTimed, occurrencesWithin } from '../../src/content/occurrences.ts'
import { edition } from '../content/fixture.ts'
import { anyCharacter, runs } from '../properties.ts'
import { faultsOf, readCalendar, unescaped, valueIn, ZONES } from './reader.ts'

const at = Temporal.Instant.from('2026-11-30T10:20:30.456Z')
const once = () => ({ sequence: 3, at })
const shipped = edition({})

const base = {
  id: 'one',
  name: 'Winter drill',
  start: '2027-01-10',
  end: '2027-01-12',
  participants: 'All',
  status: 'scheduled',
} as const

/** The lines of one event, by their names. */
function linesOf(event: Partial<CalendarEvent>) {
  const text = calendarOf(shipped, [{ ...base, ...event }], once)
  expect(faultsOf(text)).toEqual([])
  const [read] = readCalendar(text).parts.filter(({ kind }) => kind === 'VEVENT')
  return Object.fromEntries(
    (read?.lines ?? []).map(({ name, parameters, value }) => {
      const named = Object.entries(parameters).map(([key, each]) => `${key}=${each}`)
      return [[name, ...named].join(';'), value]
    }),
  )
}

test('a calendar has the title of its edition, and says how often to ask for it', () => {
  const { lines } = readCalendar(calendarOf({ ...shipped, title: 'A, b; c' }, [], once))
  expect(lines.map(({ name, value }) => `${name}:${value}`)).toEqual([
    'VERSION:2.0',
    'PRODID:-//Sitrep//Sitrep//EN',
    'METHOD:PUBLISH',
    'NAME:A\\, b\\; c: exercises',
    'X-WR-CALNAME:A\\, b\\; c: exercises',
    'REFRESH-INTERVAL:PT1H',
    'X-PUBLISHED-TTL:PT1H',
  ])
})

test('an event of days ends on the day after its last, and blocks no time', () => {
  const event = { location: 'Mostar', link: 'https://example.org/a,b;c', source: 'The army' }
  expect(linesOf({ ...event, note: 'Cold, dark.' })).toEqual({
    UID: 'one@test.sitrep',
    DTSTAMP: '20261130T102030Z',
    'LAST-MODIFIED': '20261130T102030Z',
    SEQUENCE: '3',
    STATUS: 'CONFIRMED',
    SUMMARY: 'Winter drill',
    'DTSTART;VALUE=DATE': '20270110',
    'DTEND;VALUE=DATE': '20270113',
    TRANSP: 'TRANSPARENT',
    LOCATION: 'Mostar',
    DESCRIPTION:
      'Participants: All\\nCold\\, dark.\\nhttps://example.org/a\\,b\\;c\\nSource: The army',
    URL: 'https://example.org/a,b;c',
  })
})

test('an event with times has those of its zone, and the definition of the zone', () => {
  const times = { start: '2027-01-10T10:00', end: '2027-01-10T12:30' }
  expect(linesOf({ ...times, zone: 'America/New_York' })).toMatchObject({
    'DTSTART;TZID=America/New_York': '20270110T100000',
    'DTEND;TZID=America/New_York': '20270110T123000',
  })
  const utc = calendarOf(shipped, [{ ...base, ...times, zone: 'UTC' }], once)
  expect(utc).toContain('DTSTART:20270110T100000Z\r\nDTEND:20270110T123000Z\r\n')
  expect(utc).not.toContain('VTIMEZONE')
})

test('a postponed event keeps its former dates and says so, and a cancelled one is marked', () => {
  const postponed = linesOf({ status: 'postponed' })
  expect(postponed).toMatchObject({ STATUS: 'TENTATIVE', 'DTSTART;VALUE=DATE': '20270110' })
  expect(postponed.DESCRIPTION).toMatch(/^Postponed\. These are the former dates\.\\n/)
  const cancelled = linesOf({ status: 'cancelled' })
  expect(cancelled.STATUS).toBe('CANCELLED')
  expect(cancelled.DESCRIPTION).toMatch(/^Cancelled\.\\n/)
})

test.for([
  ['NATO', undefined],
  ['Ada: ada at example.org', undefined],
  ['ada@example.org', 'mailto:ada@example.org'],
  ['mailto:ada@example.org', 'mailto:ada@example.org'],
  ['https://example.org/œuvre', 'https://example.org/%C5%93uvre'],
  ['javascript:alert(1)', undefined],
])('the organizer %j is a property only as a URI, else words', ([organizer, uri]) => {
  const { ORGANIZER, DESCRIPTION } = linesOf({ organizer: organizer as string })
  expect(ORGANIZER).toBe(uri)
  expect(unescaped(DESCRIPTION ?? '').includes(`Organizer: ${organizer}`)).toBe(uri === undefined)
})

test.for([
  ['FREQ=DAILY;UNTIL=20270131', '20270110T1000', 'FREQ=DAILY;UNTIL=20270131T225959Z'],
  ['FREQ=DAILY;UNTIL=20270131T100000', '20270110T1000', 'FREQ=DAILY;UNTIL=20270131T090000Z'],
  ['FREQ=DAILY;UNTIL=20270131T100000Z', '20270110T1000', 'FREQ=DAILY;UNTIL=20270131T100000Z'],
  ['FREQ=DAILY;UNTIL=20270131T100000Z', '20270110', 'FREQ=DAILY;UNTIL=20270131'],
] as const)(
  'the end of the rule %s is of the kind that its start asks for',
  ([repeat, start, rule]) => {
    const times = { start: '2027-01-10T10:00', end: '2027-01-10T12:00', zone: 'Europe/Sarajevo' }
    const isTime = start.includes('T')
    const lines = linesOf({ ...(isTime && times), repeat, except: ['2027-01-12'] })
    expect(lines.RRULE).toBe(rule)
    if (isTime) expect(lines['EXDATE;TZID=Europe/Sarajevo']).toBe('20270112T100000')
    else expect(lines['EXDATE;VALUE=DATE']).toBe('20270112')
  },
)

/** Texts of an editor or of an attacker. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ',',
        ';',
        '\\',
        '\n',
        '\r',
        '\r\n',
        '\\n',
        '"',
        ':',
        '🙂',
        'é',
        '🇧🇦',
        '\u2028',
      ),
      fc.constantFrom(
        '\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x',
        '\nATTACH:http://x',
        'x'.repeat(80),
      ),
      fc.string({ unit: anyCharacter, maxLength: 30 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map(parts => parts.join(''))
  .filter(value => value !== '')

/** Rules without BYSETPOS, which ical.js does not observe in the first month. */
const RULES = [
  ...[
    'FREQ=DAILY;COUNT=7',
    'FREQ=WEEKLY;BYDAY=TU;COUNT=4',
    'FREQ=DAILY;INTERVAL=3',
    'FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2',
  ],
  ...['FREQ=MONTHLY;BYDAY=1MO', 'FREQ=MONTHLY;BYDAY=-1FR', 'FREQ=MONTHLY;BYMONTHDAY=31'],
  ...['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'FREQ=WEEKLY;UNTIL=20290601', 'FREQ=WEEKLY;WKST=SU'],
  ...['FREQ=DAILY;UNTIL=20280310T100000Z'],
]

const event = fc
  .record({
    id: fc.stringMatching(/^[a-z0-9-]{1,12}$/),
    name: text,
    day: fc.integer({ min: 0, max: 1500 }),
    days: fc.integer({ min: 0, max: 20 }),
    minutes: fc.option(
      fc.tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 3000 })),
    ),
    zone: fc.constantFrom('UTC', ...ZONES),
    repeat: fc.option(fc.constantFrom(...RULES)),
    left: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
    participants: text,
    location: fc.option(text, { nil: undefined }),
    note: fc.option(text, { nil: undefined }),
    status: fc.constantFrom('scheduled', 'postponed', 'cancelled'),
  })
  .map(({ day, days, minutes, zone, repeat, left, ...rest }): CalendarEvent => {
    const first = Temporal.PlainDateTime.from('2025-01-01T00:00').add({ days: day })
    const start = first.add({ minutes: minutes?.[0] ?? 0 })
    const end = start.add(minutes ? { minutes: minutes[1] } : { days })
    const form = (local: Temporal.PlainDateTime) =>
      local.toString({ smallestUnit: 'minute' }).slice(0, minutes ? undefined : 10)
    const made = { ...rest, start: form(start), end: form(end), ...(minutes && { zone }) }
    if (repeat === null) return made
    const starts = startsIn({ ...made, repeat }, 10)
    const except = left.flatMap(index => starts[index]?.slice(0, 10) ?? [])
    return { ...made, repeat, except }
  })
  .filter(hasOccurrence)

/** The first local starts of an event until {@link endOf}. */
function startsIn(each: CalendarEvent, most: number): string[] {
  const from = Temporal.PlainDate.from('2024-12-01').toZonedDateTime('UTC')
  return occurrencesWithin(each, from, endOf(each).toZonedDateTime('UTC'))
    .slice(0, most)
    .map(({ subject }) => subject.slice(each.id.length + 1) || each.start)
}

/** A day by which a rule has begun ten times, or the last year for which ical.js looks up offsets. */
function endOf({ start, repeat = '' }: CalendarEvent): Temporal.PlainDate {
  const first = Temporal.PlainDate.from(start)
  if (repeat.startsWith('FREQ=DAILY')) return first.add({ days: 60 })
  return repeat.startsWith('FREQ=WEEKLY') ? first.add({ days: 200 }) : first.with({ year: 2034 })
}

/** A text without what no calendar may have. */
const plain = (value: string) =>
  value
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the same characters, by another notation.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')

test('what is read back equals the events, with ical.js and without', () => {
  const events = fc.uniqueArray(event, { selector: ({ id }) => id, maxLength: 4 })
  fc.assert(
    fc.property(events, text, (written, title) => {
      const file = calendarOf({ ...shipped, title }, written, once)
      expect(faultsOf(file)).toEqual([])
      const own = readCalendar(file)
      expect(unescaped(valueIn(own, 'NAME') ?? '')).toBe(plain(`${title}: exercises`))
      const calendar = new ICAL.Component(ICAL.parse(file))
      const read = calendar.getAllSubcomponents('vevent').map(each => new ICAL.Event(each))
      expect(read).toHaveLength(written.length)
      for (const [index, each] of written.entries()) {
        const found = read[index]
        const [bare] = own.parts.filter(part => valueIn(part, 'UID') === `${each.id}@test.sitrep`)
        if (!found || !bare) throw new Error(`${each.id} is missing.`)
        expect(unescaped(valueIn(bare, 'SUMMARY') ?? '')).toBe(plain(each.name))
        expect(found.summary).toBe(plain(each.name))
        expect(found.location ?? '').toBe(plain(each.location ?? ''))
        expect(found.description).toContain(plain(`Participants: ${each.participants}`))
        expect(found.description).toContain(plain(each.note ?? ''))
        expect(found.sequence).toBe(3)
        const local = (time: ICAL.Time) => time.toString().slice(0, each.start.length)
        expect(local(found.startDate)).toBe(each.start)
        const end = found.endDate.clone()
        if (!isTimed(each)) end.adjust(-1, 0, 0, 0)
        expect(local(end)).toBe(each.end)
        const zone = isTimed(each) ? (each.zone ?? 'UTC') : 'floating'
        expect(found.startDate.zone.tzid).toBe(zone)
        const last = endOf(each).subtract({ days: 2 }).toString()
        const known = (starts: readonly string[]) => starts.filter(start => start < last)
        expect(known(startsOf(found, 10).map(local))).toEqual(known(startsIn(each, 10)))
      }
    }),
    { numRuns: runs(1000) },
  )
})

/** The first starts that ical.js finds. It names a start twice that stands in an RDATE: RFC 5545 counts it once. */
function startsOf(found: ICAL.Event, most: number): ICAL.Time[] {
  if (!found.isRecurring()) return [found.startDate]
  const starts = new Map<string, ICAL.Time>()
  const next = found.iterator()
  for (let time = next.next(); time && time.year < 2035; time = next.next()) {
    starts.set(time.toString(), time)
    if (starts.size === most) break
  }
  return [...starts.values()]
}
