import { count } from './dates.ts'
import { pausedBecause, reason } from './reasons.ts'

const upTo = (chats: number) => `Up to ${count(chats, 'chat')} may`

/**
 * Formats the number of chats that may show a second copy after a crash or a lost answer. The ledger has the ID of one
 * copy only, so the other copy cannot be changed.
 */
const twice = (chats: number) =>
  `${upTo(chats)} show it twice. A second copy can’t be corrected or retracted.`

/** Texts for moderators about sent announcements. */
export const announcements = {
  none: 'Nothing was posted to anybody yet.',
  unknown: (id: number) => `There is no post ${id}, or it is older than what is kept.`,
  unsent: (at: string, state: string, starts?: string) =>
    `${at}; ${state}${starts === undefined ? '' : `, goes out on ${starts}`}`,
  line: (at: string, sent: number, all: number) => `${at}, ${sent} of ${all}`,
  states: {
    held: 'nobody gets it yet',
    undone: 'called off',
    sending: 'on its way',
    paused: 'paused',
    stopping: 'being stopped',
    cancelled: 'stopped',
    retracting: 'being taken back',
    retracted: 'taken back',
    finished: 'finished',
  },
  post: (id: number) => `Post ${id}`,
  expected: (chats: number) => `For ${chats} ${chats === 1 ? 'chat' : 'chats'}`,
  reached: (sent: number, all: number) => `${sent} of ${all}`,
  outcomes: {
    pending: (count: number) => `${count} still to be sent`,
    claimed: (count: number) => `${count} under way`,
    gone: (count: number) => `${count} could not be reached`,
    failed: (count: number) => `${count} refused by the platform`,
    skipped: (count: number) => `${count} left out`,
    uncertain: (count: number) => `${count} may have got it: the platform’s answer was lost`,
    twice,
  },
  stillTwice: (chats: number) =>
    `${upTo(chats)} still show a second copy. It can’t be corrected or retracted.`,
  perhapsTwice: (chats: number) => `up to ${chats} perhaps twice`,
  stillToGo: (count: number) => `${count} still to go`,
  because: (outcome: string, causes: string) => `${outcome}: ${causes}`,
  cause: (count: number, error: string) => `${count} ${reason(error, count, true)}`,
  pausedBecause,
  others: (count: number) => `${count} for other reasons`,
  goesOutAt: (day: string) => `goes out on ${day}`,
  wasToGoOutAt: (day: string) => `was to go out on ${day}`,
  hasNewest: (newest: number, any: number) => `${newest} of ${any} have the newest version`,
  isTakenBack: (newest: number, any: number) => `taken back from ${newest} of ${any}`,
  speed: (perSecond: number, left?: string) =>
    `${perSecond} a second${left === undefined ? '' : `, about ${left} left`}`,
  goesOn: 'It was corrected or taken back since: how far that is stands below.',
  later: (count: number, until: string) =>
    `${count} wait for the end of quiet hours or another try, the first until ${until}`,
  acts: {
    undo: 'Undo',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Stop it',
    correct: 'Correct',
    retract: 'Take back',
  },
  done: {
    undo: 'Undone: nobody has got anything. It is a draft again.',
    pause: 'It rests. Whoever is being sent it at this moment still gets it.',
    resume: 'It goes on.',
    cancel: 'It is stopped. Whoever has got a part of it gets the rest, and nobody else anything.',
  },
  restsUnsent: 'It rests: nobody gets it until it is resumed.',
  already: {
    pause: 'It rests already.',
    resume: 'It does not rest.',
    cancel: 'It is being stopped already.',
  },
  tooLate: 'There is nothing to change any more.',
  noSuchAct:
    'Nothing was changed. Behind the number of a post you may type pause, resume, stop or undo.',
  drafts: 'Drafts',
  draft: (id: number, title: string) => `${id}: ${title}`,
  corrects: (post: number, title: string) => `corrects post ${post}: ${title}`,
  takesBack: (post: number) => `takes post ${post} back`,
  again: 'Look again',
  all: 'All posts',
} as const
