import { announce } from './texts/announce.ts'
import { announcements } from './texts/announcements.ts'
import { commands, parameters } from './texts/commands.ts'
import { count, monthOrDay } from './texts/dates.ts'
import { moderators } from './texts/moderators.ts'
import { changes, countdown, digest, plan, reminder, update } from './texts/posts.ts'
import { privacy, receipt } from './texts/privacy.ts'
import { reachability } from './texts/reachability.ts'
import { rights } from './texts/rights.ts'
import { settings } from './texts/settings.ts'

/**
 * Every text of the bot for readers and moderators, in one place, so that the wording can be reviewed and translated
 * without reading code. Messages for operators and editors are in the code that throws or logs them.
 */
export const texts = {
  day: monthOrDay,
  asOf: (date: string) => `as of ${monthOrDay(date)}`,
  source: (publisher: string) => `Source: ${publisher}`,
  stale: '⚠ Over a year old: it may be out of date.',

  details: 'Details',
  readOn: 'Read on',
  /** The text in place of a picture that cannot be shown. */
  picture: '[Picture]',
  damaged: '[Damaged message]',
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

  rights,

  exerciseNews: 'News of exercises',
  sectionNews: (title: string) => `What has changed in “${title}”`,
  corrected: 'Corrected:',
  digest,
  reminder,
  update,
  plan,
  countdown,
  changes,

  nextExercise: 'Next exercise',
  runningNow: 'Under way now',
  comingNext: 'Next',
  lastExercise: 'The last one known is past:',
  waiting: (names: string) => `Postponed, without a new date: ${names}.`,

  tables: 'Tables',
  tablesHint: 'Choose a table.',
  tableEntry: (section: string, rows: number) => ` — ${section}, ${count(rows, 'row')}`,
  tableSummary: (section: string, rows: number) => `Table of ${section}, ${count(rows, 'row')}`,

  found: (query: string, shown: number, all: number) =>
    `“${query}”: ${shown < all ? `${shown} of ` : ''}${count(all, 'result')}`,
  moreResults: 'More results',
  searchHint: 'Add a word to find fewer.',
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
  helpStaff: 'For moderators',
  notMember:
    'I am not a member here, you brought me along: I can answer you, but I cannot post by myself, ' +
    'so this place cannot subscribe. Whoever manages it can add me.',

  suggested: 'A link or a forwarded message asks for this command:',
  suggestedHow: 'Nothing has happened yet. To run it, press the button.',

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
  refusedGroup: 'Only administrators of this chat who may change its info may do that.',
  asGroup: 'If you are an anonymous administrator, type the command as the group.',
  refusedChannel: 'Only administrators of this chat who may post here may do that.',
  refusedUnknown:
    'Telegram does not tell me who administers this chat. Make me an administrator, then try again.',
  unchecked:
    'I couldn’t check your rights in time, because Telegram can’t be asked just now. Nothing has changed. Please try again in a moment.',
  refusedServer: 'Only those who may manage this server may do that.',
  refusedMention:
    'A message does not tell me what you may do here. Type it as a slash command, such as /settings.',
  unreached: {
    unknown: 'I do not know such a channel. Add me to it as an administrator, then try again.',
    forbidden: 'Only administrators of that channel who may post there may do that.',
    elsewhere:
      'Only Telegram’s channels are managed from another chat, and only from a private one.',
    rights: 'I may not post in that channel. Make me an administrator who may post there.',
  },
  backAgain: 'I am back, and everything is as it was.',

  reachability,
  settings,

  announce,
  announcements,
  moderators,
  sendersOnly:
    'Only this bot’s moderators can do that. If you manage a Discord server, you can do it for that server.',
  moderatorsOnly: 'Only this bot’s moderators can do that.',

  takenBack: 'This announcement has been retracted.',

  receipt,

  privacy,

  greeting: (title: string) =>
    `Hello. I answer questions about “${title}”: type /briefing to begin, /help for everything, or ` +
    'mention me with what you look for.',
  tooMany: 'That was a lot at once. Please wait a few seconds, then go on.',
  tooManyParts: (parts: number, most: number) =>
    `This answer has ${parts} parts, and here I may send ${most}. Ask me in a direct message.`,
  failed: 'That went wrong inside Sitrep. Please try again.',
  busy: 'Too many requests came at once, so I didn’t do this. Please send it again in a moment.',
  givenBack: 'What you have written:',

  commands,
  parameters,

  promptGreeting:
    'Type /briefing to begin, /help for all commands, or what you look for. A number presses the ' +
    'button under the last answer. Ctrl-D ends.',
  noSuchButton: (number: string, buttons: number) =>
    `There is no button ${number}; the last answer has 1 to ${buttons}.`,

  localSilent:
    'This database is a bot’s: the local chat posts nothing by itself, so that subscribers miss nothing.',

  contentChanged: 'The content was changed; answers come from the new edition.',
  contentWarnings: (warnings: string) => `Check these places in the content.\n${warnings}`,
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
