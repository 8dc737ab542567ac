import { monthOrDay, WEEKDAYS } from './dates.ts'

export const settings = {
  title: 'Settings',
  titleOf: (title: string, chat: string) => `${title} for ${chat}`,
  pages: {
    settings: 'Settings',
    topics: 'Topics',
    sections: 'Section updates',
    rhythm: 'Schedule',
    hour: 'Time of day',
    zone: 'Time zone',
    quiet: 'Quiet hours',
    tables: 'Table style',
  },
  hints: {
    topics: 'What should I post here?',
    sections: 'Which sections should I post updates about?',
    rhythm: 'How often? Updates as they happen, or a daily or weekly digest.',
    hour: 'When should the digest arrive?',
    zone: 'Pick one, or send your city:',
    quiet: 'When should I stay quiet? Pick a range, or send your own:',
    tables: 'How should tables look?',
  },
  formats: {
    topics:
      'Add +topic or -topic, such as /settings topics -exercises. The topics are digest, exercises and announcements.',
    sections: 'Add + or - and the command of a section, such as /settings sections +threats.',
    rhythm:
      'Add instant, daily or a weekday, such as /settings rhythm monday. “new” skips digests without news, and “always” ' +
      'sends them.',
    hour: 'Add a full hour, such as /settings hour 9, 9am or noon.',
    zone: 'Add a city, such as /settings zone Mostar.',
    quiet: 'Add two different hours or off, such as /settings quiet 22-7.',
    tables: 'Add grid or cards, such as /settings tables cards.',
  },
  wholeHour: (hour: number) =>
    `I offer full hours only. Send hour ${hour} or hour ${(hour + 1) % 24}.`,
  wholeHours: 'I offer full hours only. Send two of them, such as quiet 22 to 7.',
  unknown: (pages: string) => `I don’t know that setting. Try ${pages}.`,
  unknownTopic: 'I don’t know that topic. See /settings topics and /settings sections.',
  topics: {
    digest: 'Digest',
    exercises: 'Exercises',
    announcements: 'Announcements',
  },
  cadences: { instant: 'As it happens', daily: 'Daily', weekly: 'Weekly' },
  weekdays: WEEKDAYS,
  weekly: (day: string) => `Weekly on ${day}`,
  onlyNew: 'Skip if nothing’s new',
  ifNew: 'skipped if nothing’s new',
  tables: { grid: 'Grid when it fits', cards: 'Always cards' },
  someZones: [
    'Europe/Sarajevo',
    'Europe/London',
    'Europe/Berlin',
    'Europe/Athens',
    'Europe/Istanbul',
    'America/New_York',
    'America/Los_Angeles',
    'UTC',
  ],
  quietOff: 'Off',
  none: 'none',
  states: {
    active: 'Subscribed',
    paused: 'Paused',
    stopped: 'Not subscribed',
  },
  subscribe: 'Subscribe',
  resume: 'Resume',
  pauseWeek: 'Pause for a week',
  stop: 'Unsubscribe',
  back: 'Back',
  subscribed: (stop: string) =>
    `✅ Subscribed. I’ll send a digest, reminders, updates and announcements here. ${stop} unsubscribes at any time.`,
  subscribedAlready: (stop: string) => `This chat is already subscribed. ${stop} unsubscribes it.`,
  stopped: (subscribe: string) =>
    `Unsubscribed. I’ll stop posting here. I keep your settings in case you ${subscribe} again.`,
  paused: (resume: string) => `Paused. ${resume} continues.`,
  resumed: 'Resumed. I won’t send again what you missed.',
  notPaused: 'Posts aren’t paused.',
  notSubscribed: 'This chat isn’t subscribed.',
  pauseHow: (typed: string) =>
    `I don’t understand “${typed}”. Try 12 hours, 1 week, until friday or until 5 December (up to a year), or just /pause.`,
  nextNone: 'Nothing scheduled.',
  nextDigest: (day: string) => `Next digest: ${day}.`,
  nothingFollowed: 'No topics selected, so I won’t post anything.',
  asItHappens: (instant: boolean) =>
    instant ? 'I post updates as they happen' : 'I post what you follow as it happens',
  notBetween: (hours: string) => `, except during quiet hours (${hours}).`,
  pausedUntil: (day: string) => `Paused until ${day}.`,
  nextAfter: (day: string) => `Next digest: ${day}.`,
  pausedOpen: 'Paused until you resume.',
  here: (zone: string, time: string) => `Your time: ${time} (${zone}).`,
  day: (date: string, weekday: number, time: string) =>
    `${WEEKDAYS[weekday - 1]}, ${monthOrDay(date)}, ${time}`,
  whichCity: (typed: string) => `Which “${typed}” do you mean?`,
  cityIs: (city: string, zone: string, time: string) => `${city}: ${zone}, ${time} there.`,
  otherCity: 'If you mean another one, add its country.',
  noPlace: (typed: string) =>
    `“${typed}” isn’t a place, or doesn’t say when clocks change. Send a city, such as Mostar.`,
  noCity: (typed: string) => `I don’t know “${typed}”. Try a larger city nearby, in English.`,
} as const
