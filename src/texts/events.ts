import { capitalized } from './capitalized.ts'
import { MONTHS, monthOrDay, WEEKDAYS } from './dates.ts'
import { alternatives, counted, figure, listed, ordinal } from './plurals.ts'

/** The words of an edition for its events. */
interface Words {
  readonly one: string
  readonly many: string
  readonly columns: { readonly name: string; readonly participants: string }
}

const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  DAILY: ['day', 'days'],
  WEEKLY: ['week', 'weeks'],
  MONTHLY: ['month', 'months'],
  YEARLY: ['year', 'years'],
}

/** The words of repetitions: "every 2 weeks on Monday, until 1 May 2027". */
const repeat = {
  every: (frequency: string, interval: number) => {
    const [one, many] = UNITS[frequency] ?? UNITS.DAILY ?? ['', '']
    return interval === 1 ? `every ${one}` : `every ${counted(interval, one, many)}`
  },
  on: (days: readonly string[]) => (days.length > 0 ? ` on ${listed(days)}` : ''),
  /** The condition of a day of the month: " if it falls on Friday". */
  if: (days: readonly string[]) => (days.length > 0 ? ` if it falls on ${alternatives(days)}` : ''),
  either: alternatives,
  in: (months: readonly number[]) =>
    months.length > 0 ? ` in ${listed(months.map(month => MONTHS[month - 1] ?? ''))}` : '',
  until: (day: string) => `, until ${monthOrDay(day)}`,
  first: (rule: string, dates: string) => `${rule}, first ${dates}`,
  times: (count: number) => `, ${counted(count, 'time', 'times')}`,
  weekday: (day: number) => WEEKDAYS[day] ?? '',
  workday: (isNth: boolean) => (isNth ? 'working day' : 'working days'),
  /** The position of a day; negative ones count from the end. */
  nth: (position: number, day: string) => {
    const from = Math.abs(position)
    if (position > 0) return `the ${ordinal(from)} ${day}`
    return from === 1 ? `the last ${day}` : `the ${ordinal(from)} ${day} from the end`
  },
  dayOfMonth: (day: number) => {
    if (day > 0) return `the ${ordinal(day)}`
    return day === -1 ? 'the last day' : `the ${ordinal(-day)} day from the end`
  },
} as const

/** Texts of events, in an edition's words for them. */
export const events = {
  description: 'Upcoming and past',
  title: ({ many }: Words) => capitalized(many),
  header: ({ columns: { name, participants } }: Words) => [name, 'Date', participants, 'Status'],
  filters: { upcoming: 'Upcoming', past: 'Past', all: 'All' },
  titles: {
    upcoming: ({ many }: Words) => `Upcoming ${many}`,
    past: ({ many }: Words) => `Past ${many}`,
    all: ({ many }: Words) => capitalized(many),
  },
  none: {
    upcoming: ({ many }: Words) => `No upcoming ${many}.`,
    past: ({ many }: Words) => `No past ${many}.`,
    all: ({ many }: Words) => `No ${many} yet.`,
  },
  repeat,
  inZone: (time: string, zone: string) => `${time} (${zone})`,
  repeats: (words: string, off: readonly string[]) =>
    `Repeats ${words}${off.length > 0 ? `, not on ${listed(off.map(monthOrDay))}` : ''}`,
  place: 'Place',
  more: 'More',
  page: (filter: string, page: number) => `${filter}, page ${page}`,
  facts: (name: string, facts: string) => `${name}: ${facts}`,
  next: ({ one }: Words) => `Next ${one}`,
  theNext: ({ one }: Words) => `The next ${one}`,
  which: ({ one }: Words) => `upcoming, past, all, or one ${one}`,
  calendar: {
    title: 'Calendar file',
    name: (title: string, { many }: Words) => `${title}: ${many}`,
    fact: (name: string, value: string) => `${name}: ${value}`,
    organizer: 'Organizer',
    source: 'Source',
    postponed: 'Postponed. These are the former dates.',
    cancelled: 'Cancelled.',
    open: (count: number, { one, many }: Words) =>
      `Open the file to add ${counted(count, one, many)} to your calendar.`,
    first: 'More would not fit, so these are the next ones.',
    subscribe: 'Or subscribe to this address, and your calendar stays up to date: ',
    add: 'Add to calendar',
  },
  today: (day: string) => `Today, ${monthOrDay(day)}`,
  others: (count: number, command: string) => `…and ${figure(count)} more: ${command}`,
  near: ({ many }: Words, days: number) => `${capitalized(many)} in the next ${days} days`,
} as const
