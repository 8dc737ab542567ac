import { WEEKDAYS } from './dates.ts'

export const settings = {
  title: 'Settings',
  titleOf: (title: string, chat: string) => `${title} for ${chat}`,
  pages: {
    settings: 'Settings',
    what: 'What',
    schedule: 'When',
    hour: 'Time of day',
    sound: 'Sound',
    zone: 'Time zone',
    quiet: 'Quiet hours',
    tables: 'Table style',
  },
  sections: 'Section updates',
  hints: {
    what: 'What should I post here? Pick kinds of posts, and sections whose updates you’d like.',
    schedule: 'When should I post? Pick updates as they happen, or a daily or weekly digest.',
    hour: 'When should the digest arrive?',
    sound:
      'Which posts should ring? Unless you choose otherwise, digests and section updates arrive silently. Urgent ' +
      'announcements always ring.',
    zone: 'Pick one, or send your city:',
    quiet: 'When should I stay quiet? Pick a range, or send your own:',
    tables: 'How should tables look? Here’s one in each style.',
  },
  formats: {
    what:
      'Add + or - and a name, such as /settings +threats or /settings -digest. The names are digest, events, ' +
      'announcements and the commands of sections.',
    schedule:
      'Add instant, daily or a weekday, such as /settings schedule monday. “new” skips digests without news, and ' +
      '“always” sends them.',
    hour: 'Add a full hour, such as /settings hour 9, 9am or noon.',
    sound: 'Add usual, silent or loud, such as /settings sound silent.',
    zone: 'Add a city, such as /settings zone Mostar.',
    quiet: 'Add two different hours or off, such as /settings quiet 22-7.',
    tables: 'Add grid, cards, image or dark image, such as /settings tables image.',
  },
  done: (name: string, value: string) => `${name}: ${value} ✓`,
  on: 'on',
  off: 'off',
  wholeHour: (hour: number) =>
    `I offer full hours only. Send hour ${hour} or hour ${(hour + 1) % 24}.`,
  wholeHours: 'I offer full hours only. Send two of them, such as quiet 22 to 7.',
  unknown: (pages: string) => `I don’t know that setting. Try ${pages}.`,
  unknownTopic: 'I don’t know that name. See /settings what.',
  topics: {
    digest: 'Digest',
    announcements: 'Announcements',
  },
  cadences: { instant: 'As it happens', daily: 'Daily', weekly: 'Weekly' },
  weekdays: WEEKDAYS,
  weekly: (day: string) => `Weekly on ${day}`,
  at: (days: string, hour: string) => `${days} at ${hour}`,
  atHour: (hour: string) => `Hour: ${hour}`,
  onlyNew: 'Skip if nothing’s new',
  ifNew: 'skipped if nothing’s new',
  sounds: { usual: 'Silent digests', silent: 'All silent', loud: 'All loud' },
  tables: {
    grid: 'Grid when it fits',
    cards: 'Always cards',
    picture: 'Image',
    'dark-picture': 'Dark image',
  },
  /** The name of the sample that both styles with images share. */
  someImage: 'Image, light or dark',
  /** The table that shows the styles if the briefing has no short one. */
  sample: [
    ['Area', 'Level', 'Trend'],
    ['North', 'High', 'Falling'],
    ['South', 'Low', 'Steady'],
  ],
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
  none: 'nothing',
  active: 'Subscribed.',
  applyLater: 'These settings apply once you subscribe:',
  subscribe: 'Subscribe',
  resume: 'Resume',
  pauseWeek: 'Pause for a week',
  stop: 'Unsubscribe',
  back: 'Back',
  subscribed: (stop: string, hasEvents: boolean) =>
    `✅ Subscribed. I’ll send a digest,${hasEvents ? ' reminders,' : ''} updates and announcements here. ${stop} unsubscribes at any time.`,
  subscribedAlready: (stop: string) => `This chat is already subscribed. ${stop} unsubscribes it.`,
  stopped: (subscribe: string) =>
    `Unsubscribed. I’ll stop posting here. I keep your settings in case you ${subscribe} again.`,
  paused: (resume: string) => `Paused. ${resume} continues.`,
  resumed: 'Resumed. I won’t send again what you missed.',
  notPaused: 'Posts aren’t paused.',
  notSubscribed: 'This chat isn’t subscribed.',
  pauseHow: (typed: string) =>
    `I don’t understand “${typed}”. Try 12 hours, 1 week, until friday or until 5 December (up to a year), or just /pause.`,
  nextNone: 'This chat isn’t subscribed, so I post nothing here.',
  nextDigest: (day: string) => `Next digest: ${day}.`,
  nothingFollowed: 'No topics selected, so I won’t post anything.',
  asItHappens: (instant: boolean) =>
    instant ? 'I post updates as they happen' : 'I post what you follow as it happens',
  notBetween: (hours: string) => `, except during quiet hours (${hours}).`,
  pausedUntil: (day: string) => `Paused until ${day}.`,
  nextAfter: (day: string) => `Next digest: ${day}.`,
  pausedOpen: 'Paused until you resume.',
  here: (zone: string, time: string) => `Your time: ${time} (${zone}).`,
  hereNow: (time: string) => `Your time: ${time}.`,
  whichCity: (typed: string) => `Which “${typed}” do you mean?`,
  cityIs: (city: string, zone: string) => `${city} → ${zone} ✓`,
  otherCity: 'If you mean another one, add its country.',
  noPlace: (typed: string) =>
    `“${typed}” isn’t a place, or doesn’t say when clocks change. Send a city, such as Mostar.`,
  noCity: (typed: string) => `I don’t know “${typed}”. Try a larger city nearby, in English.`,
} as const
