export const commands = {
  start: { title: 'Start', description: 'What I can do for you' },
  briefing: { title: 'Overview', description: 'The briefing at a glance' },
  tables: { title: 'Tables', description: 'The briefing’s tables' },
  search: { title: 'Search', description: 'Find a passage' },
  digest: { title: 'Digest', description: 'Preview your digest' },
  changes: { title: 'Changes', description: 'What’s new for this chat' },
  subscribe: { title: 'Subscribe', description: 'Digests and reminders' },
  stop: { title: 'Stop', description: 'Stop posting here' },
  unsubscribe: { title: 'Unsubscribe', description: 'Stop posting here' },
  pause: {
    title: 'Pause',
    description: 'Pause posts, such as for 1w',
  },
  resume: { title: 'Resume', description: 'Resume posts' },
  settings: { title: 'Settings', description: 'What I post, and when' },
  receipt: {
    title: 'History',
    description: 'What I posted here',
  },
  privacy: { title: 'Privacy', description: 'What I store here' },
  export: { title: 'Export', description: 'Export this chat’s data as JSON' },
  forget: {
    title: 'Delete data',
    description: 'Delete everything I store about this chat',
  },
  announce: {
    title: 'Announce',
    description: 'Send an announcement to all subscribers',
    quotes: 'Announce this',
  },
  correct: {
    title: 'Correct',
    description: 'Correct an announcement that was sent',
    picks: 'Correct announcement',
  },
  retract: {
    title: 'Retract',
    description: 'Remove an announcement everywhere',
    picks: 'Retract announcement',
  },
  announcements: {
    title: 'Announcements',
    description: 'Track, pause, resume or stop announcements',
  },
  undo: {
    title: 'Undo',
    description: 'Undo the announcement that waits to go out',
  },
  status: {
    title: 'Status',
    description: 'Bot health, announcements under way, pending updates',
  },
  audit: { title: 'Audit', description: 'Audit log of moderator actions' },
  about: { title: 'About', description: 'Source, date, licence' },
  whoami: {
    title: 'Who am I',
    description: 'Your ID, for the operator',
  },
  moderate: { title: 'Moderator tools', description: 'All commands for moderators' },
  help: { title: 'Help', description: 'All commands' },
} as const

export const parameters = {
  part: 'details: the full text',
  table: 'Which table',
  words: 'Words to search for',
  section: 'The section',
  announcement: 'Your text; leave empty for instructions',
  correction: 'Announcement number and the new text',
  retraction: 'Announcement number; add a reason to show it to readers',
  broadcast: 'Announcement number; add pause, resume, stop or undo',
  act: 'send or drop, and the number of the pending update',
  before: 'Show entries before this number',
  time: 'How long, such as 12h, 1 week, until friday; empty means until /resume',
  change: 'A setting and its value, such as hour 8',
  sure: 'everything: skip the question',
} as const
