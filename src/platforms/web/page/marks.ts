import type { Days } from '../protocol.ts'

/** A label of the axis, at the start of a day, week, month or year. */
interface Mark {
  /** Days since the first day of the axis. */
  readonly day: number
  readonly label: string
  /** The unit above: the year of a month; absent if the mark before has the same one. */
  readonly above?: string
  /** False for the label of a unit that began before the axis. */
  readonly isStart: boolean
}

const DAY_MS = 86_400_000

/** Returns the number of a day on an axis that starts at `from`. Both are `YYYY-MM-DD`. Pure. */
export function dayNumber(day: string, from: string): number {
  return (Date.parse(day) - Date.parse(from)) / DAY_MS
}

/** Returns the day that lies `days` after another. Pure. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
}

interface Unit {
  /** Longest axis that is marked by this unit, in days. */
  readonly most: number
  /** Room that a label needs, in rem. */
  readonly room: number
  isStart(date: Date): boolean
  readonly label: Intl.DateTimeFormatOptions
  readonly above?: Intl.DateTimeFormatOptions
}

const UNITS: readonly Unit[] = [
  {
    most: 14,
    room: 4,
    isStart: () => true,
    label: { weekday: 'short', day: 'numeric' },
    above: { month: 'short', year: 'numeric' },
  },
  {
    most: 62,
    room: 4,
    isStart: date => date.getUTCDay() === 1,
    label: { day: 'numeric', month: 'short' },
    above: { year: 'numeric' },
  },
  {
    most: 800,
    room: 3,
    isStart: date => date.getUTCDate() === 1,
    label: { month: 'short' },
    above: { year: 'numeric' },
  },
  {
    most: Number.POSITIVE_INFINITY,
    room: 3.25,
    isStart: date => date.getUTCDate() === 1 && date.getUTCMonth() === 0,
    label: { year: 'numeric' },
  },
]

/** The labels of an axis, and the room in rem that each needs. */
export interface Marks {
  readonly room: number
  readonly all: readonly Mark[]
}

/** Lists the labels of an axis: by days, weeks (from Monday), months or years, after its length. Pure. */
export function marks({ from, to }: Days): Marks {
  const length = dayNumber(to, from) + 1
  const unit = UNITS.find(({ most }) => length <= most)
  if (!unit) return { room: 0, all: [] }
  const found: Mark[] = []
  let before = ''
  for (let day = 0; day < length; day++) {
    const date = new Date(Date.parse(from) + day * DAY_MS)
    const isStart = unit.isStart(date)
    if (!isStart && day > 0) continue
    const above = unit.above ? inWords(date, unit.above) : ''
    found.push({
      ...{ day, isStart, label: inWords(date, unit.label) },
      ...(above !== before && { above }),
    })
    before = above
  }
  return { room: unit.room, all: found }
}

function inWords(date: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(date)
}

/** Formats a day: "1 May 2023". Pure. */
export function dayInWords(day: string): string {
  return inWords(new Date(day), { day: 'numeric', month: 'long', year: 'numeric' })
}
