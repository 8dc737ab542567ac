import { Client, type Guild, type GuildChannel, type GuildMember } from 'discord.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rightsIn } from '../../src/platforms/discord/channel-rights.ts'
import { runs } from '../properties.ts'

const [SERVER, BOT, OTHER, ...ROLES] = ['100', '200', '300', '400', '500', '600'] as const

/** The bits of some of these rights: View Channel, Send Messages, Read Message History. */
const rights = fc
  .subarray([1n << 10n, 1n << 11n, 1n << 16n])
  .map(bits => bits.reduce((sum, bit) => sum | bit, 0n))

/** The library's own objects for a server with one channel, without a connection. */
function inLibrary(base: bigint, roles: readonly string[], overwrites: readonly object[]) {
  const client = new Client({ intents: [] })
  // biome-ignore lint/suspicious/noExplicitAny: the library fills its caches by methods that it does not declare.
  const guilds = client.guilds as any
  const guild = guilds._add({
    ...{ id: SERVER, name: 'x', owner_id: OTHER, emojis: [], stickers: [], features: [] },
    roles: [SERVER, ...ROLES].map(id => ({ id, name: id, permissions: `${base}`, position: 0 })),
    channels: [{ id: '700', type: 0, name: 'c', permission_overwrites: overwrites }],
    members: [{ user: { id: BOT, username: 'b', discriminator: '0' }, roles, flags: 0 }],
  }) as Guild
  const channel = guild.channels.cache.get('700') as GuildChannel
  const member = guild.members.cache.get(BOT) as GuildMember
  const bits = channel.permissionsFor(member, true).bitfield
  client.rest.clearHashSweeper()
  client.rest.clearHandlerSweeper()
  return bits
}

test('the rights in a channel are those that the library computes', () => {
  const overwrite = fc.record({
    id: fc.constantFrom(SERVER, BOT, OTHER, ...ROLES),
    allow: rights.map(String),
    deny: rights.map(String),
  })
  fc.assert(
    fc.property(
      rights,
      fc.boolean(),
      fc.subarray([...ROLES]),
      fc.uniqueArray(overwrite, { selector: ({ id }) => id, maxLength: 6 }),
      (granted, isAdmin, roles, overwrites) => {
        const base = granted | (isAdmin ? 8n : 0n)
        const typed = overwrites.map(each => ({
          ...each,
          type: [BOT, OTHER].includes(each.id as typeof BOT) ? 1 : 0,
        }))
        const mine = { server: SERVER, member: BOT, roles, base, isTimedOut: false }
        const mask = (1n << 10n) | (1n << 11n) | (1n << 16n)
        expect(rightsIn(mine, overwrites) & mask).toBe(inLibrary(base, roles, typed) & mask)
      },
    ),
    { numRuns: runs(200) },
  )
})

test('a member in time-out may only read', () => {
  const mine = { server: SERVER, member: BOT, roles: [], base: (1n << 10n) | (1n << 11n) }
  expect(rightsIn({ ...mine, isTimedOut: true }, [])).toBe(1n << 10n)
  expect(rightsIn({ ...mine, base: 8n, isTimedOut: true }, [])).toBe(~0n)
})
