import ICAL from 'ical.js'
import { expect, test } from 'vitest'
import { timeZoneLines } from '../../src/calendar/time-zone.ts'
import { type Read, readCalendar, valueIn, ZONES } from './reader.ts'

const [FIRST, LAST] = [2025, 2080] as const

/** The instants at which the offset of a zone changes until the end of a year, by Temporal. */
function changesOf(zone: string, first: number, last: number): Temporal.ZonedDateTime[] {
  const start = Temporal.PlainDate.from({ year: first, month: 1, day: 1 }).toZonedDateTime(zone)
  const changes: Temporal.ZonedDateTime[] = []
  for (let at = start.getTimeZoneTransition('next'); at && at.year <= last; ) {
    changes.push(at)
    at = at.getTimeZoneTransition('next')
  }
  return changes
}

/** The instants at which an observance begins until the end of a year, as its lines say. */
function onsetsOf(observance: Read, last: number): string[] {
  const start = valueIn(observance, 'DTSTART') ?? ''
  const rule = valueIn(observance, 'RRULE')
  const dates = [start]
  if (rule) {
    const first = ICAL.Time.fromDateTimeString(Temporal.PlainDateTime.from(start).toString())
    const next = ICAL.Recur.fromString(rule).iterator(first)
    for (let time = next.next(); time && time.year <= last; time = next.next()) {
      dates.push(time.toString())
    }
  }
  const from = (valueIn(observance, 'TZOFFSETFROM') ?? '').replace(/(?<=[+-]\d\d)/, ':')
  const instants = dates.map(date => Temporal.PlainDateTime.from(date).toString() + from)
  return [...new Set(instants)].map(each => Temporal.Instant.from(each).toString())
}

test.for(ZONES)('the changes of %s until 2080 are those of Temporal', zone => {
  const read = readCalendar(`${timeZoneLines(zone, FIRST, LAST).join('\r\n')}\r\n`)
  const start = `${FIRST}-01-01T00:00:00Z`
  const written = read.parts.flatMap(part => onsetsOf(part, LAST)).sort()
  expect(written.filter(at => at > start)).toEqual(
    changesOf(zone, FIRST, LAST).map(at => at.toInstant().toString()),
  )
  // One change before tells the first offset.
  expect(written.filter(at => at <= start).length).toBeGreaterThan(0)
})

/** Hours around a change: those in which a local time is unclear, and a day before and after. */
const HOURS = [-30, -2, -1, 0, 1, 2, 30]

/** The changes of ten years with the hours around them, and the middle of each month. */
function momentsOf(zone: string) {
  const changes = changesOf(zone, FIRST, FIRST + 9).flatMap(change =>
    HOURS.map(hours => ({ moment: change.add({ hours }), isNear: Math.abs(hours) < 30 })),
  )
  const middles = Array.from({ length: 120 }, (_, month) => {
    const local = Temporal.PlainDateTime.from(`${FIRST}-01-15T12:00`).add({ months: month })
    return { moment: local.toZonedDateTime(zone), isNear: false }
  })
  return [...changes, ...middles]
}

test.for(ZONES)('ical.js converts times of ten years to and from %s as Temporal does', zone => {
  const lines = timeZoneLines(zone, FIRST, FIRST + 30)
  const own = new ICAL.Timezone(new ICAL.Component(ICAL.parse(lines.join('\r\n'))))
  for (const { moment, isNear } of momentsOf(zone)) {
    const plain = moment.toPlainDateTime()
    const text = plain.toString({ smallestUnit: 'second' })
    // ical.js takes the time in UTC for a local one, and so errs in the hours around a change.
    if (!isNear) {
      const utc = ICAL.Time.fromDateTimeString(moment.toInstant().toString())
      expect(utc.convertToZone(own).toString()).toBe(text)
    }
    // A local time that exists twice has two instants.
    const [earlier, later] = (['earlier', 'later'] as const).map(disambiguation =>
      plain.toZonedDateTime(zone, { disambiguation }).toInstant().toString(),
    )
    if (earlier !== later) continue
    const local = ICAL.Time.fromDateTimeString(text)
    local.zone = own
    expect(local.toUnixTime() * 1000).toBe(moment.epochMilliseconds)
  }
})

test('a zone with a rule needs no list, and one without lists its changes', () => {
  const of = (zone: string) =>
    timeZoneLines(zone, FIRST, LAST).filter(line => line.startsWith('RRULE'))
  expect(of('Europe/Sarajevo')).toEqual([
    'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  ])
  expect(of('America/New_York')).toEqual([
    'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU',
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
  ])
  // The Friday before the last Sunday.
  expect(of('Asia/Jerusalem').at(-1)).toBe(
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR',
  )
  expect(of('Asia/Tokyo')).toEqual([])
  const gaza = timeZoneLines('Asia/Gaza', FIRST, FIRST + 30)
  expect(gaza.filter(line => line.startsWith('DTSTART')).length).toBeGreaterThan(60)
  expect(timeZoneLines('Etc/UTC', FIRST, LAST)).toContain('TZOFFSETTO:+0000')
})
