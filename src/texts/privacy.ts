import { monthOrDay } from './dates.ts'
import { counted } from './plurals.ts'
import { reason, rightIn } from './reasons.ts'

export const receipt = {
  title: 'History',
  intro: (zone: string) => `Newest first, times in ${zone}.`,
  none: 'I haven’t posted here yet. Choose in the settings what you’d like to get.',
  at: (date: string, time: string) => `${monthOrDay(date)}, ${time}`,
  sent: (at: string) => `sent ${at}`,
  corrected: (at: string, version: number) => `corrected ${at} (version ${version})`,
  retracted: (at: string) => `retracted ${at}`,
  onItsWay: 'sending',
  failed: (at: string, error: string, mayCorrect: boolean) =>
    `rejected by the platform ${at}: it ${reason(error, 1, mayCorrect)}`,
  gone: (at: string, error: string) => {
    const right = rightIn(error)
    const why = right === undefined ? '' : `: it doesn’t give me the permission “${right}”`
    return `I couldn’t reach this chat ${at}${why}`
  },
  skipped: (why: string) => `not sent: ${why}`,
  uncertain: (at: string) => `sent ${at}, delivery unconfirmed`,
  repeated:
    'possibly twice, because the platform’s answer was lost. A second copy can’t be corrected or retracted',
  held: 'on hold',
  unpublished: 'not published to followers yet',
  older: 'this chat still shows an older version',
  noReason: 'I don’t know why',
  reasons: {
    unwanted: 'this chat was paused or not subscribed',
    expired: 'it was too late',
    cancelled: 'a moderator stopped it',
    retracted: 'it was retracted first',
    empty: 'there was nothing to show',
  },
} as const

export const privacy = {
  title: 'Privacy',
  points: [
    'I store this chat’s ID, its settings, and a history of what I posted here.',
    'I store nothing about a chat that never subscribed or changed a setting.',
    'I don’t store your messages once I’ve answered them, and never anyone’s name.',
    'I store announcements and drafts with the moderator’s ID.',
    'I log moderators’ actions and chat deletions with the person’s ID.',
    '/export gives you this chat’s data.',
    '/forget deletes this chat’s data, but not from backups.',
  ],
  export: 'Export data',
  forget: 'Delete data',
  nothing: 'I store nothing about this chat.',
  exported: 'Everything I store about this chat.',
  exportedPart: (entries: number) =>
    `The file leaves out the ${counted(entries, 'oldest entry', 'oldest entries')}.`,
  forgetAsk:
    'Delete this chat’s data? I erase its settings and history and stop posting here. This can’t be undone.',
  forgetDrafts: 'Drafts of announcements that were written here are discarded too.',
  forgetEvents:
    'This also turns off server events for the whole server. Those that I made stay until you delete them in Discord.',
  forgetSure: 'Delete everything',
  forgetNot: 'Cancel',
  forgotten: 'Deleted. I keep only a log entry that you deleted this chat’s data.',
} as const
