import { z } from 'zod'
import type { BotRequest, RequestChat } from '../../bot.ts'
import { TABLE_STYLES } from '../../message.ts'
import type { Place, View } from './protocol.ts'

const PLACES = [
  'private',
  'group',
  'channel',
  'server',
  'user-installed',
] as const satisfies readonly Place[]

export const placeSchema = z.enum(PLACES)

export const tablesSchema = z.enum(TABLE_STYLES)

export const viewSchema = z.strictObject({
  platform: z.enum(['both', 'discord', 'telegram']),
  place: placeSchema,
  role: z.enum(['reader', 'admin', 'moderator']),
  today: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
    .refine(isDateTime)
    .exactOptional(),
  tables: tablesSchema.exactOptional(),
})

function isDateTime(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text)
    return true
  } catch {
    return false
  }
}

/** The chats that the bot sees. All browsers on this machine belong to one user, so they share the settings. */
export const CHATS: Readonly<Record<Place, RequestChat['ref']>> = {
  private: { platform: 'web', address: 'local', kind: 'private' },
  group: { platform: 'web', address: 'local-group', kind: 'group' },
  channel: { platform: 'web', address: 'local-channel', kind: 'channel' },
  server: { platform: 'web', address: 'server-channel', within: 'local-server', kind: 'channel' },
  'user-installed': {
    ...{ platform: 'web', address: 'other-channel', within: 'other-server', kind: 'channel' },
  },
}

/** Returns the place of a chat; the private chat for an address of none. Pure. */
export function placeOf(address: string): Place {
  return PLACES.find(place => CHATS[place].address === address) ?? 'private'
}

/** Returns the time of a view's answers; undefined for the current time. `timeZone` is an IANA zone. Pure. */
export function timeOf({ today }: View, timeZone: string): Temporal.Instant | undefined {
  return today === undefined
    ? undefined
    : Temporal.PlainDateTime.from(today).toZonedDateTime(timeZone).toInstant()
}

/** Returns the user and the chat of a request, with the rights that the view's role and place give. Pure. */
export function circumstancesOf({
  platform,
  place,
  role,
}: View): Pick<BotRequest, 'actor'> & { readonly chat: RequestChat } {
  return {
    actor: role === 'moderator' ? { operator: 'web:local' } : {},
    chat: {
      ref: CHATS[place],
      // The owner of a private chat manages it.
      ...(place !== 'private' && { mayManage: async () => role !== 'reader' }),
      ...(place === 'user-installed' && { barred: 'member' as const }),
      // Discord's direct messages get no posts.
      ...(place === 'private' && platform === 'discord' && { barred: 'direct' as const }),
    },
  }
}
