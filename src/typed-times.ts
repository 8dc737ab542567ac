/** Longest text that is read as a time, in UTF-16 units. */
const LONGEST = 100

/** A time of day. */
export interface ClockTime {
  /** 0 to 23. */
  readonly hour: number
  readonly minute: number
}

const UNITS = {
  minutes: 'm min mins minute minutes',
  hours: 'h hr hrs hour hours',
  days: 'd day days',
  weeks: 'w wk wks week weeks',
  months: 'mo month months',
  years: 'y yr yrs year years',
} as const

/** Half a unit in a smaller one: half a month has no length. */
const HALVES: Readonly<Record<string, Temporal.DurationLike>> = {
  hours: { minutes: 30 },
  days: { hours: 12 },
  weeks: { hours: 84 },
}

const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

const PART =
  /^(half an?|(?:a )?couple of|(?:a )?few|an?|[a-z]+|\d{1,4}(?:[.,]5)?)( and a half)?\s*([a-z]+)( and a half)?(?:\s*(?:,|and\b)\s*|\s+|(?=\d)|$)/

/**
 * Reads `2w`, `1 week`, `two days`, `1h30m`, `half an hour`, `an hour and a half`, with each unit once; undefined
 * if it is none of these. Pure.
 */
export function readSpan(typed: string): Temporal.Duration | undefined {
  let rest = plain(typed)
  const parts = new Map<string, number>()
  const named = new Set<string>()
  const add = (unit: string, count: number) => parts.set(unit, (parts.get(unit) ?? 0) + count)
  while (rest !== '') {
    const [whole = '', number = '', early, word = '', late] = PART.exec(rest) ?? []
    const isFortnight = /^fortnights?$/.test(word)
    const known = Object.entries(UNITS).find(([, words]) => words.split(' ').includes(word))
    const unit = isFortnight ? 'weeks' : known?.[0]
    const counted = countOf(number)
    if (unit === undefined || counted === undefined || named.has(unit)) return undefined
    named.add(unit)
    const count = counted + (early || late ? 0.5 : 0)
    const half = HALVES[unit]
    if (count % 1 !== 0 && (!half || isFortnight)) return undefined
    for (const [smaller, size] of Object.entries(count % 1 === 0 ? {} : (half ?? {})))
      add(smaller, size)
    add(unit, Math.floor(count) * (isFortnight ? 2 : 1))
    rest = rest.slice(whole.length)
  }
  const span = parts.size > 0 ? Temporal.Duration.from(Object.fromEntries(parts)) : undefined
  return span && !span.blank ? span : undefined
}

function countOf(text: string): number | undefined {
  if (/^an?$/.test(text)) return 1
  if (/^half/.test(text)) return 0.5
  if (/couple/.test(text)) return 2
  if (/^(a )?few$/.test(text)) return 3
  const index = NUMBERS.indexOf(text)
  if (index >= 0) return index
  const count = Number(text.replace(',', '.'))
  return Number.isNaN(count) ? undefined : count
}

const NAMED: ReadonlyMap<string, number> = new Map([
  ['noon', 12],
  ['midday', 12],
  ['12 noon', 12],
  ['midnight', 0],
  ['12 midnight', 0],
])

const CLOCK =
  /^(\d{1,2})(?:[:.h]?([0-5]\d))?\s*(?:h|hrs?|hours?|o['’‘´`]? ?clock)?\s*(?:([ap])\.?m|in the (morning|afternoon|evening))?\.?$/

const PARTS_OF_HOUR = /^(?:(half) past|(?:a )?quarter (past|to)) (.+)$/

/**
 * Reads `9`, `9:00`, `0900`, `9.30`, `9h`, `9am`, `9 o'clock`, `nine`, `half past seven`, `quarter to eight`, `noon`,
 * `midnight`; 24 is 0:00. Undefined if it is none of these. Pure.
 */
export function readClock(typed: string): ClockTime | undefined {
  const text = plain(typed)
    .replace(/^(?:at|@) ?/, '')
    .replace(/^[a-z]+/, word => (NUMBERS.includes(word) ? String(NUMBERS.indexOf(word)) : word))
  const named = NAMED.get(text)
  if (named !== undefined) return { hour: named, minute: 0 }
  const [, isHalf, side, of] = PARTS_OF_HOUR.exec(text) ?? []
  if (of !== undefined) {
    const full = readClock(of)
    if (full?.minute !== 0) return undefined
    if (side === 'to') return { hour: (full.hour + 23) % 24, minute: 45 }
    return { hour: full.hour, minute: isHalf ? 30 : 15 }
  }
  const [, digits, minutes, letter, part] = CLOCK.exec(text) ?? []
  if (digits === undefined) return undefined
  const [given, minute] = [Number(digits), Number(minutes ?? 0)]
  const half = letter ?? (part && (part === 'morning' ? 'a' : 'p'))
  if (half && !(given >= 1 && given <= 12)) return undefined
  // Twelve in the morning is midnight.
  const hour = half ? (given % 12) + (half === 'p' ? 12 : 0) : given
  if (hour === 24 && minute === 0) return { hour: 0, minute }
  return hour <= 23 ? { hour, minute } : undefined
}

const BETWEEN = /\s*(?:[-–—−→,;]|\.\.+|(?<![a-z])(?:to|until|till?|through|and)(?![a-z]))\s*/

/** Reads `22-7`, `22to7`, `22,7`, `22:00 to 7:00`, `from 10 pm until 7 am`; undefined if it is none of these. Pure. */
export function readRange(typed: string): { from: ClockTime; to: ClockTime } | undefined {
  const text = plain(typed).replace(/^(?:from|between) /, '')
  const parts = /^[\d:]+ [\d:]+$/.test(text) ? text.split(' ') : text.split(BETWEEN)
  const [from, to, ...more] = parts.map(readClock)
  return from && to && more.length === 0 ? { from, to } : undefined
}

const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')

/** 1 (Monday) to 7, of the name of a day in English or at least three letters of it. Pure. */
export function readWeekday(typed: string): number | undefined {
  const text = plain(typed)
    .replace(/^(?:on|every) /, '')
    .replace(/days$/, 'day')
  return indexOf(WEEKDAYS, text)
}

const COMING: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['tonight', 0],
  ['tomorrow', 1],
  ['day after tomorrow', 2],
  ['the day after tomorrow', 2],
])

/**
 * Reads `today`, `tomorrow`, a weekday (the next one after today), `next monday` (that of next week), `next week`
 * (its Monday), `the weekend` (its Saturday), and dates as `readDate` does; else undefined. Pure.
 */
export function readDay(typed: string, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const text = plain(typed).replace(/^on /, '')
  const days = COMING.get(text)
  if (days !== undefined) return today.add({ days })
  const [, isNext, named = '', isLater] =
    /^(?:this |the |(next ))?(.+?)( next week)?$/.exec(text) ?? []
  if (isNext && named === 'week') return today.add({ days: 8 - today.dayOfWeek })
  const weekday = named === 'weekend' ? 6 : readWeekday(named)
  if (!weekday) return readDate(text, today)
  const isOfNextWeek = isNext !== undefined || isLater !== undefined
  return today.add({
    days: isOfNextWeek ? 7 + weekday - today.dayOfWeek : ((weekday - today.dayOfWeek + 6) % 7) + 1,
  })
}

const MONTHS =
  'january february march april may june july august september october november december'.split(' ')

/** Years that have a 29 February among them, wherever they begin. */
const YEARS = 9

const DATES = [
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})\.?$/,
  /^(?<day>\d{1,2})\. ?(?<month>\d{1,2})\.(?: ?(?<year>\d{4}|\d\d)\.?)?$/,
  /^(?<day>\d{1,2})([-/])(?<month>\d{1,2})\2(?<year>\d{4})$/,
  /^(?:the )?(?<day>\d{1,2})(?:st|nd|rd|th|\.)? ?(?:of )?(?<name>[a-z]+)\.?,?(?: (?<year>20\d\d))?$/,
  /^(?<name>[a-z]+)\.? (?:the )?(?<day>\d{1,2})(?:st|nd|rd|th)?,?(?: (?<year>20\d\d))?$/,
]

/**
 * Reads `2027-03-28`, `28.3.2027`, `28.3.`, `28/3/2027`, `28 March`, `March 28th, 2027`, the day before the month where
 * both are numbers; without a year the next one, today included. A weekday before it has to agree. Pure.
 */
function readDate(text: string, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const [, named = '', behind = ''] = /^([a-z]+)[.,]? (.*\d.*)$/.exec(text) ?? []
  const weekday = readWeekday(named)
  const date = weekday ? behind : text
  const parts = DATES.map(form => form.exec(date)?.groups).find(found => found) ?? {}
  const { name, year } = parts
  const month = name === undefined ? Number(parts.month) : indexOf(MONTHS, name)
  const day = Number(parts.day)
  if (!month || !day) return undefined
  const years =
    year === undefined
      ? Array.from({ length: YEARS }, (_, index) => today.year + index)
      : [Number(year.padStart(4, '20'))]
  const found = years
    // A day that a month does not have becomes another one.
    .map(each => Temporal.PlainDate.from({ year: each, month, day }))
    .filter(each => each.month === month && each.day === day)
    .find(each => year !== undefined || Temporal.PlainDate.compare(each, today) >= 0)
  return weekday && weekday !== found?.dayOfWeek ? undefined : found
}

/** From 1, of a name or at least three letters of it. */
function indexOf(names: readonly string[], text: string): number | undefined {
  const index = text.length < 3 ? -1 : names.findIndex(name => name.startsWith(text))
  return index < 0 ? undefined : index + 1
}

/**
 * In lower case, with single spaces and without the full stop of a sentence; that of `28.3.` stays. A text that is
 * too long is empty. Pure.
 */
export function plain(text: string): string {
  if (text.length > LONGEST) return ''
  const line = text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  return line.replace(/(?<!\.\s?\d{1,2})[.!]+$/, '')
}
