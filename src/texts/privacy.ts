import { monthOrDay } from './dates.ts'
import { reason, rightIn } from './reasons.ts'

export const receipt = {
  title: 'What I have posted here',
  intro: (zone: string) => `The newest first. Times are those of ${zone}.`,
  none: 'Nothing was posted here by itself yet. What is to come is chosen in the settings.',
  at: (date: string, time: string) => `${monthOrDay(date)}, ${time}`,
  sent: (at: string) => `sent ${at}`,
  corrected: (at: string, version: number) => `corrected ${at}: version ${version}`,
  retracted: (at: string) => `taken back ${at}`,
  onItsWay: 'on its way',
  failed: (at: string, error: string, mayCorrect: boolean) =>
    `not taken by the platform ${at}: it ${reason(error, 1, mayCorrect)}`,
  gone: (at: string, error: string) => {
    const right = rightIn(error)
    const why = right === undefined ? '' : `: it doesn’t give me the right “${right}”`
    return `this chat could not be reached ${at}${why}`
  },
  skipped: (why: string) => `not sent: ${why}`,
  uncertain: (at: string) => `sent ${at}, but nobody knows whether it has arrived`,
  repeated:
    'perhaps twice: the platform’s answer was lost. A second copy can’t be corrected or retracted',
  held: 'held back for the moment',
  unpublished: 'it is still to be passed on',
  older: 'an older version stands here',
  noReason: 'I don’t know why',
  reasons: {
    unwanted: 'it was not wanted at that moment',
    expired: 'it would have come too late',
    cancelled: 'it was stopped',
    retracted: 'it was taken back before',
    empty: 'it would have been empty',
  },
} as const

export const privacy = {
  title: 'Privacy',
  points: [
    'I keep of a chat: its id, what it wants, and what I have posted there with which outcome.',
    'I keep nothing of a chat that never subscribed nor changed a setting.',
    'I don’t keep what people type once I’ve answered, nor their names.',
    'What moderators write to be announced is kept with their ids, as long as it is a draft or has been sent.',
    'What moderators do, and who has had a chat forgotten, is kept with their ids.',
    '/export shows everything that is kept about this chat.',
    '/forget erases everything that is kept about this chat.',
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
} as const
