/** What moderators read of what was posted to many. */
export const announcements = {
  none: 'Nothing was posted to anybody yet.',
  unknown: (id: number) => `There is no post ${id}, or it is older than what is kept.`,
  line: (at: string, sent: number, all: number) => `${at}, ${sent} of ${all}`,
  states: {
    sending: 'on its way',
    paused: 'paused',
    stopping: 'being stopped',
    cancelled: 'stopped',
    retracted: 'taken back',
    finished: 'finished',
  },
  reached: (sent: number, all: number) => `${sent} of ${all}`,
  outcomes: {
    pending: (count: number) => `${count} still to be sent`,
    claimed: (count: number) => `${count} under way`,
    gone: (count: number) => `${count} cannot be reached any more`,
    failed: (count: number) => `${count} refused by the platform`,
    skipped: (count: number) => `${count} left out: stopped, not wanted any more, or too late`,
    uncertain: (count: number) => `${count} may have got it: the platform’s answer was lost`,
    twice: (count: number) => `${count} perhaps twice`,
  },
  later: (count: number, until: string) =>
    `${count} wait for the end of quiet hours or another try, the first until ${until}`,
  acts: { pause: 'Pause', resume: 'Resume', cancel: 'Stop it' },
  done: {
    pause: 'It rests. Whoever is being sent it at this moment still gets it.',
    resume: 'It goes on.',
    cancel: 'It is stopped. Whoever has got a part of it gets the rest, and nobody else anything.',
  },
  tooLate: 'There is nothing to change any more.',
  again: 'Look again',
  all: 'All posts',
} as const
