import { inDays, monthOrDay } from './dates.ts'
import { counted, figure, listed } from './plurals.ts'

/** Texts of digests. */
export const digest = {
  /** The end of a title, which begins with the news. */
  of: (day: string) => ` · digest of ${day}`,
  section: (title: string) => `From the briefing: ${title}`,
} as const

export const plan = {
  before: (event: string, days: number) => `${counted(days, 'day', 'days')} before ${event} starts`,
  hours: (event: string, hours: number) =>
    `${counted(hours, 'hour', 'hours')} before ${event} starts`,
  start: (event: string) => `${event} starts today`,
  end: (event: string) => `${event} ends today`,
  daily: (time: string) => `Daily digest at ${time}`,
  weekly: (day: string, time: string) => `Weekly digest, ${day} at ${time}`,
} as const

export const countdown = {
  at: (time: string) => ` at ${time}`,
  begins: inDays,
  starts: (days: number) => `starts ${inDays(days)}`,
  beginsToday: (days: number) => `starts today (day 1 of ${days})`,
  beganYesterday: (day: number, days: number) => `started yesterday (day ${day} of ${days})`,
  underWay: (day: number, days: number) => `under way (day ${day} of ${days})`,
  endsToday: (days: number) => `ends today (day ${days} of ${days})`,
  endedYesterday: 'ended yesterday',
  over: 'past',
} as const

export const changes = {
  title: 'What’s new',
  titleOf: (section: string) => `What’s new in ${section}`,
  all: 'All changes',
  none: 'You’re up to date.',
  noneSince: (day: string) => `Nothing new since ${day}. Last update:`,
  sinceLook: (day: string) => `Since this chat last checked, on ${day}:`,
  sinceDigest: 'Since the last digest here, or since this chat subscribed:',
  unknown:
    'I store nothing about this chat, so I can’t tell what’s new to it. Use /subscribe, and I’ll keep track.',
  newSection: (summary: string) => `New section: ${summary}`,
  sectionRemoved: 'Section removed.',
  renamed: (title: string) => `Renamed from “${title}”.`,
  summary: (summary: string) => `New summary: ${summary}`,
  columnAdded: (column: string, table: string) =>
    `Column “${column}” added${table && ` to “${table}”`}.`,
  columnRemoved: (column: string, table: string) =>
    `Column “${column}” removed${table && ` from “${table}”`}.`,
  rowAdded: (table: string) => ` added${table && ` to “${table}”`}.`,
  rowRemoved: (table: string) => ` removed${table && ` from “${table}”`}.`,
  rowChanged: (table: string) => `${inTable(table)}: `,
  column: (name: string) => name && `${name}: `,
  became: ' → ',
  passageAdded: 'New: ',
  passageRemoved: 'Removed: ',
  more: (lines: number) => `…and ${counted(lines, 'more change', 'more changes')}`,
  isNew: 'Just added.',
  resting: 'An edit was made just now. It appears here in a few minutes.',
  event: {
    added: (dates: string) => `new, ${dates}`,
    addedResting: {
      postponed: (dates: string) => `new, postponed, was ${dates}; no new dates yet`,
      cancelled: (dates: string) => `new, cancelled (${dates})`,
    },
    moved: (from: string, to: string) => `moved from ${from} to ${to}`,
    postponed: (dates: string) => `postponed, was ${dates}; no new dates yet`,
    cancelled: (dates: string) => `cancelled, was ${dates}`,
    newDates: (dates: string) => `rescheduled to ${dates}`,
    afterAll: (dates: string) => `back on: ${dates}`,
    removed: 'no longer listed',
    renamed: (name: string) => `renamed from ${name}`,
    dates: (dates: string) => `dates ${dates}`,
    notOn: (dates: readonly string[]) => `not on ${days(dates)}`,
    againOn: (dates: readonly string[]) => `again on ${days(dates)}`,
    fact: {
      participants: (to?: string) => (to ? `participants: ${to}` : 'participants removed'),
      location: (to?: string) => (to ? `place: ${to}` : 'place removed'),
      organizer: (to?: string) => (to ? `organizer: ${to}` : 'organizer removed'),
      link: (to?: string) => (to ? `link: ${to}` : 'link removed'),
      note: (to?: string) => (to ? `note: ${to}` : 'note removed'),
      source: (to?: string) => (to ? `source: ${to}` : 'source removed'),
    },
  },
} as const

/** Names the first three of some ISO dates, and the number of the others. */
function days(dates: readonly string[]): string {
  const others = dates.length - 3
  return listed([
    ...dates.slice(0, 3).map(monthOrDay),
    ...(others > 0 ? [`${figure(others)} more`] : []),
  ])
}

function inTable(title: string): string {
  return title && ` in “${title}”`
}

/** Titles of updates: the news first, because a notification shows 40 characters. */
export const update = {
  added: (name: string, dates: string) => `${name} added: ${dates}`,
  addedResting: (name: string, status: string) => `${name} added: ${status}`,
  moved: (name: string, dates: string) => `${name} moved to ${dates}`,
  postponed: (name: string) => `${name} postponed`,
  cancelled: (name: string) => `${name} cancelled`,
  newDates: (name: string, dates: string) => `${name} rescheduled to ${dates}`,
  afterAll: (name: string, dates: string) => `${name} is back on: ${dates}`,
  removed: (name: string) => `${name} is no longer listed`,
  changed: (name: string) => `${name} has new details`,
  exceptions: (name: string, dates: string) => `${name}: ${dates}`,
  more: (first: string, others: number) => `${first}, and ${figure(others)} more`,
  section: {
    new: (title: string) => `New section: ${title}`,
    changed: (title: string) => `Updated: ${title}`,
    removed: (title: string) => `Section removed: ${title}`,
  },
  row: (row: string, column: string, from: string, to: string) =>
    `${row}: ${column && `${column} `}${from} → ${to}`,
} as const
