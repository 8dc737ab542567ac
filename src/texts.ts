import { announce } from './texts/announce.ts'
import { announcements } from './texts/announcements.ts'
import { commands, parameters } from './texts/commands.ts'
import { inDays, monthOrDay } from './texts/dates.ts'
import { diagnosis } from './texts/diagnosis.ts'
import { eventReminders } from './texts/event-reminders.ts'
import { events } from './texts/events.ts'
import { feeds } from './texts/feeds.ts'
import { health } from './texts/health.ts'
import { moderators } from './texts/moderators.ts'
import { counted, figure, listed } from './texts/plurals.ts'
import { changes, countdown, digest, plan, update } from './texts/posts.ts'
import { privacy, receipt } from './texts/privacy.ts'
import { reachability } from './texts/reachability.ts'
import { rights } from './texts/rights.ts'
import { scheduledEvents } from './texts/scheduled-events.ts'
import { settings } from './texts/settings.ts'
import { whoami } from './texts/whoami.ts'

/**
 * Every text of the bot for readers and moderators, in one place, so that the wording can be reviewed and translated
 * without reading code. Messages for operators and editors are in the code that throws or logs them.
 */
export const texts = {
  day: monthOrDay,
  asOf: (date: string) => `as of ${monthOrDay(date)}`,
  source: (publisher: string) => `Source: ${publisher}`,
  stale: '⚠ More than a year old, so it may be out of date.',

  /** One emoji a meaning, before the label of a first step that says the same in words. */
  icons: { subscription: '🔔' },

  details: 'Details',
  readOn: 'Read more',
  /** The text in place of a picture that cannot be shown. */
  picture: '[Image]',
  /** The words of a picture of a section that cannot be shown. */
  pictureOf: (words: string) => `[Image: ${words}]`,
  damaged: '[Damaged message]',
  noFile: 'I can’t send files here. Allow that in this chat, then ask me again.',
  summary: 'Summary',
  next: (title: string) => `Next: ${title}`,
  overview: 'Overview',
  help: 'Help',

  /** The words on a closed list of choices. */
  choose: 'Choose …',
  overviewHint: 'Pick a section, or ask me anything.',
  /** The hint of a briefing without a search. */
  overviewChoice: 'Pick a section.',

  draft: 'Draft, not published yet',
  partlyDraft: 'Partly a draft, not published yet',
  draftLabel: (title: string) => `${title} (draft)`,

  events,
  formerDates: (dates: string) => `was ${dates}`,
  status: {
    past: 'past',
    postponed: 'postponed',
    cancelled: 'cancelled',
    now: 'under way',
    underWay: (day: number, days: number) => `under way (day ${day} of ${days})`,
    upcoming: inDays,
  },

  rights,

  corrected: 'Corrected:',
  digest,
  update,
  eventReminders,
  plan,
  countdown,
  changes,

  runningNow: 'Happening now',
  comingNext: 'Up next',
  lastEvent: 'Most recent:',
  waiting: (names: readonly string[]) => `Postponed, no new date yet: ${listed(names)}.`,

  tables: 'Tables',
  tableEntry: (section: string, rows: number) => ` — ${section}, ${counted(rows, 'row', 'rows')}`,
  tableSummary: (section: string, rows: number) =>
    `Table in ${section}, ${counted(rows, 'row', 'rows')}`,

  found: (query: string, shown: number, all: number) =>
    `${shown < all ? `${shown} of ` : ''}${counted(all, 'result', 'results')} for “${query}”`,
  moreResults: 'More results',
  searchHint: 'Add a word to narrow it down.',
  notFoundWords: (words: readonly string[]) =>
    `Nothing has ${words.map(word => `“${word}”`).join(' or ')}.`,
  nothingFound: (query: string) => `No results for “${query}”.`,
  nothingFoundHint: 'Try another word, or start here:',

  aboutSource: 'Source',
  aboutNotKnown: 'What we don’t know',
  aboutNaming: 'Place names',
  aboutLicence: 'Licence',

  introduction: {
    briefing: (sections: number) => `A briefing in ${counted(sections, 'section', 'sections')}.`,
    answers: 'I answer questions about it.',
    offer: {
      private: (posts: string) => `Subscribe, and I send ${posts}.`,
      group: (posts: string) => `Subscribe this chat, and I post ${posts}.`,
    },
    posts: (hasEvents: boolean) =>
      hasEvents ? 'digests, reminders and announcements' : 'digests and announcements',
    greeting: 'Hi!',
    /** The invitation to ask, with a question that the briefing answers. */
    begin: {
      private: (example: string) => `Ask in your own words, such as “${example}”, or start here:`,
      group: (example: string) =>
        `Mention me with a question, such as “${example}”, or start here:`,
    },
    beginHere: 'Start here:',
    short: (title: string) => `I answer questions on ${title}, and send digests and reminders.`,
    read: 'Read the briefing',
    subscribe: 'Subscribe',
  },
  thanked: 'You’re welcome! Ask me anything else.',

  helpIntro: (example: string, canSearch: boolean) =>
    canSearch
      ? `Ask anything (“${example}”), or choose:`
      : `Name a section, such as “${example}”, or use a command.`,
  helpGroups: { read: 'Read', subscribe: 'Subscribe', data: 'Your data' },
  moderatorTools: 'Moderator tools',
  notMember:
    'You installed me for yourself, so I can answer you here, but I can’t post on my own. To subscribe this channel, ' +
    'ask an admin to add me to the server.',

  suggested: 'A link or a forwarded message wants to run this command:',
  suggestedHow: 'Nothing has run yet. Press the button to run it.',

  nothingKept: 'I can’t save anything here. Use Discord, Telegram or the local chat.',
  notSaved:
    'I can’t reach my database right now, so I saved nothing. Please try again in a minute.',
  tooOld: 'That button has expired. Send /settings for a new panel.',
  barred: {
    direct:
      'On Discord I can post only in channels of servers, not in direct messages. Use /subscribe in a channel of a ' +
      'server that you manage.',
    rights:
      'I can’t post in this channel. Give me the permissions View Channel and Send Messages, then use /subscribe again.',
  },
  refusedGroup: 'Only admins of this chat with the right Change Group Info can do that.',
  asGroup: 'If you’re an anonymous admin, send the command as the group.',
  refusedChannel: 'Only admins of this chat with the right Post Messages can do that.',
  refusedUnknown: 'I can’t see who this chat’s admins are. Make me an admin, then try again.',
  unchecked:
    'I couldn’t check your rights because Telegram didn’t answer in time. Nothing has changed. Please try again in a moment.',
  refusedServer: 'You need the permission Manage Server to do that.',
  refusedMention:
    'I can’t check your permissions from a message. Use the slash command instead, such as /settings.',
  unreached: {
    unknown: 'I can’t find that channel. Add me to it as an admin, then try again.',
    forbidden: 'Only that channel’s admins with the right Post Messages can do that.',
    elsewhere:
      'You can manage another chat only if it’s a Telegram channel, and only from a private chat with me.',
    rights: 'I can’t post in that channel. Make me an admin with the right Post Messages.',
  },
  backAgain: 'I’m back. Your settings are unchanged.',

  reachability,
  settings,
  scheduledEvents,

  announce,
  announcements,
  moderators,
  feeds,
  health,
  sendersOnly: 'Only this bot’s moderators and, on Discord, server admins can do that.',
  moderatorsOnly: 'Only this bot’s moderators can do that.',

  takenBack: 'This announcement has been retracted.',

  receipt,

  privacy,
  whoami,
  diagnosis,

  tooMany: 'You’re going a bit fast for me. Please wait a few seconds and try again.',
  tooManyParts: (parts: number, most: number) =>
    `This answer takes ${parts} messages and I can send only ${most} here. Ask me in a direct message.`,
  failed: 'Something went wrong on my side. Please try again.',
  busy: 'I got too many requests at once, so I didn’t do this. Please send it again in a moment.',
  givenBack: 'Your text, so it isn’t lost:',

  commands,
  parameters,

  promptGreeting: ({ hasHelp, canSearch }: { hasHelp: boolean; canSearch: boolean }) =>
    `${canSearch ? 'Ask in your own words' : 'Name a section'}${hasHelp ? ', or type /help for all commands' : ''}. ` +
    'A number presses that button of the last answer. Ctrl-D quits.',
  noSuchButton: (number: string, buttons: number) =>
    `There’s no button ${number}. The last answer has buttons 1–${buttons}.`,

  localSilent:
    'This database belongs to a bot, so the local chat doesn’t post on its own. Posts would count as sent without reaching anyone.',

  contentChanged: 'Content reloaded.',
  contentWarnings: (warnings: string) => `Check these places in the content:\n${warnings}`,
  /** The content in /status: the first problem of a broken edit. */
  contentStale: (first: string, problems: number) =>
    `${problems > 1 ? `${counted(problems, 'problem', 'problems')}, the first: ` : ''}${first}`,
  contentBroken: (problems: string) =>
    `Content not reloaded because it has problems. The last good edition stays.\n${problems}`,

  unknownCommand: (name: string) => `I don’t know /${name}.`,
  unknownWords: (words: string) => `I don’t know “${words}”.`,
  /** A page of a command, such as of the settings. */
  pageOf: (command: string, page: string) => `${command}: ${page}`,
  didYouMean: 'Did you mean one of these?',
  misused: (usage: string) => `Usage: ${usage}`,
  valueUnknown: (name: string, value: string) => `“${value}” isn’t an option for /${name}.`,
  valueMissing: (name: string) => `Add some words after /${name}.`,
  nothingTyped: 'That message was empty. Send a command or a question.',
  nothingTypedChoice: 'That message was empty. Send a command.',
  tooLong: (length: number, most: number) =>
    `That’s ${figure(length)} characters, and the limit is ${figure(most)}. Please shorten it.`,
  unreadable: (code: string) =>
    `Your message has a character that I can’t read (${code}). Remove it.`,
} as const
