import { chats as countChats, counted, figure } from './plurals.ts'
import { outcome, pausedBecause, reason } from './reasons.ts'

const upTo = (chats: number) => `Up to ${countChats(chats)} may`

/**
 * Formats the number of chats that may show a second copy after a crash or a lost answer. The ledger has the ID of one
 * copy only, so the other copy cannot be changed.
 */
const twice = (chats: number) =>
  `${upTo(chats)} show it twice. A second copy can’t be corrected or retracted.`

/** The word for a post in titles, by the kind of its broadcast. */
const NOUNS = { announcement: 'Announcement', events: 'Post', digest: 'Digest' } as const
type Kind = keyof typeof NOUNS

const named = (kind: Kind, id: number) => `${NOUNS[kind]} #${id}`
const midSentence = (kind: Kind, id: number) => `${NOUNS[kind].toLowerCase()} #${id}`

/** Texts for moderators about sent announcements. */
export const announcements = {
  none: 'No announcements yet.',
  noneToChange: 'No announcement can be corrected or retracted.',
  unknown: (id: number) => `There’s no announcement #${id}, or it’s too old to be kept.`,
  states: {
    held: 'scheduled',
    undone: 'undone',
    sending: 'sending',
    paused: 'paused',
    stopping: 'stopping',
    cancelled: 'stopped',
    retracting: 'retracting',
    retracted: 'retracted',
    finished: 'sent',
  },
  /** The title of a post, by its state. `corrected` stands for a correction that is sent. */
  titles: {
    held: named,
    undone: (kind: Kind, id: number) => `${named(kind, id)} was undone`,
    sending: (kind: Kind, id: number) => `Sending ${midSentence(kind, id)}`,
    paused: (kind: Kind, id: number) => `${named(kind, id)} is paused`,
    stopping: (kind: Kind, id: number) => `Stopping ${midSentence(kind, id)}`,
    cancelled: (kind: Kind, id: number) => `${named(kind, id)} was stopped`,
    retracting: (kind: Kind, id: number) => `Retracting ${midSentence(kind, id)}`,
    retracted: (kind: Kind, id: number) => `${named(kind, id)} retracted`,
    finished: (kind: Kind, id: number) => `✅ ${named(kind, id)} sent`,
    correcting: (kind: Kind, id: number) => `Correcting ${midSentence(kind, id)}`,
    corrected: (kind: Kind, id: number) => `✅ ${named(kind, id)} corrected`,
  },
  /** A line of a list: the title of a post, and at most two facts. */
  item: (id: number, title: string) => `#${id} ${title}`,
  itemFacts: (...facts: string[]) => ` — ${facts.join(', ')}`,
  reachedOf: (sent: number, all: number) => `${figure(sent)} of ${countChats(all)}`,
  expected: (chats: number) => `To ${countChats(chats)}`,
  /** The result in one sentence, by what was done to the post. */
  result: {
    send: (sent: number, all: number, took?: string) =>
      `Sent to ${figure(sent)} of ${countChats(all)}${took === undefined ? '' : ` in ${took}`}.`,
    correct: (newest: number, any: number) =>
      `Corrected in ${figure(newest)} of ${countChats(any)}.`,
    retract: (newest: number, any: number) =>
      `Retracted from ${figure(newest)} of ${countChats(any)}.`,
  },
  missing: (parts: readonly string[]) => `${parts.join(', ')}.`,
  outcome,
  unreachable: (count: number) => `${figure(count)} unreachable`,
  outcomes: {
    pending: (count: number) => `${figure(count)} queued`,
    claimed: (count: number) => `${figure(count)} sending`,
    failed: (count: number) => `${figure(count)} rejected by the platform`,
    skipped: (count: number) => `${figure(count)} skipped`,
    uncertain: (count: number) => `${figure(count)} unconfirmed (the platform’s answer was lost)`,
    twice,
  },
  stillTwice: (chats: number) =>
    `${upTo(chats)} still show a second copy. It can’t be corrected or retracted.`,
  stillToGo: (count: number) => `${figure(count)} to go`,
  cause: (count: number, error: string) => `${figure(count)} ${reason(error, count, true)}`,
  pausedBecause,
  because: (outcome: string, causes: string) => `${outcome}: ${causes}`,
  others: (count: number) => `${figure(count)} for other reasons`,
  goesOutOn: (day: string) => `scheduled for ${day}`,
  goesOutAt: (day: string) => `Scheduled for ${day}`,
  /** The distance to the start, or the day, stands behind it. */
  goesOut: 'Goes out ',
  on: (day: string) => `on ${day}`,
  wasToGoOutAt: (day: string) => `Was scheduled for ${day}`,
  speed: (perSecond: number, left?: string) =>
    `${figure(perSecond)} per second${left === undefined ? '' : `, ${left} left`}`,
  goesOn: 'Since corrected or retracted. Progress appears below.',
  later: (count: number, until: string) =>
    `${figure(count)} waiting (quiet hours or retry), next on ${until}`,
  /** These two follow the countdown of the command line. */
  pressToUndo: 'Press Ctrl-C to undo.',
  cancelToUndo: (id: number) => `Undo with --cancel ${id}.`,
  acts: {
    undo: 'Undo',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Stop',
    correct: 'Correct',
    retract: 'Retract',
  },
  done: {
    undo: 'Undone. No one received it, and it’s a draft again.',
    pause: 'Paused. Messages already on their way still arrive.',
    resume: 'Resumed.',
    cancel: 'Stopped. Chats that have part of it get the rest. No one else gets it.',
  },
  restsUnsent: 'Paused. It won’t go out until you resume.',
  already: {
    pause: 'Already paused.',
    resume: 'It isn’t paused.',
    cancel: 'Already stopping.',
  },
  tooLate: 'Nothing left to change.',
  isDraft: 'This is a draft. It can’t be paused, resumed or stopped.',
  noSuchAct: 'Nothing changed. After the number you can add pause, resume, stop or undo.',
  drafts: 'Drafts',
  moreDrafts: (count: number) =>
    `And ${counted(count, 'older draft', 'older drafts')}. Open one by its number, such as /announce 3.`,
  noneToUndo: 'No announcement is waiting, so there is nothing to undo.',
  corrects: (post: number, title: string) => `#${post}, correction: ${title}`,
  takesBack: (post: number) => `#${post}, retraction`,
  again: 'Refresh',
  all: 'All announcements',
} as const
