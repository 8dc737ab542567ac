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
    about: { title: 'About', description: 'Source, date, what is not known, licence' },
    help: { title: 'Help', description: 'What you can type' },
  },
  parameters: {
    part: 'details: the whole text instead of the summary',
    table: 'Which table',
    filter: 'upcoming, past or all',
    words: 'What to look for',
  },

  promptGreeting:
    'Type /briefing to begin, /help for all commands, or what you look for. A number presses the ' +
    'button under the last answer. Ctrl-D ends.',
  noSuchButton: (number: string, buttons: number) =>
    `There is no button ${number}; the last answer has 1 to ${buttons}.`,

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

const MONTHS =
  'January February March April May June July August September October November December'.split(' ')

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
