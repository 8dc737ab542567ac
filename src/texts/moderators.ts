import { count } from './dates.ts'

const ACTIONS: Readonly<Record<string, string>> = {
  forget: 'has had a chat forgotten',
  'announcement.send': 'has announced',
  'announcement.undo': 'has undone an announcement',
  'announcement.correct': 'has corrected a post',
  'announcement.retract': 'has taken back a post',
  'send.finished': 'has finished a post',
  'correct.finished': 'has finished a correction',
  'retract.finished': 'has finished taking a post back',
  'changes.send': 'has had changes told at once',
  'changes.drop': 'has dropped changes',
  'broadcast.pause': 'has paused a post',
  'broadcast.resume': 'has resumed a post',
  'broadcast.cancel': 'has stopped a post',
}

/** Words for readers, by the internal terms that they replace. */
const NAMES: Readonly<Record<string, string>> = { broadcast: 'post', twice: 'perhaps twice' }

const STATES = { active: '', paused: ', paused', cancelled: ', stopping' } as const

/** Texts of commands for moderators. */
export const moderators = {
  queue: 'On its way',
  nothingQueued: 'Nothing is on its way.',
  more: (count: number) => `And ${count} more.`,
  onItsWay: (id: number, title: string, sent: number, all: number, state: keyof typeof STATES) =>
    `${id}: ${title} — ${sent} of ${all}${STATES[state]}`,
  goesOut: (id: number, title: string, day: string) => `${id}: ${title} — goes out on ${day}`,
  rate: (rate: number) => `${count(rate, 'post')} a second at most`,
  pending: 'Edited, and not told yet',
  held: 'So many exercises at once may be a mistake: it is told when you say so.',
  dueAt: (day: string) => `It is told by itself on ${day}.`,
  send: 'Send now',
  drop: 'Drop',
  again: 'Look again',
  askFirst: 'Tell this now?',
  whoGetsIt:
    'Chats that want news as they happen get it at once, or at the end of their quiet hours. Once it is on its ' +
    'way, /announcements stops it for those who have not got it yet.',
  back: 'Back',
  decided: {
    send: 'It is told now.',
    drop: 'It is dropped: no news of it. Digests and /changes show it.',
  },
  tooLate: 'There is nothing to decide any more: it was told, dropped, or edited again.',
  nothingDone: 'Nothing was done yet that is written down here.',
  auditIntro: (zone: string) => `The newest first. Times are those of ${zone}.`,
  entry: (at: string, actor: string, action: string, details: readonly [string, unknown][]) => {
    const more = details.map(([name, value]) => `${NAMES[name] ?? name} ${value}`).join(', ')
    return `${at}: ${actor} ${ACTIONS[action] ?? action}${more && ` (${more})`}.`
  },
  older: 'Older',
} as const
