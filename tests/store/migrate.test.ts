import { describe, expect, test } from 'vitest'
import { saying } from '../delivery/scene.ts'
import { killStorm, names, openAsProcess, SCHEMA, subscribeEarly } from './migrate-contract.ts'
import { query } from './raw.ts'
import { DIALECTS, emptyDatabase, openTestStore, WISH } from './stores.ts'

const place = { platform: 'telegram', address: '42', kind: 'private' as const }

/** Every so many statements, from a random one on; `npm run test:long` kills before every other one. */
const STEP = 40

describe.for(DIALECTS)('migrations of %s', dialect => {
  killStorm(dialect, 1 + Math.floor(Math.random() * STEP), STEP)

  test('several processes at once migrate it once', async () => {
    const url = await emptyDatabase(dialect)
    // All at the same instant, once each has come up.
    const at = Date.now() + 1500
    const opened = await Promise.all([1, 2, 3, 4].map(() => openAsProcess(url, undefined, at)))
    expect(opened).toEqual(Array(4).fill({ code: 0, signal: null, said: '' }))
    expect(await query(url, 'select id from installation')).toHaveLength(1)
  })

  test('a database of any earlier migration is opened, and nothing in it is lost', async () => {
    for (const target of names) {
      const url = await emptyDatabase(dialect)
      const { store: before } = await openTestStore({ url, target })
      await subscribeEarly(url)
      await before.close()
      const { store } = await openTestStore({ url })
      expect((await store.chats.find(place))?.subscription).toEqual(WISH)
      expect(await store.lease.acquire('active', 'me', 1000)).toEqual({ epoch: 1 })
    }
  })

  test('a chat that an earlier version has given up is tried once more', async () => {
    const url = await emptyDatabase(dialect)
    const { store: before } = await openTestStore({ url, target: '007 left' })
    await subscribeEarly(url)
    await query(url, "update chats set gone = 'blocked', changed_at = 5000 returning id")
    await before.close()
    const { store } = await openTestStore({ url })
    const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms)
    expect((await store.chats.find(place))?.subscription).toEqual({
      ...WISH,
      gone: 'blocked',
      unreached: { since: instant(5000), tries: 0, retryAt: instant(1) },
    })
    expect(await store.reach.due('telegram', instant(6000), 10)).toMatchObject([place])
  })

  test('what was called exercises is called events', async () => {
    const url = await emptyDatabase(dialect)
    const { store: before } = await openTestStore({ url, target: '012 sound' })
    await subscribeEarly(url)
    const platforms = ['telegram']
    const audience = {
      platforms,
      topic: 'x',
      also: 'x',
      except: [{ topic: 'x', cadence: 'instant' as const }],
    }
    const post = { kind: 'digest', message: saying('Hello.'), audience } as const
    const { id } = await before.broadcasts.create({ ...post, key: 'k' })
    await before.close()
    const set = (sets: string) => query(url, `update broadcasts set ${sets} returning id`)
    await set("kind = 'exercises', topic = 'exercises'")
    await set(`audience = replace(audience, '"x"', '"exercises"')`)
    // Releases of that time stored a single exception.
    await set(`audience = replace(replace(audience, '[{', '{'), '}]', '}')`)
    await query(
      url,
      "update subscriptions set topic = 'exercises' where topic = 'digest' returning topic",
    )
    const { store } = await openTestStore({ url })
    expect(await store.broadcasts.find(id)).toMatchObject({
      kind: 'events',
      audience: {
        topic: 'events',
        also: 'events',
        except: [{ topic: 'events', cadence: 'instant' }],
      },
    })
    expect((await store.chats.find(place))?.subscription.topics).toContain('events')
    expect(await query(url, "select topic from subscriptions where topic = 'exercises'")).toEqual(
      [],
    )
  })

  test('Telegram’s file ids of pictures move to their own table', async () => {
    const url = await emptyDatabase(dialect)
    const { store: before } = await openTestStore({ url, target: '015 scheduled events' })
    await before.close()
    const insert = (file: string, bytes: string) =>
      query(
        url,
        `insert into pictures (type, bytes, telegram_file, created_at)
        values ('png', ${bytes}, ${file}, 7) returning id`,
      )
    const bytes = dialect === 'sqlite' ? "x'0102'" : "'\\x0102'"
    await insert("'known'", bytes)
    await insert('null', bytes)
    const { store } = await openTestStore({ url })
    expect(await store.telegramFiles.find('1')).toBe('known')
    expect(await store.telegramFiles.find('2')).toBeUndefined()
    expect([...((await store.pictures.read(1))?.bytes ?? [])]).toEqual([1, 2])
    await store.telegramFiles.keep('2', 'new')
    expect(await store.telegramFiles.find('2')).toBe('new')
  })

  test('a database of a newer version is refused, and left as it is', async () => {
    const url = await emptyDatabase(dialect)
    const { store } = await openTestStore({ url })
    await store.close()
    await query(
      url,
      "insert into kysely_migration (name, timestamp) values ('999 later', '2030') returning name",
    )
    const schema = await query(url, SCHEMA[dialect])
    await expect(openTestStore({ url })).rejects.toThrow(
      /^This database was created by a newer Sitrep\. Run that version/,
    )
    expect(await query(url, SCHEMA[dialect])).toEqual(schema)
  })
})
