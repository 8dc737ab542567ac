/** Longest text that is parsed as a time, in UTF-16 units. */
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

/** Half of a unit, in a smaller unit. Half a month has no fixed length. */
const HALVES: Readonly<Record<string, Temporal.DurationLike>> = {
  hours: { minutes: 30 },
  days: { hours: 12 },
  weeks: { hours: 84 },
}

const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** Matches one part of a span at the beginning of a text: a number, a unit, and the separator behind them. */
const SPAN_PART =
  /^(half an?|(?:a )?couple of|(?:a )?few|an?|[a-z]+|\d{1,4}(?:[.,]5)?)( and a half)?\s*([a-z]+)( and a half)?(?:\s*(?:,|and\b)\s*|\s+|(?=\d)|$)/

/**
 * Reads `2w`, `1 week`, `two days`, `1h30m`, `half an hour`, `an hour and a half`, with each unit once. Returns
 * undefined for any other text. Pure.
 */
export function readSpan(typed: string): Temporal.Duration | undefined {
  let rest = plain(typed)
  const parts = new Map<string, number>()
  const named = new Set<string>()
  const add = (unit: string, count: number) => parts.set(unit, (parts.get(unit) ?? 0) + count)
  while (rest !== '') {
    const [whole = '', number = '', early, word = '', late] = SPAN_PART.exec(rest) ?? []
    const isFortnight = /^fortnights?$/.test(word)
    const found = Object.entries(UNITS).find(([, words]) => words.split(' ').includes(word))
    const unit = isFortnight ? 'weeks' : found?.[0]
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

/** Hours that have a name. */
const NAMED_HOURS: ReadonlyMap<string, number> = new Map([
  ['noon', 12],
  ['midday', 12],
  ['12 noon', 12],
  ['midnight', 0],
  ['12 midnight', 0],
])

/** Matches a time of day in digits. */
const CLOCK =
  /^(\d{1,2})(?:[:.h]?([0-5]\d))?\s*(?:h|hrs?|hours?|o['’‘´`]? ?clock)?\s*(?:([ap])\.?m|in the (morning|afternoon|evening))?\.?$/

const PARTS_OF_HOUR = /^(?:(half) past|(?:a )?quarter (past|to)) (.+)$/

/**
 * Reads `9`, `9:00`, `0900`, `9.30`, `9h`, `9am`, `9 o'clock`, `nine`, `half past seven`, `quarter to eight`, `noon`,
 * `midnight`; 24 is 0:00. Returns undefined for any other text. Pure.
 */
export function readClock(typed: string): ClockTime | undefined {
  const text = plain(typed)
    .replace(/^(?:at|@) ?/, '')
    .replace(/^[a-z]+/, word => (NUMBERS.includes(word) ? String(NUMBERS.indexOf(word)) : word))
  const named = NAMED_HOURS.get(text)
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
  const [number, minute] = [Number(digits), Number(minutes ?? 0)]
  const half = letter ?? (part && (part === 'morning' ? 'a' : 'p'))
  if (half && !(number >= 1 && number <= 12)) return undefined
  // 12 am is midnight.
  const hour = half ? (number % 12) + (half === 'p' ? 12 : 0) : number
  if (hour === 24 && minute === 0) return { hour: 0, minute }
  return hour <= 23 ? { hour, minute } : undefined
}

/** Matches the separator of a range. */
const BETWEEN = /\s*(?:[-–—−→,;]|\.\.+|(?<![a-z])(?:to|until|till?|through|and)(?![a-z]))\s*/

/** Reads `22-7`, `22to7`, `22,7`, `22:00 to 7:00`, `from 10 pm until 7 am`; undefined for any other text. Pure. */
export function readRange(typed: string): { from: ClockTime; to: ClockTime } | undefined {
  const text = plain(typed).replace(/^(?:from|between) /, '')
  const parts = /^[\d:]+ [\d:]+$/.test(text) ? text.split(' ') : text.split(BETWEEN)
  const [from, to, ...more] = parts.map(readClock)
  return from && to && more.length === 0 ? { from, to } : undefined
}

const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')

/** Reads the English name of a weekday, or at least three letters of it, as 1 (Monday) to 7. Pure. */
export function readWeekday(typed: string): number | undefined {
  const text = plain(typed)
    .replace(/^(?:on|every) /, '')
    .replace(/days$/, 'day')
  return indexOf(WEEKDAYS, text)
}

/** Days that have a name, as days from today. */
const NAMED_DAYS: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['tonight', 0],
  ['tomorrow', 1],
  ['day after tomorrow', 2],
  ['the day after tomorrow', 2],
])

/**
 * Reads `today`, `tomorrow`, a weekday (the next one after today), `next monday` (that of next week), `next week`
 * (its Monday), `the weekend` (its Saturday), and the dates of `readDate`. Returns undefined for any other text. Pure.
 */
export function readDay(typed: string, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const text = plain(typed).replace(/^on /, '')
  const days = NAMED_DAYS.get(text)
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

/** Any 9 years in a row contain a 29 February, because a century year such as 2100 may have none. */
const YEARS = 9

const DATES = [
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})\.?$/,
  /^(?<day>\d{1,2})\. ?(?<month>\d{1,2})\.(?: ?(?<year>\d{4}|\d\d)\.?)?$/,
  /^(?<day>\d{1,2})([-/])(?<month>\d{1,2})\2(?<year>\d{4})$/,
  /^(?:the )?(?<day>\d{1,2})(?:st|nd|rd|th|\.)? ?(?:of )?(?<name>[a-z]+)\.?,?(?: (?<year>20\d\d))?$/,
  /^(?<name>[a-z]+)\.? (?:the )?(?<day>\d{1,2})(?:st|nd|rd|th)?,?(?: (?<year>20\d\d))?$/,
]

/**
 * Reads `2027-03-28`, `28.3.2027`, `28.3.`, `28/3/2027`, `28 March`, `March 28th, 2027`. In a date of numbers that does
 * not begin with the year, the day comes before the month. A date without a year is the next such date, today included.
 * A weekday before the date must match it. Pure.
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
    // `from` clamps the day to the length of the month.
    .map(each => Temporal.PlainDate.from({ year: each, month, day }))
    .filter(each => each.month === month && each.day === day)
    .find(each => year !== undefined || Temporal.PlainDate.compare(each, today) >= 0)
  return weekday && weekday !== found?.dayOfWeek ? undefined : found
}

/** Returns the position of a name, from 1. At least three letters of the name are enough. */
function indexOf(names: readonly string[], text: string): number | undefined {
  const index = text.length < 3 ? -1 : names.findIndex(name => name.startsWith(text))
  return index < 0 ? undefined : index + 1
}

/**
 * Normalizes a typed text: lower case, single spaces, without the full stop of a sentence. The full stop of `28.3.`
 * stays. A text that is too long becomes empty. Pure.
 */
export function plain(text: string): string {
  if (text.length > LONGEST) return ''
  const line = text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  return line.replace(/(?<!\.\s?\d{1,2})[.!]+$/, '')
}
