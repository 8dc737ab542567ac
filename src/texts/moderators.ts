import { count } from './dates.ts'
import { chats as countChats } from './plurals.ts'

/** The acts of people, by the action in the audit log. */
const ACTIONS: Readonly<Record<string, string>> = {
  forget: 'deleted a chat’s data',
  'announcement.send': 'sent',
  'announcement.undo': 'undid',
  'announcement.correct': 'corrected',
  'announcement.retract': 'retracted',
  'changes.send': 'published an update early',
  'changes.drop': 'discarded an update',
  'broadcast.pause': 'paused',
  'broadcast.resume': 'resumed',
  'broadcast.cancel': 'stopped',
}

/** The details of an entry of the audit log that its line shows. */
type Details = Readonly<{ broadcast?: string | number; chats?: string | number }>

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
  nothingDone: 'The audit log is empty.',
  auditIntro: (zone: string) => `Newest first, times in ${zone}.`,
  /** One act: who did what to which announcement, and how many chats it concerned. */
  entry: (at: string, actor: string, action: string, { broadcast, chats }: Details) => {
    const to = broadcast === undefined ? '' : ` #${broadcast}`
    const many = chats === undefined ? '' : ` (${countChats(Number(chats))})`
    return `${at} — ${actor} ${ACTIONS[action] ?? action}${to}${many}`
  },
  older: 'Older',
} as const
