import { BOT } from './server.ts'

/** A server as the gateway tells of it, in which everybody has these rights. */
export function guild(id: string, permissions: bigint, channels: object[], more: object = {}) {
  return {
    id,
    name: 'Desk',
    owner_id: '1',
    roles: [{ id, name: '@everyone', permissions: String(permissions), position: 0 }],
    members: [{ user: { id: BOT, username: 'sitrep', discriminator: '0' }, roles: [], flags: 0 }],
    channels,
    ...{ emojis: [], stickers: [], threads: [], features: [], presences: [], voice_states: [] },
    ...{ stage_instances: [], guild_scheduled_events: [], member_count: 1 },
    ...more,
  }
}

export const VIEW_AND_SEND = (1n << 10n) | (1n << 11n)
export const textChannel = (id: string, position: number, overwrites: object[] = []) => ({
  ...{ id, type: 0, name: 'c', position, permission_overwrites: overwrites },
})
