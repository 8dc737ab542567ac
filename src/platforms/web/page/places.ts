import type { PlatformName, View } from '../protocol.ts'

/** The places that a platform does not have, and what its pane shows then. */
const MISSING: Readonly<Record<PlatformName, Partial<Readonly<Record<View['place'], string>>>>> = {
  discord: {
    group: 'Discord has no groups with bots. This looks like a channel of a server.',
    channel: 'Discord has channels only in servers. This looks like one of them.',
  },
  telegram: {
    server: 'Telegram has no servers. This looks like a group.',
    'user-installed': 'Telegram has no user-installed apps. The answers are those for Discord.',
  },
}

/** Returns a sentence about a place that the platform lacks or restricts; undefined for any other place. Pure. */
export function placeNote(platform: PlatformName, { place, role }: View): string | undefined {
  if (platform === 'telegram' && isReadOnly(place, role)) {
    return 'Only admins can write in a channel. Readers can press the buttons.'
  }
  return MISSING[platform][place]
}

/** Returns whether Telegram lets the user only read. Pure. */
export function isReadOnly(place: View['place'], role: View['role'] | undefined): boolean {
  return place === 'channel' && role === 'reader'
}

/** Returns the name that Telegram shows above the bot's messages; undefined in a chat with one user. Pure. */
export function senderIn(place: View['place']): string | undefined {
  if (place === 'channel') return 'Channel'
  return place === 'private' ? undefined : 'Sitrep'
}
