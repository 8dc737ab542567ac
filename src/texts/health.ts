import { capitalized } from './capitalized.ts'
import { PLATFORM_TITLES } from './platform-titles.ts'
import { counted, listed, plural } from './plurals.ts'

/** Words for moderators, by the names of the parts of the process. */
const PARTS: Readonly<Record<string, string>> = {
  content: 'Content',
  store: 'Database',
  backups: 'Backups',
  lease: 'Process',
  clock: 'Clock',
  ...PLATFORM_TITLES,
  posts: 'Posting',
  feeds: 'Calendar import',
}

/** Words for moderators, by the states of a part. */
const STATES: Readonly<Record<string, string>> = {
  loaded: 'loaded',
  stale: 'last good edition',
  daily: 'every day',
  open: 'connected',
  held: 'active',
  waiting: 'on standby',
  standby: 'on standby',
  running: 'connected',
  trouble: 'in trouble',
  starting: 'starting',
  stopped: 'stopped',
  loading: 'loading',
  off: 'wrong',
  right: 'right',
  'not compared yet': 'not checked yet',
}

interface Versions {
  readonly version: string
  readonly node: string
  readonly edition: string
  readonly asOf: string
}

interface Troubles {
  readonly parts: readonly string[]
  readonly paused: readonly number[]
  readonly isUpdateHeld: boolean
}

/** Texts of /status. */
export const health = {
  part: (name: string) => PARTS[name] ?? name,
  /** The first sentence of /status: parts by their names, paused announcements by their numbers. */
  verdict({ parts, paused, isUpdateHeld }: Troubles): string {
    const names = [
      ...parts.map(name => PARTS[name] ?? name),
      ...paused.map(id => `announcement #${id}`),
      ...(isUpdateHeld ? ['a held update'] : []),
    ]
    const [first = '', ...others] = names
    const subject = listed([capitalized(first), ...others])
    return names.length > 0
      ? `⚠ ${subject} ${plural(names.length, 'needs', 'need')} attention.`
      : '✅ Everything works.'
  },
  versions: ({ version, node, edition, asOf }: Versions) =>
    `Sitrep ${version}, Node ${node}, edition ${edition} (${asOf})`,
  /** The reason of a platform that is not ready and gives none. */
  notReady: (status: string) =>
    status === 'stopped' ? 'The connection has ended.' : 'The connection is being made.',
  state: (status: string) => STATES[status] ?? status,
  rate: (perSecond: number) => `up to ${counted(perSecond, 'message', 'messages')} a second`,
} as const
