import { describe, expect, test } from 'vitest'
import { isRepeat } from '../../src/content/repeat.ts'
import { readCalendar } from '../../src/feeds/read-calendar.ts'
import { APPLE, calendar, GOOGLE, OUTLOOK, vevent } from './calendars.ts'

const NOW = Temporal.ZonedDateTime.from('2026-11-30T12:00[Europe/Sarajevo]')

const read = (text: string, ...categories: string[]) =>
  readCalendar(text, { host: 'example.org', categories, now: NOW })

const one = (...lines: string[]) => read(calendar(vevent('one@x', ...lines))).events[0]

describe('exports of calendar programs', () => {
  test('an export of Google keeps ids, zones, the series with its override, and no private event', () => {
    expect(read(GOOGLE)).toEqual({
      unsupported: 0,
      skipped: 0,
      events: [
        {
          id: 'sirens',
          name: 'Test of the sirens',
          start: '2027-01-04T18:00',
          end: '2027-01-04T19:30',
          zone: 'Europe/Sarajevo',
          participants: 'Siren team',
          organizer: 'Siren team',
          status: 'scheduled',
          repeat: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20270630T215959Z',
          except: ['2027-01-11', '2027-01-18'],
        },
        {
          id: 'f-daf04ec056be',
          name: 'Test of the sirens (moved)',
          start: '2027-01-19T20:00',
          end: '2027-01-19T21:00',
          zone: 'Europe/Sarajevo',
          participants: 'Flood service',
          status: 'scheduled',
        },
        {
          id: '7kukuqrfedlm2f9t0qf1ea2b5c',
          name: 'High water 2027',
          start: '2027-05-10',
          end: '2027-05-12',
          participants: 'Flood service',
          status: 'scheduled',
          location: 'Doboj, Bosnia and Herzegovina',
          note: 'Three days on the Bosna & its tributaries.',
        },
      ],
    })
  })

  test('an export of Outlook has IANA zones, by the names of Windows and by the rules of its own', () => {
    const { events, ...counts } = read(OUTLOOK)
    expect(counts).toEqual({ unsupported: 0, skipped: 0 })
    expect(
      events.map(({ name, start, end, zone, status }) => [name, start, end, zone, status]),
    ).toEqual([
      ['Levee walk', '2027-01-15T09:00', '2027-01-15T11:30', 'Europe/Berlin', 'scheduled'],
      ['Depot closed', '2027-02-20', '2027-02-21', undefined, 'cancelled'],
      [
        'Call with New York',
        '2027-03-10T09:30',
        '2027-03-10T10:30',
        'America/New_York',
        'scheduled',
      ],
    ])
    expect(events[0]?.note).toBe('Bring boots.')
  })

  test('an export of Apple has its extra dates as events, and a rule by hours as its first date', () => {
    const { events, ...counts } = read(APPLE)
    expect(counts).toEqual({ unsupported: 1, skipped: 0 })
    expect(events.map(({ name, start, zone, repeat }) => [name, start, zone, repeat])).toEqual([
      ['Meeting', '2027-03-15T17:00', undefined, undefined],
      ['Sandbag day 🧱', '2027-04-01', undefined, undefined],
      ['Sandbag day 🧱', '2027-05-01', undefined, undefined],
      ['Sandbag day 🧱', '2027-06-01', undefined, undefined],
    ])
    expect(events[1]?.link).toBe('https://example.org/sandbags?day=1')
    expect(new Set(events.map(({ id }) => id)).size).toBe(4)
  })
})

describe('times', () => {
  test.for([
    [['DTSTART;VALUE=DATE:20270301'], '2027-03-01', '2027-03-01', undefined],
    [['DTSTART;VALUE=DATE:20270301', 'DURATION:P2D'], '2027-03-01', '2027-03-02', undefined],
    [
      ['DTSTART;VALUE=DATE:20270301', 'DTEND;VALUE=DATE:20270301'],
      '2027-03-01',
      '2027-03-01',
      undefined,
    ],
    [['DTSTART:20270301T100000Z'], '2027-03-01T10:00', '2027-03-01T10:01', 'UTC'],
    [
      [
        'DTSTART;TZID=/example.org/20260101/Europe/Berlin:20270301T100000',
        'DTEND:20270301T100000Z',
      ],
      '2027-03-01T10:00',
      '2027-03-01T11:00',
      'Europe/Berlin',
    ],
    // The clocks go forward at 02:00: an hour is an hour, and a day is a day.
    [
      ['DTSTART;TZID=Europe/Berlin:20270328T013000', 'DURATION:PT1H'],
      '2027-03-28T01:30',
      '2027-03-28T03:30',
      'Europe/Berlin',
    ],
    [
      ['DTSTART;TZID=Europe/Berlin:20270327T120000', 'DURATION:P1D'],
      '2027-03-27T12:00',
      '2027-03-28T12:00',
      'Europe/Berlin',
    ],
  ] as const)('%j', ([lines, start, end, zone]) => {
    expect(one(...lines)).toMatchObject({ start, end, ...(zone && { zone }) })
    expect(one(...lines)?.zone).toBe(zone)
  })

  test('a time without a zone has that of the calendar, and else none', () => {
    const event = vevent('a', 'DTSTART:20270301T100000')
    expect(read(calendar('X-WR-TIMEZONE:Romance Standard Time', event)).events[0]?.zone).toBe(
      'Europe/Paris',
    )
    expect(read(calendar(event)).events[0]?.zone).toBeUndefined()
  })

  test('a single event in UTC is by the clock of its calendar, except in the hour that this shows twice', () => {
    const zoned = (...lines: string[]) =>
      read(calendar('X-WR-TIMEZONE:Europe/Berlin', vevent('a', ...lines))).events[0]
    const evening = ['DTSTART:20270601T210000Z', 'DTEND:20270601T233000Z']
    expect(zoned(...evening)).toMatchObject({
      start: '2027-06-01T23:00',
      end: '2027-06-02T01:30',
      zone: 'Europe/Berlin',
    })
    const repeated = { start: '2027-06-01T21:00', zone: 'UTC', repeat: 'FREQ=WEEKLY' }
    expect(zoned(...evening, 'RRULE:FREQ=WEEKLY')).toMatchObject(repeated)
    const twice = { start: '2027-10-31T01:00', end: '2027-10-31T01:30', zone: 'UTC' }
    expect(zoned('DTSTART:20271031T010000Z', 'DTEND:20271031T013000Z')).toMatchObject(twice)
  })

  test('an event in an unknown zone is left out and counted', () => {
    const lines = ['DTSTART;TZID=Nowhere:20270301T100000']
    expect(read(calendar(vevent('a', ...lines), vevent('b')))).toMatchObject({
      skipped: 1,
      events: [{ id: 'b' }],
    })
  })

  test('events that ended more than 400 days ago are left out', () => {
    const on = (uid: string, day: string) => vevent(uid, `DTSTART;VALUE=DATE:${day}`)
    const text = calendar(on('old', '20251025'), on('kept', '20251026'))
    expect(read(text).events.map(({ id }) => id)).toEqual(['kept'])
  })
})

describe('texts', () => {
  test('are cleaned and cut at a word, and have no characters that turn the direction', () => {
    const long = `${'word '.repeat(30)}`
    expect(one(`SUMMARY:${long}`)?.name).toBe(`${'word '.repeat(19)}word…`)
    expect(one('SUMMARY:A\u202E\u0007\u2066 b\\n c')?.name).toBe('A b c')
    expect(one('DESCRIPTION:First\\nline.\\n\\nSecond.')?.note).toBe('First line.')
    expect(
      one('DESCRIPTION:<div>One<br>line &#38; more</div><script>x</script><p>Two</p>')?.note,
    ).toBe('One line & more')
  })

  test('links other than plain web addresses, and names that are addresses of people, are left out', () => {
    const event = one(
      'URL:javascript:alert(1)',
      'ORGANIZER;CN=amra@example.org:mailto:amra@example.org',
    )
    expect(event).not.toHaveProperty('link')
    expect(event?.participants).toBe('example.org')
    expect(one('URL:https://me:secret@example.org/')).not.toHaveProperty('link')
  })

  test('attendees are never read, and private events are left out', () => {
    const text = calendar(
      vevent('a', 'ATTENDEE;CN=Amra:mailto:amra@example.org'),
      vevent('b', 'CLASS:CONFIDENTIAL'),
      vevent('c', 'CLASS:PRIVATE', 'RRULE:FREQ=WEEKLY'),
      vevent('c', 'RECURRENCE-ID;VALUE=DATE:20270308'),
    )
    expect(JSON.stringify(read(text))).not.toContain('mra')
    expect(read(text).events.map(({ id }) => id)).toEqual(['a'])
  })
})

describe('repetitions and ids', () => {
  test('the newest revision of an event counts, and its id stays when it is edited', () => {
    const [before, after] = [
      calendar(vevent('Camp 1@x', 'SEQUENCE:1')),
      calendar(
        vevent('Camp 1@x', 'SEQUENCE:1'),
        vevent('Camp 1@x', 'SEQUENCE:2', 'SUMMARY:Moved', 'DTSTART;VALUE=DATE:20270401'),
      ),
    ].map(text => read(text))
    expect(after?.events).toHaveLength(1)
    expect(after?.events[0]).toMatchObject({ name: 'Moved', start: '2027-04-01' })
    expect(after?.events[0]?.id).toBe(before?.events[0]?.id)
  })

  test('two UIDs with the same first part have two ids, and none has the name of a filter', () => {
    const text = calendar(vevent('camp@a'), vevent('camp@b'), vevent('past@a'))
    const ids = read(text).events.map(({ id }) => id)
    expect(ids.filter(id => id === 'camp')).toHaveLength(1)
    expect(new Set(ids).size).toBe(3)
    expect(ids).not.toContain('past')
  })

  test('categories filter, without regard to case, and an override has those of its series', () => {
    const series = ['RRULE:FREQ=WEEKLY;COUNT=3', 'CATEGORIES:Other,Exercise']
    const text = calendar(
      vevent('a', ...series),
      vevent('a', 'RECURRENCE-ID;VALUE=DATE:20270308', 'SUMMARY:Override'),
      vevent('b', 'CATEGORIES:Party'),
      vevent('c'),
    )
    expect(
      read(text, 'exercise')
        .events.map(({ name }) => name)
        .sort(),
    ).toEqual(['Event a', 'Override'])
    expect(read(text, 'exercise', 'party').events).toHaveLength(3)
  })

  test('a cancelled override is a cancelled event', () => {
    const text = calendar(
      vevent('a', 'RRULE:FREQ=WEEKLY'),
      vevent(
        'a',
        'RECURRENCE-ID;VALUE=DATE:20270308',
        'DTSTART;VALUE=DATE:20270308',
        'STATUS:CANCELLED',
      ),
    )
    expect(read(text).events.map(({ start, status, except }) => [start, status, except])).toEqual([
      ['2027-03-01', 'scheduled', ['2027-03-08']],
      ['2027-03-08', 'cancelled', undefined],
    ])
  })

  test('a series without an occurrence is left out', () => {
    expect(one('RRULE:FREQ=DAILY;COUNT=2', 'EXDATE;VALUE=DATE:20270301,20270302')).toBeUndefined()
  })

  test('a number of occurrences becomes the last one, by the clock of the event', () => {
    const rule = (...lines: string[]) => one(...lines, 'RRULE:FREQ=WEEKLY;COUNT=10')?.repeat
    expect(rule()).toBe('FREQ=WEEKLY;UNTIL=20270503')
    expect(rule('DTSTART;TZID=Europe/Sarajevo:20270301T180000')).toBe(
      'FREQ=WEEKLY;UNTIL=20270503T180000',
    )
  })

  test('a bomb of repetitions has the first dates that are not old, and the other events stay', () => {
    const rules = [
      'FREQ=SECONDLY',
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=DAILY;COUNT=99999',
      'FREQ=YEARLY;BYWEEKNO=1',
    ]
    const bombs = rules.flatMap((rule, kind) =>
      Array.from({ length: 10 }, (_, index) =>
        vevent(`${kind}-${index}`, 'DTSTART;VALUE=DATE:19010101', `RRULE:${rule}`),
      ),
    )
    const excepted = Array.from({ length: 3000 }, (_, index) =>
      Temporal.PlainDate.from('2027-03-01').add({ days: index }).toString().replaceAll('-', ''),
    )
    const day = 'DTSTART;VALUE=DATE:20270301'
    const list = vevent('list', day, 'RRULE:FREQ=DAILY', `EXDATE;VALUE=DATE:${excepted.join(',')}`)
    const { events, unsupported, skipped } = read(
      calendar(...bombs, list, vevent('weekly', 'RRULE:FREQ=WEEKLY')),
    )
    expect(events.map(({ id }) => id)).toEqual(['list', 'weekly'])
    expect(events[0]?.except).toHaveLength(200)
    expect(unsupported + skipped).toBe(40)
    expect(events.every(({ repeat = '' }) => isRepeat(repeat))).toBe(true)
  })

  test.for([
    ['20270302', 'FREQ=DAILY', true],
    ['20270303', 'FREQ=DAILY', false],
    ['20270303', 'FREQ=DAILY;INTERVAL=2', true],
    ['20270308', 'FREQ=WEEKLY', true],
    ['20270309', 'FREQ=WEEKLY', false],
    ['20270401', 'FREQ=MONTHLY', true],
    ['20270609', 'FREQ=YEARLY', true],
    ['20270701', 'FREQ=YEARLY', false],
  ] as const)('an event until %s with %s repeats: %s', ([end, rule, isRepeated]) => {
    const dates = ['DTSTART;VALUE=DATE:20270301', `DTEND;VALUE=DATE:${end}`]
    const { events, unsupported } = read(calendar(vevent('a', ...dates, `RRULE:${rule}`)))
    expect([events[0]?.repeat, unsupported]).toEqual(isRepeated ? [rule, 0] : [undefined, 1])
  })

  test('series that are over take nothing from those that are not', () => {
    const over = ['DTSTART;VALUE=DATE:20200301', 'RRULE:FREQ=WEEKLY;UNTIL=20200701']
    const text = calendar(
      ...Array.from({ length: 1200 }, (_, index) => vevent(`a${index}`, ...over)),
      vevent('b', 'RRULE:FREQ=WEEKLY'),
    )
    expect(read(text)).toMatchObject({
      unsupported: 0,
      events: [{ id: 'b', repeat: 'FREQ=WEEKLY' }],
    })
  })

  test('of more than 300 series the others have their first date alone', () => {
    const text = calendar(
      ...Array.from({ length: 302 }, (_, index) => vevent(`e${index}`, 'RRULE:FREQ=WEEKLY')),
    )
    const { events, unsupported } = read(text)
    expect(events.filter(({ repeat }) => repeat)).toHaveLength(300)
    expect([events.length, unsupported]).toEqual([302, 2])
  })

  test('one damaged event hides no other, and a calendar without its end is damaged', () => {
    const text = calendar(vevent('a', 'RRULE:FREQ=SOMETIMES'), vevent('b', 'no colon'), vevent('c'))
    expect(read(text)).toMatchObject({ skipped: 2, events: [{ id: 'c' }] })
    expect(() => read(text.replace('END:VCALENDAR', ''))).toThrow('no-calendar')
    expect(() => read(text.slice(0, -60))).toThrow('no-calendar')
  })

  test('of too many events the next ones are kept', () => {
    const days = Array.from({ length: 5001 }, (_, index) =>
      NOW.toPlainDate()
        .subtract({ days: 300 })
        .add({ days: index % 400 }),
    )
    const events = days.map((day, index) =>
      vevent(`e${index}`, `DTSTART;VALUE=DATE:${day.toString().replaceAll('-', '')}`),
    )
    const kept = read(calendar(...events)).events
    expect(kept).toHaveLength(5000)
    expect(kept[0]?.start).toBe('2026-02-03')
    expect(kept.filter(({ start }) => start === '2026-02-03')).toHaveLength(12)
  })
})
