import { chats as countChats, figure } from './plurals.ts'

/** The acts of people, by the action in the audit log. */
const ACTIONS: Readonly<Record<string, string>> = {
  forget: 'deleted a chat’s data',
  'announcement.send': 'confirmed',
  'announcement.schedule': 'scheduled',
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

const named = (id: number, title: string) => (title === '' ? `#${id}` : `#${id} ${title}`)

/** Texts of commands for moderators. */
export const moderators = {
  queue: 'Sending',
  nothingQueued: 'Nothing in the queue.',
  more: (count: number) => `…and ${figure(count)} more`,
  onItsWay: (id: number, title: string, sent: number, all: number, state: keyof typeof STATES) =>
    `${named(id, title)}: ${figure(sent)} of ${figure(all)}${STATES[state]}`,
  goesOut: (id: number, title: string, day: string) => `${named(id, title)}: scheduled for ${day}`,
  pending: 'Pending update',
  held: 'Unusually many events changed, or one changed again and again, so I’m holding this update. Send it or discard it.',
  dueAt: (day: string) => `Goes out automatically on ${day}.`,
  send: 'Send now',
  drop: 'Discard update',
  again: 'Refresh',
  askFirst: 'Send this update now?',
  whoGetsIt:
    'Chats with updates as they happen get it now, or when their quiet hours end. You can still stop it from /announcements.',
  back: 'Back',
  decided: {
    send: 'Update on its way.',
    drop: 'Update discarded. It’ll still appear in digests and /changes.',
  },
  tooLate: 'Too late. This update was already sent, discarded or edited again.',
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
