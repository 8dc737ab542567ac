import { describe, expect, onTestFinished, test } from 'vitest'
import { refuse as discordRefuse, hang } from '../platforms/discord/server.ts'
import { manualClock, quickClock } from '../platforms/pauses.ts'
import { refuse, hang as telegramHang } from '../platforms/telegram/server.ts'
import { createDatabase, startPostgres } from '../postgres.ts'
import { random } from '../random.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS, WISH } from '../store/stores.ts'
import { announcement, openScene, until } from './scene.ts'

const CHATS = 500
/** A chat's and a channel's id of which every so many is blocked: 3 %. */
const BLOCKED = 33

const isBlocked = (address: string) => BigInt(address) % BigInt(BLOCKED) === 0n

describe.for(DIALECTS)('among faults, on %s', dialect => {
  test('the ledger equals what the platforms have seen, row by row', {
    timeout: 120_000,
  }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
    console.log(`faults on ${dialect}: seed ${seed}`)
    const chance = random(seed)
    const clock = quickClock(20)
    const scene = await openScene({ dialect, clock, timeoutMs: 500 })
    const { store, url, telegram, discord, begin, finished, rows } = scene
    await fill(url, 'telegram', CHATS)
    await fill(url, 'discord', CHATS)
    const group = { platform: 'telegram', address: '-500', kind: 'group' } as const
    await store.chats.update(group, () => WISH)

    /** 5 % are too many, 5 % fail within the platform, 2 % are taken and never answered. */
    const weather = <F>(many: F, failing: F, hanging: F) => {
      const lot = chance()
      if (lot < 0.05) return { fault: many }
      if (lot < 0.1) return { fault: failing, taken: chance() < 0.5 }
      return lot < 0.12 ? { fault: hanging, taken: true } : undefined
    }
    const blocked = refuse(403, 'Forbidden: bot was blocked by the user')
    telegram.weather = ({ method, body }) => {
      if (method !== 'sendMessage') return undefined
      if (body.chat_id === '-500') {
        const parameters = { migrate_to_chat_id: -1_000_000_000_500 }
        const fault = refuse(400, 'Bad Request: group chat was upgraded', parameters)
        return { fault }
      }
      if (!body.chat_id.startsWith('-') && isBlocked(body.chat_id)) return { fault: blocked }
      return weather(
        refuse(429, 'Too Many Requests: retry after 1', { retry_after: 1 }),
        refuse(502, 'Bad Gateway'),
        telegramHang,
      )
    }
    discord.weather = ({ route }) => {
      const channel = /^POST \/channels\/(\d+)\/messages$/.exec(route)?.[1]
      if (!channel) return undefined
      if (isBlocked(channel)) return { fault: discordRefuse(403, 50001) }
      const headers = { 'retry-after': '0.05', 'x-ratelimit-scope': 'shared' }
      return weather(discordRefuse(429, 0, headers), discordRefuse(502, 0), hang)
    }

    const { id } = await store.broadcasts.create(announcement())
    await begin()
    await finished(id)
    const ledger = await rows(id)
    expect(ledger).toHaveLength(2 * CHATS + 1)
    let [repeated, twice] = [0, 0]
    for (const row of ledger) {
      const { platform, address } = row
      const held = [...((platform === 'telegram' ? telegram : discord).taken.get(address) ?? [])]
      const ids = held.map(([message]) => String(message))
      if (!address.startsWith('-') && isBlocked(address)) {
        expect(row).toMatchObject({ state: 'gone', message_ids: null })
        expect(ids).toEqual([])
        continue
      }
      expect(row).toMatchObject({ state: 'sent', revision_sent: 1, error: null, tried_at: null })
      expect(ids).toContain(JSON.parse(row.message_ids ?? '[]')[0])
      expect(ids.length).toBeLessThanOrEqual(platform === 'discord' ? 1 : 1 + row.repeated)
      repeated += row.repeated
      twice += ids.length - 1
    }
    // Something has come twice, and it is on record.
    expect(twice).toBeGreaterThan(0)
    expect(twice).toBeLessThanOrEqual(repeated)
    // The group goes on where it has moved to, the blocked ones count as gone.
    expect(telegram.taken.has('-1000000000500')).toBe(true)
    const gone = ledger.filter(({ state }) => state === 'gone').length
    expect(
      await query(
        url,
        "select count(*) as n from chats where gone = 'blocked' or gone = 'forbidden'",
      ),
    ).toEqual([{ n: dialect === 'postgres' ? String(gone) : gone }])
  })
})

test('a flood wait of an hour holds that platform alone, outlives a restart, and ends slowly', async () => {
  const clock = manualClock('2026-11-23T12:00:00Z')
  const scene = await openScene({ clock, rate: 20 })
  const { store, url, telegram, discord, begin, seen } = scene
  await fill(url, 'telegram', 40)
  await fill(url, 'discord', 5)
  telegram.meet('sendMessage', refuse(429, 'Too Many Requests', { retry_after: 3600 }))
  await store.broadcasts.create(announcement())
  const first = await begin()
  await until(() => seenAt(telegram) === 1)
  await seen('delivery.flooded')
  for (let second = 0; second < 5; second++) await clock.advance({ seconds: 1 })
  await until(() => discord.taken.size === 5, clock)
  expect(seenAt(telegram)).toBe(1)
  first.crash()

  await begin()
  for (let minute = 0; minute < 58; minute++) await clock.advance({ minutes: 1 })
  expect(seenAt(telegram)).toBe(1)
  await clock.advance({ minutes: 2 })
  // A quarter of the rate at first: 5 a second and not 20, whatever was missed.
  await until(() => seenAt(telegram) > 1, clock)
  const from = seenAt(telegram)
  for (let step = 0; step < 20; step++) await clock.advance({ milliseconds: 100 })
  const slow = seenAt(telegram) - from
  expect(slow).toBeGreaterThan(5)
  expect(slow).toBeLessThan(20)

  function seenAt({ calls }: typeof telegram): number {
    return calls.filter(({ method }) => method === 'sendMessage').length
  }
})

test('a PostgreSQL that stops in the middle loses no chat and no row of the ledger', async () => {
  const server = await startPostgres()
  onTestFinished(() => server.stop())
  const url = await createDatabase(server.url)
  const scene = await openScene({ url, dialect: 'postgres' })
  const { store, telegram, begin, finished, rows, seen } = scene
  await fill(url, 'telegram', 600)
  let sends = 0
  let down = Promise.resolve()
  telegram.weather = ({ method }) => {
    if (method !== 'sendMessage') return undefined
    sends += 1
    if (sends === 200) down = server.down()
    return undefined
  }
  const { id } = await store.broadcasts.create(announcement())
  await begin()
  await until(() => sends >= 200)
  await seen('store.trouble')
  await down
  await server.up()
  await seen('store.recovered')
  await finished(id)
  for (const row of await rows(id)) {
    const ids = [...(telegram.taken.get(row.address)?.keys() ?? [])].map(String)
    expect(row).toMatchObject({ state: 'sent', repeated: 0 })
    expect(JSON.parse(row.message_ids ?? '[]')).toEqual(ids)
    expect(ids).toHaveLength(1)
  }
}, 60_000)
