/** A change of a zone's offset. */
interface Onset {
  /** The local time by the offset before. */
  readonly local: Temporal.PlainDateTime
  /** The offsets before and after, in nanoseconds. */
  readonly from: number
  readonly to: number
}

/** Fewest years from which a rule is read. Within 28 years, each weekday falls on each day of a month. */
const LEAST_YEARS = 28

/**
 * Writes the offsets of an IANA zone as content lines of a VTIMEZONE, from a year on. Changes that come back each year
 * until `lastYear` are a rule without an end; all others are listed until then. Pure.
 */
export function timeZoneLines(zone: string, firstYear: number, lastYear: number): string[] {
  const onsets = onsetsOf(zone, firstYear, lastYear)
  const groups = Map.groupBy(onsets, ({ local, from, to }) =>
    [local.month, local.toPlainTime(), from, to].join(' '),
  )
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    ...[...groups.values()].flatMap(group => groupLines(group, lastYear)),
    'END:VTIMEZONE',
  ]
}

/** Returns the change before a year, and all later ones. A zone without changes gets one that changes nothing. */
function onsetsOf(zone: string, firstYear: number, lastYear: number): Onset[] {
  const start = Temporal.PlainDate.from({ year: firstYear, month: 1, day: 1 }).toZonedDateTime(zone)
  let at = start.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
  const { offsetNanoseconds } = start
  const onsets: Onset[] = at
    ? []
    : [{ local: start.toPlainDateTime(), from: offsetNanoseconds, to: offsetNanoseconds }]
  at ??= start.getTimeZoneTransition('next')
  for (; at && at.year <= lastYear; at = at.getTimeZoneTransition('next')) {
    const before = at.subtract({ nanoseconds: 1 })
    const local = before.toPlainDateTime().add({ nanoseconds: 1 })
    onsets.push({ local, from: before.offsetNanoseconds, to: at.offsetNanoseconds })
  }
  return onsets
}

/** Writes changes between the same offsets, in one month and at one time of day. */
function groupLines(group: readonly Onset[], lastYear: number): string[] {
  const index = yearlyFrom(group, lastYear)
  const ruled = group.slice(index)
  return [
    // A part for each change, because programs such as ical.js read one date of a list only.
    ...group.slice(0, index).flatMap(onset => observance(onset)),
    ...ruled.slice(0, 1).flatMap(onset => observance(onset, ruleOf(ruled))),
  ]
}

/**
 * Returns the index from which changes come back each year, on one weekday within seven days of a month; the length of
 * the group if they do not until `lastYear`.
 */
function yearlyFrom(group: readonly Onset[], lastYear: number): number {
  const last = group.at(-1)?.local
  if (last?.year !== lastYear) return group.length
  let [index, first, latest] = [group.length, last.day, last.day]
  while (index > 0) {
    const local = group[index - 1]?.local
    if (!local || local.dayOfWeek !== last.dayOfWeek) break
    if (local.year !== lastYear - (group.length - index)) break
    first = Math.min(first, local.day)
    latest = Math.max(latest, local.day)
    if (latest - first > 6) break
    index -= 1
  }
  return group.length - index < LEAST_YEARS ? group.length : index
}

/** The days of the week as RFC 5545 names them, from Monday on. */
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

/** Returns the rule of changes that come back each year: the days of the month are the earliest one and the six after. */
function ruleOf(ruled: readonly Onset[]): string {
  const [{ local }] = ruled as [Onset]
  const weekday = WEEKDAYS[local.dayOfWeek - 1]
  const first = Math.min(...ruled.map(each => each.local.day))
  const year = `FREQ=YEARLY;BYMONTH=${local.month}`
  if (first === local.daysInMonth - 6) return `${year};BYDAY=-1${weekday}`
  if (first % 7 === 1) return `${year};BYDAY=${(first + 6) / 7}${weekday}`
  const days = Array.from({ length: 7 }, (_, index) => first + index)
  return `${year};BYMONTHDAY=${days.join(',')};BYDAY=${weekday}`
}

/** Writes one part of a VTIMEZONE, which begins with `onset`. */
function observance(onset: Onset, rule?: string): string[] {
  const kind = onset.to > onset.from ? 'DAYLIGHT' : 'STANDARD'
  return [
    `BEGIN:${kind}`,
    `DTSTART:${compact(onset.local)}`,
    `TZOFFSETFROM:${offset(onset.from)}`,
    `TZOFFSETTO:${offset(onset.to)}`,
    ...(rule === undefined ? [] : [`RRULE:${rule}`]),
    `END:${kind}`,
  ]
}

/** Writes a local time in the form of RFC 5545: `20270110T100000`. */
function compact(local: Temporal.PlainDateTime): string {
  return local.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')
}

/** Writes an offset: `+0100`, or `+005328` if it has seconds. */
function offset(nanoseconds: number): string {
  const seconds = Math.abs(nanoseconds) / 1e9
  const time = new Temporal.PlainTime().add({ seconds }).toString().replaceAll(':', '')
  return `${nanoseconds < 0 ? '-' : '+'}${time.replace(/00$/, '')}`
}
