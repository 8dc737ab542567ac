/**
 * Everything the bot says itself, in one place: its tone can be judged, and one day translated,
 * without reading code. Sentences for readers; what operators and editors read stands where it is
 * thrown.
 */
export const texts = {
  asOf: (date: string) => `as of ${monthOrDay(date)}`,
  source: (publisher: string) => `Source: ${publisher}`,
  stale: '⚠ Over a year old: it may be out of date.',

  details: 'Details',
  readOn: 'Read on',
  summary: 'Summary',
  next: (title: string) => `Next: ${title}`,
  overview: 'Overview',
  help: 'Help',

  overviewHint: 'Choose a section, or type what you look for.',

  exercises: 'Exercises',
  exerciseHeader: ['Exercise Name', 'Date', 'Participating Nations', 'Status'],
  exerciseFilter: { upcoming: 'Upcoming', past: 'Past', all: 'All' },
  exerciseTitle: { upcoming: 'Upcoming exercises', past: 'Past exercises', all: 'Exercises' },
  exerciseFacts: (name: string, facts: string) => `${name}: ${facts}`,
  formerDates: (dates: string) => `was ${dates}`,
  noExercise: {
    upcoming: 'No upcoming exercise is known.',
    past: 'No past exercise is known.',
    all: 'No exercise is known.',
  },
  status: {
    past: 'past',
    postponed: 'postponed',
    cancelled: 'cancelled',
    underWay: (day: number, days: number) => `under way: day ${day} of ${days}`,
    upcoming: (days: number) => `in ${count(days, 'day')}`,
  },

  reminderOf: (exercise: string) => `Exercise: ${exercise}`,
  newsOf: (exercise: string) => `News of an exercise: ${exercise}`,
  exerciseNews: 'News of exercises',
  sectionNews: (title: string) => `What has changed in “${title}”`,
  corrected: 'Corrected:',
  digest: {
    title: (title: string, day: string) => `${title}: digest of ${day}`,
    exercises: (days: number) => `Exercises of the next ${days} days`,
    section: (title: string) => `From the briefing: ${title}`,
  },
  plan: {
    before: (exercise: string, days: number) => `${count(days, 'day')} before ${exercise} begins.`,
    start: (exercise: string) => `The first day of ${exercise}.`,
    end: (exercise: string) => `The last day of ${exercise}.`,
    daily: (time: string) => `The digest of every day at ${time}.`,
    weekly: (day: string, time: string) => `The digest of every ${day} at ${time}.`,
  },
  countdown: {
    begins: (days: number) => `in ${count(days, 'day')}`,
    tomorrow: 'tomorrow',
    today: 'today',
    beginsToday: (days: number) => `begins today: day 1 of ${days}`,
    beganYesterday: (day: number, days: number) => `began yesterday: day ${day} of ${days}`,
    underWay: (day: number, days: number) => `under way: day ${day} of ${days}`,
    endsToday: (days: number) => `ends today: day ${days} of ${days}`,
    endedYesterday: 'ended yesterday',
    over: 'past',
  },
  changes: {
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
    rowAdded: (table: string) => ` is new${inTable(table)}.`,
    rowRemoved: (table: string) => ` is gone${table && ` from “${table}”`}.`,
    rowChanged: (table: string, cells: string) => `${inTable(table)}: ${cells}`,
    cell: (column: string, from: string, to: string) => {
      const name = column && `${column} `
      if (from === '') return `${name}“${to}”`
      return to === '' ? `${name}without “${from}”` : `${name}“${to}” instead of “${from}”`
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
  },

  nextExercise: 'Next exercise',
  runningNow: 'Under way now',
  comingNext: 'Next',
  lastExercise: 'The last one known is past:',
  waiting: (names: string) => `Postponed, without a new date: ${names}.`,

  tables: 'Tables',
  tablesHint: 'Choose a table.',
  tableEntry: (section: string, rows: number) => ` — ${section}, ${count(rows, 'row')}`,
  tableSummary: (section: string, rows: number) => `Table of ${section}, ${count(rows, 'row')}`,

  found: (query: string, results: number) => `“${query}”: ${count(results, 'result')}`,
  nothingFound: (query: string) => `Nothing was found for “${query}”.`,
  nothingFoundHint: 'Try another word or a shorter one, or choose from here.',

  aboutSource: 'Source',
  aboutNotKnown: 'What is not known',
  aboutNaming: 'Names',
  aboutLicence: 'Licence',

  helpIntro: (example: string) =>
    `Type a command, or plain words: what a section is about (“${example}”), or what you look for.`,
  helpSections: 'Sections',
  helpCommands: 'More',
  notMember:
    'I am not a member here, you brought me along: I can answer you, but I cannot post by myself, ' +
    'so this place cannot subscribe. Whoever manages it can add me.',

  nothingKept: 'Here nothing can be kept. Ask me on Discord, on Telegram or in the local chat.',
  notSaved: 'What is kept cannot be reached just now. Please try again later.',
  tooOld: 'That button is too old to tell where it belongs. Please type /settings again.',
  barred: {
    direct:
      'On Discord I post into the channels of servers, not into direct messages. Type /subscribe in ' +
      'a channel of a server that you manage.',
    rights:
      'I may not post in this channel. Let me view it and send messages there, then type ' +
      '/subscribe again.',
  },
  refusedGroup: 'Only administrators of this chat may do that.',
  refusedUnknown:
    'Telegram does not tell me who administers this chat. Make me an administrator, then try again.',
  refusedServer: 'Only those who may manage this server may do that.',
  refusedMention:
    'A message does not tell me what you may do here. Type it as a slash command, such as /settings.',
  unreached: {
    unknown: 'I do not know such a channel. Add me to it as an administrator, then try again.',
    forbidden: 'Only administrators of that channel may do that.',
    elsewhere:
      'Only Telegram’s channels are managed from another chat, and only from a private one.',
    rights: 'I may not post in that channel. Make me an administrator who may post there.',
  },
  backAgain: 'I am back, and everything is as it was.',

  settings: {
    title: 'Settings',
    titleOf: (title: string, chat: string) => `${title} of ${chat}`,
    pages: {
      settings: 'Settings',
      topics: 'Topics',
      sections: 'Changes of sections',
      rhythm: 'Digest',
      hour: 'Hour',
      zone: 'Time zone',
      quiet: 'Quiet hours',
      tables: 'Tables',
    },
    hints: {
      topics: 'What shall I post here?',
      sections: 'Of which sections shall I post the changes here?',
      rhythm: 'At once, every day, or on one day of the week?',
      hour: 'At which hour of your clock?',
      zone: 'Choose one, or type a city like this:',
      quiet: 'Between which hours shall I post nothing? Choose, or type others like this:',
      tables: 'How shall tables look?',
    },
    formats: {
      topics: 'Write +digest or -digest behind it; likewise exercises, announcements.',
      sections: 'Write + or - and the command of a section behind it, such as +threats.',
      rhythm:
        'Write instant, daily, or a day such as monday behind it; or new, for digests only where ' +
        'something is new, and always.',
      hour: 'Write a whole hour behind it: a number from 0 to 23, or 9am.',
      zone: 'Write a city behind it.',
      quiet: 'Write off behind it, or two different hours: 22-7',
      tables: 'Write grid or cards behind it.',
    },
    unknown: (pages: string) => `That is no setting. There are: ${pages}.`,
    unknownTopic: 'There is no such topic. Look at /settings topics and /settings sections.',
    topics: {
      digest: 'Digest',
      exercises: 'Exercises',
      announcements: 'Announcements',
    },
    cadences: { instant: 'At once', daily: 'Daily', weekly: 'Weekly' },
    weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
    weekly: (day: string) => `Weekly, on ${day}`,
    onlyNew: 'Only with something new',
    ifNew: 'only with something new',
    tables: { grid: 'Grid where it fits', cards: 'Always cards' },
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
    quietOff: 'None',
    none: 'none',
    states: {
      active: 'Subscribed',
      paused: 'Paused',
      stopped: 'Not subscribed',
    },
    subscribe: 'Subscribe',
    resume: 'Resume',
    pauseWeek: 'Pause a week',
    stop: 'Stop',
    back: 'Back',
    subscribed: (stop: string) =>
      `Subscribed: a digest, reminders and news of exercises, and announcements. ${stop} ends it at any time.`,
    subscribedAlready: (stop: string) => `This chat is subscribed already. ${stop} ends it.`,
    stopped: (subscribe: string) =>
      `Stopped: nothing more comes. The settings stay for ${subscribe}.`,
    paused: (resume: string) => `Paused. ${resume} ends it.`,
    resumed: 'Resumed. What came out meanwhile is not sent again.',
    notPaused: 'There was no pause.',
    notSubscribed: 'Nothing is subscribed here.',
    pauseHow: (typed: string) =>
      `“${typed}” is no time that I know: 12h, 1d or 2w, up to a year; or none at all, until you resume.`,
    nextNone: 'Nothing comes.',
    nextDigest: (day: string) => `Next digest: ${day}.`,
    nothingFollowed: 'Nothing is followed, so nothing comes.',
    asItHappens: (instant: boolean) =>
      instant ? 'News comes as soon as there is any' : 'What is followed comes as it happens',
    notBetween: (hours: string) => `, but not between ${hours}.`,
    pausedUntil: (day: string) => `Nothing comes until ${day}.`,
    nextAfter: (day: string) => `The next digest then is due on ${day}.`,
    pausedOpen: 'Nothing comes until you resume.',
    here: (zone: string, time: string) => `Time zone: ${zone}, where it is ${time}.`,
    day: (date: string, weekday: number, time: string) =>
      `${WEEKDAYS[weekday - 1]}, ${monthOrDay(date)}, ${time}`,
    whichCity: (typed: string) => `Which “${typed}” do you mean?`,
    noCity: (typed: string) => `I know no city “${typed}”. Try a larger one near it, in English.`,
  },

  takenBack: 'This announcement was taken back.',

  receipt: {
    title: 'What I have posted here',
    intro: (zone: string) => `The newest first. Times are those of ${zone}.`,
    none: 'Nothing was posted here by itself yet. What is to come is chosen in the settings.',
    at: (date: string, time: string) => `${monthOrDay(date)}, ${time}`,
    sent: (at: string) => `sent ${at}`,
    corrected: (at: string, version: number) => `corrected ${at}: version ${version}`,
    retracted: (at: string) => `taken back ${at}`,
    onItsWay: 'on its way',
    failed: (at: string, code: string) => `not taken by the platform ${at} (${code})`,
    gone: (at: string) => `this chat could not be reached ${at}`,
    skipped: (reason: string) => `not sent: ${reason}`,
    uncertain: (at: string) => `sent ${at}, but nobody knows whether it has arrived`,
    repeated: 'perhaps twice: the platform’s answer was lost or unclear',
    held: 'held back for the moment',
    unpublished: 'it is still to be passed on',
    older: 'an older version stands here',
    reasons: {
      unwanted: 'it was not wanted at that moment',
      expired: 'it would have come too late',
      cancelled: 'it was stopped',
      retracted: 'it was taken back before',
    },
  },

  privacy: {
    title: 'Privacy',
    points: [
      'I keep of a chat: its id, what it wants, and what I have posted there with which outcome.',
      'I keep nothing of a chat that never subscribed nor changed a setting.',
      'I do not keep what people type, nor their names.',
      'What moderators do, and who has had a chat forgotten, is kept with their ids.',
      '/export shows everything that is kept about this chat, /forget erases it.',
    ],
    export: 'Show what is kept',
    forget: 'Forget this chat',
    nothing: 'Nothing is kept about this chat.',
    exported: 'Everything that is kept about this chat:',
    forgetAsk:
      'Shall I forget this chat? Its settings and its history are erased, nothing more is posted ' +
      'here. That cannot be undone.',
    forgetSure: 'Forget everything',
    forgetNot: 'Keep it',
    forgotten: 'Forgotten. Of this chat nothing is kept but that you have had it forgotten.',
  },

  greeting: (title: string) =>
    `Hello. I answer questions about “${title}”: type /briefing to begin, /help for everything, or ` +
    'mention me with what you look for.',
  tooMany: 'That was a lot at once. Please wait a few seconds, then go on.',
  tooManyParts: (parts: number, most: number) =>
    `This answer has ${parts} parts, and here I may send ${most}. Ask me in a direct message.`,
  failed: 'That went wrong inside Sitrep. Please try again.',

  commands: {
    briefing: { title: 'Overview', description: 'The briefing at a glance, with every section' },
    tables: { title: 'Tables', description: 'All tables of the briefing, or one of them' },
    exercises: { title: 'Exercises', description: 'Military exercises: upcoming, past or all' },
    next: { title: 'Next exercise', description: 'The next exercise and the days to go' },
    search: { title: 'Search', description: 'Find a word in the briefing' },
    digest: { title: 'Digest', description: 'What a digest would say now' },
    changes: { title: 'Changes', description: 'What has changed since this chat last looked' },
    subscribe: { title: 'Subscribe', description: 'Digests, exercises and announcements, here' },
    stop: { title: 'Stop', description: 'Nothing more is posted here' },
    unsubscribe: { title: 'Unsubscribe', description: 'The same as stop' },
    pause: {
      title: 'Pause',
      description: 'Post nothing here for a while: 1d, 1w, or until resumed',
    },
    resume: { title: 'Resume', description: 'End a pause' },
    settings: { title: 'Settings', description: 'Topics, rhythm, hour, time zone, quiet hours' },
    receipt: {
      title: 'Receipt',
      description: 'What was posted in this chat, when, and what was not',
    },
    privacy: { title: 'Privacy', description: 'What is kept about a chat' },
    export: { title: 'Export', description: 'Everything that is kept about this chat, as JSON' },
    forget: { title: 'Forget', description: 'Erase everything that is kept about this chat' },
    about: { title: 'About', description: 'Source, date, what is not known, licence' },
    help: { title: 'Help', description: 'What you can type' },
  },
  parameters: {
    part: 'details: the whole text instead of the summary',
    table: 'Which table',
    filter: 'upcoming, past or all',
    words: 'What to look for',
    section: 'Of which section',
    time: 'How long: 12h, 1d, 2w; without it until /resume',
    change: 'topics, sections, rhythm, hour, zone, quiet or tables, and a value',
    sure: 'everything: without asking again',
  },

  promptGreeting:
    'Type /briefing to begin, /help for all commands, or what you look for. A number presses the ' +
    'button under the last answer. Ctrl-D ends.',
  noSuchButton: (number: string, buttons: number) =>
    `There is no button ${number}; the last answer has 1 to ${buttons}.`,

  localSilent:
    'This database is a bot’s: the local chat posts nothing by itself, so that subscribers miss nothing.',

  contentChanged: 'The content was changed; answers come from the new edition.',
  contentBroken: (problems: string) =>
    `The content was changed but has problems; the last good edition stays.\n${problems}`,

  unknownCommand: (name: string) => `There is no command /${name}.`,
  didYouMean: 'Did you mean one of these?',
  misused: (usage: string) => `It is typed like this: ${usage}`,
  valueUnknown: (name: string, value: string) => `/${name} does not know “${value}”.`,
  valueMissing: (name: string) => `/${name} needs something behind it.`,
  nothingTyped: 'There was nothing to read. Type a command, or what you look for.',
  tooLong: (length: number, most: number) =>
    `That has ${length} characters; ${most} is the most that can be read. Please shorten it.`,
  unreadable: (code: string) =>
    `There is a character in that which cannot be read (${code}). Please type it again without.`,
} as const

/** `2023-06-01` is "1 June 2023", `2023-09` is "September 2023". */
export function monthOrDay(date: string): string {
  const [year, month, day] = date.split('-')
  return [day && Number(day), MONTHS[Number(month) - 1], year].filter(Boolean).join(' ')
}

/** ISO dates, both included: "1–10 June 2023", "28 June – 3 July 2023", "1 June 2023". */
export function dateRange(start: string, end: string): string {
  if (start === end) return monthOrDay(start)
  if (start.slice(0, 7) === end.slice(0, 7)) return `${Number(start.slice(8))}–${monthOrDay(end)}`
  const sameYear = start.slice(0, 4) === end.slice(0, 4)
  const from = sameYear ? monthOrDay(start).replace(/ \d+$/, '') : monthOrDay(start)
  return `${from} – ${monthOrDay(end)}`
}

const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

const MONTHS =
  'January February March April May June July August September October November December'.split(' ')

function inTable(title: string): string {
  return title && ` in “${title}”`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
