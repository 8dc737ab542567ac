import { counted } from './plurals.ts'

/** The name of the right, as Discord's settings show it. */
const RIGHT = 'Create Events'

const grant = `Give my role the permission ${RIGHT} in Server Settings > Roles`

/** Texts of the events that the bot adds to the list of a Discord server. */
export const scheduledEvents = {
  title: 'Server events',
  on: 'on',
  off: 'off',
  how: 'Add on or off, such as /settings scheduled on.',
  turnedOn: (many: string, zone: string) =>
    `Server events: on ✓ I add the ${many} of the next 60 days to this server’s events. The first ones appear within ` +
    `minutes, and I keep them up to date. Whole days are those of ${zone}. I store the IDs of what I add until /forget, ` +
    'or until I leave the server.',
  lacking: (many: string) =>
    `Server events: on, but I need the permission ${RIGHT} in this server to add the ${many}. ${grant}, then send ` +
    '/settings scheduled on again.',
  turnedOff: 'Server events: off ✓ I cancel the ones to come that I made here.',
  /** The value in the settings, if the server refuses. */
  refused: (why: string) =>
    why === 'rights'
      ? `on, but I need the permission ${RIGHT}`
      : `on, but Discord refused them (${why}); I try again every day`,
  /** The lines of /status: the servers by the reason of their refusal. */
  status: (servers: number, why: string | null) => {
    const where = counted(servers, 'server', 'servers')
    if (why === null) return `on in ${where}`
    return why === 'rights'
      ? `${where} without the permission ${RIGHT}`
      : `refused by Discord in ${where} (${why})`
  },
  noPlace: 'Place not given',
} as const
