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
    description: 'For moderators: write to everybody who follows announcements',
    quotes: 'Announce this',
  },
  correct: {
    title: 'Correct',
    description: 'For moderators: put another text in the place of a post',
  },
  retract: { title: 'Take back', description: 'For moderators: take a post back' },
  announcements: {
    title: 'Posts',
    description: 'For moderators: what was posted to many, how far it came; pause, resume, stop',
  },
  status: {
    title: 'Status',
    description: 'For moderators: platforms, what is on its way, what was edited',
  },
  audit: { title: 'Audit', description: 'For moderators: who has done what' },
  about: { title: 'About', description: 'Source, date, what is not known, licence' },
  help: { title: 'Help', description: 'What you can type' },
} as const

export const parameters = {
  part: 'details: the whole text instead of the summary',
  table: 'Which table',
  exercises: 'upcoming, past or all; or one of them',
  words: 'What to look for',
  section: 'Of which section',
  announcement: 'The text; without it, what to do is asked',
  correction: 'The number of a post, and its new text',
  retraction: 'The number of a post, and why, where readers shall know',
  broadcast: 'The number of a post, and pause, resume, stop or undo',
  act: 'send or drop, and the number of what was edited',
  before: 'Entries before this number',
  time: 'How long: 12 hours, 1 week, until friday; without it until /resume',
  change: 'topics, sections, rhythm, hour, zone, quiet or tables, and a value',
  sure: 'everything: without asking again',
} as const
