export const commands = {
  briefing: { title: 'Overview', description: 'The briefing at a glance, with every section' },
  tables: { title: 'Tables', description: 'All tables of the briefing, or one of them' },
  exercises: {
    title: 'Exercises',
    description: 'Military exercises: upcoming, past, all, or one of them',
  },
  next: { title: 'Next exercise', description: 'The next exercise and the days to go' },
  search: { title: 'Search', description: 'Find a word in the briefing' },
  digest: { title: 'Digest', description: 'What a digest would say now' },
  changes: { title: 'Changes', description: 'What has changed since this chat last looked' },
  subscribe: { title: 'Subscribe', description: 'Digests, exercises and announcements, here' },
  stop: { title: 'Stop', description: 'Nothing more is posted here' },
  unsubscribe: { title: 'Unsubscribe', description: 'The same as stop' },
  pause: {
    title: 'Pause',
    description: 'Post nothing here for a while: 1d, 1w, or until resumed',
  },
  resume: { title: 'Resume', description: 'End a pause' },
  settings: { title: 'Settings', description: 'Topics, rhythm, hour, time zone, quiet hours' },
  receipt: {
    title: 'Receipt',
    description: 'What was posted in this chat, when, and what was not',
  },
  privacy: { title: 'Privacy', description: 'What is kept about a chat' },
  export: { title: 'Export', description: 'Everything that is kept about this chat, as JSON' },
  forget: {
    title: 'Forget',
    description: 'Erase everything that is kept about this chat. This cannot be undone',
  },
  announce: {
    title: 'Announce',
    description: 'Moderators: send an announcement to all subscribers',
    quotes: 'Announce this',
  },
  correct: {
    title: 'Correct',
    description: 'Moderators: correct an announcement that was sent',
    picks: 'Correct announcement',
  },
  retract: {
    title: 'Retract',
    description: 'Moderators: remove an announcement everywhere',
    picks: 'Retract announcement',
  },
  announcements: {
    title: 'Announcements',
    description: 'Moderators: track, pause, resume or stop announcements',
  },
  status: {
    title: 'Status',
    description: 'For moderators: platforms, what is on its way, what was edited',
  },
  audit: { title: 'Audit', description: 'Moderators: audit log of moderator actions' },
  about: { title: 'About', description: 'Source, date, what is not known, licence' },
  help: { title: 'Help', description: 'What you can type' },
} as const

export const parameters = {
  part: 'details: the whole text instead of the summary',
  table: 'Which table',
  exercises: 'upcoming, past or all; or one of them',
  words: 'What to look for',
  section: 'Of which section',
  announcement: 'Your text; leave empty for instructions',
  correction: 'Announcement number and the new text',
  retraction: 'Announcement number; add a reason to show it to readers',
  broadcast: 'Announcement number; add pause, resume, stop or undo',
  act: 'send or drop, and the number of what was edited',
  before: 'Entries before this number',
  time: 'How long: 12 hours, 1 week, until friday; without it until /resume',
  change: 'topics, sections, rhythm, hour, zone, quiet or tables, and a value',
  sure: 'everything: without asking again',
} as const
