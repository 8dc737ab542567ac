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
  /^(half an?|(?:a |an )?couple of|an?|[a-z]+|\d{1,4}(?:[.,]5)?)\s*([a-z]+)(?:\s*(?:,|and\b)\s*|\s+|(?=\d)|$)/

/**
 * Reads `2w`, `1 week`, `two days`, `1h30m`, `half an hour`, with each unit once; undefined if it is none of
 * these. Pure.
 */
export function readSpan(typed: string): Temporal.Duration | undefined {
  let rest = plain(typed)
  const parts = new Map<string, number>()
  const named = new Set<string>()
  const add = (unit: string, count: number) => parts.set(unit, (parts.get(unit) ?? 0) + count)
  while (rest !== '') {
    const [whole = '', number = '', word = ''] = PART.exec(rest) ?? []
    const isFortnight = /^fortnights?$/.test(word)
    const known = Object.entries(UNITS).find(([, words]) => words.split(' ').includes(word))
    const unit = isFortnight ? 'weeks' : known?.[0]
    const count = countOf(number)
    if (unit === undefined || count === undefined || named.has(unit)) return undefined
    named.add(unit)
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
  /^(\d{1,2})(?:[:.h]?([0-5]\d))?\s*(?:h|hrs?|hours?|o['’‘´`]? ?clock)?\s*(?:([ap])\.?m\.?|in the (morning|afternoon|evening))?$/

/**
 * Reads `9`, `9:00`, `0900`, `9.30`, `9h`, `9am`, `9 o'clock`, `nine`, `noon`, `midnight`; 24:00 is 0:00. Undefined if
 * it is none of these. Pure.
 */
export function readClock(typed: string): ClockTime | undefined {
  const text = plain(typed)
    .replace(/^(?:at|@) ?/, '')
    .replace(/^[a-z]+/, word => (NUMBERS.includes(word) ? String(NUMBERS.indexOf(word)) : word))
  const named = NAMED.get(text)
  if (named !== undefined) return { hour: named, minute: 0 }
  const [, digits, minutes, letter, part] = CLOCK.exec(text) ?? []
  if (digits === undefined) return undefined
  const [given, minute] = [Number(digits), Number(minutes ?? 0)]
  const half = letter ?? (part && (part === 'morning' ? 'a' : 'p'))
  if (half && !(given >= 1 && given <= 12)) return undefined
  // Twelve in the morning is midnight.
  const hour = half ? (given % 12) + (half === 'p' ? 12 : 0) : given
  if (hour === 24 && minutes === '00') return { hour: 0, minute }
  return hour <= 23 ? { hour, minute } : undefined
}

const BETWEEN = /\s*(?:[-–—−→]|\.\.+|\b(?:to|until|till?|through|and)\b)\s*/

/** Reads `22-7`, `22:00 to 7:00`, `from 10 pm until 7 am`; undefined if it is none of these. Pure. */
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
  const index = text.length < 3 ? -1 : WEEKDAYS.findIndex(day => day.startsWith(text))
  return index < 0 ? undefined : index + 1
}

/** Reads `today`, `tomorrow`, a weekday (the next one after today) and `2027-03-28`; else undefined. Pure. */
export function readDay(typed: string, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const text = plain(typed)
  if (text === 'today' || text === 'tonight') return today
  if (text === 'tomorrow') return today.add({ days: 1 })
  const weekday = readWeekday(text)
  if (weekday) return today.add({ days: ((weekday - today.dayOfWeek + 6) % 7) + 1 })
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Temporal.PlainDate.from(text) : undefined
  } catch {
    // 2027-02-30: no day that there is.
    return undefined
  }
}

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
}
