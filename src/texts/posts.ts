import { count } from './dates.ts'

/** Texts of digests. */
export const digest = {
  title: (title: string, day: string) => `${title}: digest of ${day}`,
  exercises: (days: number) => `Exercises of the next ${days} days`,
  section: (title: string) => `From the briefing: ${title}`,
} as const

export const plan = {
  before: (exercise: string, days: number) => `${count(days, 'day')} before ${exercise} begins.`,
  start: (exercise: string) => `The first day of ${exercise}.`,
  end: (exercise: string) => `The last day of ${exercise}.`,
  daily: (time: string) => `The digest of every day at ${time}.`,
  weekly: (day: string, time: string) => `The digest of every ${day} at ${time}.`,
} as const

export const countdown = {
  begins: (days: number) => `in ${count(days, 'day')}`,
  tomorrow: 'tomorrow',
  today: 'today',
  beginsToday: (days: number) => `begins today: day 1 of ${days}`,
  beganYesterday: (day: number, days: number) => `began yesterday: day ${day} of ${days}`,
  underWay: (day: number, days: number) => `under way: day ${day} of ${days}`,
  endsToday: (days: number) => `ends today: day ${days} of ${days}`,
  endedYesterday: 'ended yesterday',
  over: 'past',
} as const

export const changes = {
  title: 'What has changed',
  titleOf: (section: string) => `What has changed: ${section}`,
  all: 'All changes',
  none: 'Nothing has changed that this chat does not know.',
  noneSince: (day: string) =>
    `Nothing has changed since ${day}, when somebody last looked here. What was new then:`,
  sinceLook: (day: string) => `Since ${day}, when somebody last looked here.`,
  sinceDigest: 'Since the last digest here, or since this chat has subscribed.',
  unknown:
    'I keep nothing of this chat, so I cannot tell what is new to it. Once it has subscribed, I can.',
  sections: { new: 'This section is new.', removed: 'This section is not part of it any more.' },
  renamed: (title: string) => `This section was called “${title}”.`,
  summary: (summary: string) => `New summary: ${summary}`,
  columnAdded: (column: string, table: string) => `The column “${column}” is new${inTable(table)}.`,
  columnRemoved: (column: string, table: string) =>
    `The column “${column}” is gone${table && ` from “${table}”`}.`,
  rowAdded: (table: string) => ` is new${inTable(table)}.`,
  rowRemoved: (table: string) => ` is gone${table && ` from “${table}”`}.`,
  rowChanged: (table: string) => `${inTable(table)}: `,
  /** `from` and `to` are lists of styled texts; an empty list is an empty cell. */
  cell: <T>(column: string, from: readonly T[], to: readonly T[]): (string | T)[] => {
    const name = column && `${column} `
    if (from.length === 0) return [`${name}“`, ...to, '”']
    if (to.length === 0) return [`${name}without “`, ...from, '”']
    return [`${name}“`, ...to, '” instead of “', ...from, '”']
  },
  passages: (added: number, rewritten: number, removed: number) =>
    `In the text: ${[
      rewritten > 0 && `${count(rewritten, 'passage')} rewritten`,
      added > 0 && `${count(added, 'passage')} added`,
      removed > 0 && `${count(removed, 'passage')} removed`,
    ]
      .filter(Boolean)
      .join(', ')}.`,
  more: (lines: number) => `And ${lines} more changes.`,
  isNew: 'New.',
  resting: 'Something was edited just now: it is told here once it has rested.',
  became: {
    added: (dates: string) => `new, ${dates}`,
    addedResting: {
      postponed: (dates: string) => `new, postponed, was ${dates}; new dates are not known`,
      cancelled: (dates: string) => `new, cancelled (${dates})`,
    },
    moved: (from: string, to: string) => `moved from ${from} to ${to}`,
    postponed: (dates: string) => `postponed, was ${dates}; new dates are not known`,
    cancelled: (dates: string) => `cancelled, was ${dates}`,
    newDates: (dates: string) => `new dates after it was postponed: ${dates}`,
    afterAll: (dates: string) => `takes place after all: ${dates}`,
    removed: 'not named any more',
    renamed: (name: string) => `was called ${name}`,
    dates: (dates: string) => `dates ${dates}`,
    fact: {
      participants: (to?: string) => (to ? `participants: ${to}` : 'participants not named'),
      location: (to?: string) => (to ? `place: ${to}` : 'no place any more'),
      note: (to?: string) => (to ? `note: ${to}` : 'without its note'),
      source: (to?: string) => (to ? `source: ${to}` : 'without its source'),
    },
  },
} as const

function inTable(title: string): string {
  return title && ` in “${title}”`
}

/** Texts of reminders. */
export const reminder = {
  title: (exercise: string) => `Exercise: ${exercise}`,
} as const

/** Texts of updates. */
export const update = {
  title: (exercise: string) => `News of an exercise: ${exercise}`,
} as const
