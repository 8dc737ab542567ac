import { counted, listed, plural } from './plurals.ts'

/** Words for moderators, by the names of the parts of the process. */
const PARTS: Readonly<Record<string, string>> = {
  content: 'Content',
  store: 'Database',
  lease: 'Process',
  clock: 'Clock',
  telegram: 'Telegram',
  discord: 'Discord',
  web: 'Local chat',
  posts: 'Posting',
}

/** Words for moderators, by the states of a part. */
const STATES: Readonly<Record<string, string>> = {
  loaded: 'loaded',
  stale: 'last good edition',
  open: 'connected',
  held: 'active',
  waiting: 'on standby',
  standby: 'on standby',
  running: 'connected',
  trouble: 'in trouble',
}

/** Texts of /status. */
export const health = {
  part: (name: string) => PARTS[name] ?? name,
  good: '✅ Everything works.',
  trouble: (names: readonly string[]) =>
    `⚠ ${listed(names.map(name => PARTS[name] ?? name))} ${plural(names.length, 'needs', 'need')} attention.`,
  state: (status: string) => STATES[status] ?? status,
  rate: (perSecond: number) => `up to ${counted(perSecond, 'message', 'messages')} a second`,
} as const
