import { expect } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { ChatPlace } from '../../src/platform.ts'
import { createNews } from '../../src/schedule/news.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { announcement, openScene, saying, until } from '../delivery/scene.ts'
import { editionOf, exercise } from '../schedule/scene.ts'
import { connect } from './raw.ts'
import type { Dialect } from './stores.ts'

type Raw = Awaited<ReturnType<typeof connect>>

/** A Monday, a minute after the digests and the reminders in UTC. */
const START = Temporal.Instant.from('2027-05-03T09:01:00Z')

const INTEGERS = [
  ...['9000000000000000000', '9223372036854775807', '-9000000000000000000', '8640000000000000'],
  ...['2147483647', '-1', '0', '77', 'null'],
]
/** SQLite takes any value into any column. */
const SQLITE_INTEGERS = [`'abc'`, `''`, '1.5', '9e999', `x'00ff'`]
const TEXTS = [
  ...[
    '',
    '{',
    'null',
    '[]',
    '{}',
    '5',
    'junk',
    '2027-99-99',
    '-271821-04-20T00:00:00Z',
    '{"form":1}',
  ],
  '{"form":1,"edition":{"sections":[null],"exercises":[{}],"notKnown":[]}}',
  '{"since":"x","tries":{},"right":5,"said":[],"missed":{"why":[],"since":9e18,"until":null}}',
  '{"platforms":["telegram"],"once":"x","except":5}',
  '{"topic":5,"at":{"local":5},"link":[]}',
  '{"body":{"type":"root","children":[null]},"lost":5}',
  '{"june":{"start":"x","end":5,"status":null,"since":"x"}}',
].map(text => `'${text}'`)
const SQLITE_TEXTS = [`x'ff00'`]

interface Column {
  readonly name: string
  readonly type: string
}

/** Every table of the schema with its columns. */
async function columnsOf(raw: Raw, dialect: Dialect): Promise<Map<string, Column[]>> {
  const rows = (await raw.query(
    dialect === 'sqlite'
      ? `select m.name as "table", c.name, lower(c.type) as type from sqlite_master m
         join pragma_table_info(m.name) c where m.type = 'table' order by 1, 2`
      : `select table_name as "table", column_name as name, data_type as type
         from information_schema.columns where table_schema = 'public' order by 1, 2`,
  )) as ({ table: string } & Column)[]
  const ours = rows.filter(({ table }) => !/^(kysely|sqlite)_/.test(table))
  return Map.groupBy(ours, ({ table }) => table)
}

function valuesFor({ type }: Column, dialect: Dialect): readonly string[] {
  const isSqlite = dialect === 'sqlite'
  if (/int/.test(type)) return [...INTEGERS, ...(isSqlite ? SQLITE_INTEGERS : [])]
  if (type === 'text') return [...TEXTS, ...(isSqlite ? SQLITE_TEXTS : []), 'null']
  return [`''`, 'null']
}

/** The values of the columns by which a copy of a row differs from the row. */
function copied(table: string, n: number): Readonly<Record<string, string>> {
  const chat = `(select id from chats where address = '${FRESH + n}')`
  switch (table) {
    case 'chats':
      return { address: `'${DAMAGED + n}'` }
    case 'subscriptions':
    case 'looks':
      return { chat_id: chat }
    case 'deliveries':
      return { chat_id: chat, state: `'pending'` }
    case 'broadcasts':
      return { dedupe_key: `'copy ${n}'` }
    case 'announcements':
      return { source_key: `'copy ${n}'` }
    case 'slots':
      return { key: `'copy ${n}'` }
    case 'agenda':
    case 'lease':
      return { name: `'copy ${n}'` }
    case 'floods':
      return { platform: `'telegram/${n}'` }
    case 'installation':
      return { id: `'copy ${n}'` }
    default:
      return {}
  }
}

/** First addresses of chats whose own row is sound, and of those whose row is not. */
const FRESH = 2_000_000
const DAMAGED = 3_000_000

/** Rows of which there is one, or of which the newest counts: they are damaged one after the other. */
const SINGLES: Readonly<Record<string, string>> = {
  agenda: `name in ('reminders looked at', 'zone data')`,
  editions: 'id = (select max(id) from editions)',
  floods: `platform = 'telegram'`,
  lease: `name = 'active'`,
}

/** Names of the single rows, and a holder: any other one is a process that is waited for. */
const UNTOUCHED = ['id', 'name', 'platform', 'holder']

/** A database with a row in each table, and everything that reads it. */
async function openDamage(dialect: Dialect) {
  let now = START.subtract({ hours: 48 })
  let passed = 0
  const clock = {
    now: () => now.add({ milliseconds: Math.round(performance.now() - passed) }),
    pause: (ms: number, signal?: AbortSignal) =>
      new Promise<void>(resolve => {
        const timer = setTimeout(resolve, Math.min(ms, 20))
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
  const set = (instant: Temporal.Instant) => {
    now = instant
    passed = performance.now()
  }
  set(now)
  const scene = await openScene({ dialect, clock })
  const { store, url, log, telegram } = scene
  const raw = await connect(url)
  let edition = editionOf([exercise('june', '2027-05-04', '2027-05-09')])
  const over = new AbortController()
  const common = { clock, log, timeZone: 'UTC', settleMs: 0, platforms: ['telegram'] }
  const begin = () =>
    createSchedule({
      ...{ ...common, store, edition: () => edition, onPosted: () => {}, zoneData: '2027a' },
      term: { signal: over.signal, holds: () => true },
      reminders: { moments: [1], time: Temporal.PlainTime.from('09:00') },
    })
  const news = createNews({ ...common, store })
  const bot = () =>
    createBot({
      registry: () => createRegistry(edition),
      ...{ clock, log, timeZone: 'UTC', store: () => store },
      moderators: { users: ['telegram:42'], roles: [] },
      operations: async () => ({
        parts: () => ({ telegram: { status: 'running' } }),
        rates: { telegram: 25 },
        news,
        announcing: { platforms: ['telegram'], holdMs: 0, wake() {} },
      }),
    })

  async function ask(line: string, address = '42', user = `telegram:${address}`): Promise<void> {
    const place: ChatPlace = { platform: 'telegram', address, kind: 'private' }
    await bot().answer({ line, place, user })
  }

  async function subscribe(address: string): Promise<void> {
    const place: ChatPlace = { platform: 'telegram', address, kind: 'private' }
    await store.chats.update(place, () => ({
      ...{ state: 'active', topics: ['announcements', 'digest', 'exercises'], zone: 'UTC' },
      ...{ cadence: 'weekly', hour: 9, weekday: 1, tableStyle: 'grid', onlyNew: false },
      nextDigestAt: START.subtract({ minutes: 1 }),
    }))
  }

  /** One sound row of each table. */
  async function fill(fresh: number): Promise<void> {
    const chat = (await store.chats.find({ platform: 'telegram', address: '42' }))?.id ?? 0
    const [settled] = [await store.editions.settled()]
    const known = settled?.id ?? 0
    await store.looks.note(chat, { subject: '', edition: known, before: known })
    await store.audit.note({ actor: 'telegram:42', action: 'test', details: { broadcast: 1 } })
    await store.floods.keep('telegram', clock.now())
    await store.pictures.add(Buffer.from([1]), 'png')
    await store.lease.acquire('active', 'test', 10_000)
    const { id } = await store.broadcasts.create(
      announcement({ audience: { topic: 'announcements', platforms: ['telegram'], within: 'x' } }),
    )
    await store.announcements.draft({
      ...{
        key: 'draft',
        act: 'send',
        by: 'telegram:42',
        text: JSON.stringify({ ...JSON.parse(saying('Draft.')), lost: [] }),
      },
      place: { platform: 'telegram', address: '42', kind: 'private' },
      options: { topic: 'announcements' },
    })
    await raw.query(`insert into chats (platform, address, kind, state, zone, cadence, hour, weekday,
        table_style, digest_day, created_at, changed_at)
      select 'telegram', cast(${FRESH} + n as text), 'private', 'active', 'UTC', 'weekly', 9, 1, 'grid', '', 0, 0
      from (with recursive s(n) as (select 0 union all select n + 1 from s where n < ${fresh}) select n from s) as s`)
    await raw.query(`insert into deliveries (broadcast_id, chat_id, platform, state, attempts, next_at, part, revision_sent)
      values (${id}, ${chat}, 'telegram', 'sent', 0, 0, 0, 1)`)
    await raw.query(`insert into slots (key, at, outcome) values ('slot', 1, 'missed')`)
  }

  return {
    ...{ scene, store, raw, ask, subscribe, fill, set, begin, telegram, news },
    columns: () => columnsOf(raw, dialect),
    edit: () => {
      edition = editionOf([exercise('june', '2027-05-04', '2027-05-09')], {
        'sections/03-gamma.md': '---\ncommand: gamma\ntitle: Gamma\nsummary: New.\n---\n\nWords.\n',
      })
    },
    /** Whether the database takes the damage, or refuses it by itself. */
    async takes(statement: string): Promise<boolean> {
      return raw.query(statement).then(
        () => true,
        () => false,
      )
    },
  }
}

/** Copies a row of each table once for each bad value of each of its columns; resolves to the number of copies. */
async function copyDamaged(
  scene: Awaited<ReturnType<typeof openDamage>>,
  dialect: Dialect,
  pick: (index: number) => boolean,
): Promise<number> {
  const { raw, takes } = scene
  let copies = 0
  let index = 0
  if (dialect === 'sqlite') await raw.query('begin immediate')
  for (const [table, columns] of await scene.columns()) {
    // A copy would be the newest edition, by which everything is posted.
    if (table === 'editions') continue
    const names = columns.map(({ name }) => name)
    const hasId = names.includes('id') && table !== 'installation'
    const [template] = (await raw.query(`select count(*) as n from ${table}`)) as { n: number }[]
    if (Number(template?.n) === 0) throw new Error(`The table ${table} has no row to damage.`)
    for (const column of columns) {
      if (column.name === 'id' && hasId) continue
      for (const value of valuesFor(column, dialect)) {
        index += 1
        if (!pick(index)) continue
        const values = { ...copied(table, index), [column.name]: value } as Record<string, string>
        const kept = names.filter(name => !hasId || name !== 'id')
        const given = kept.map(name => values[name] ?? `t.${name}`)
        const order = hasId ? 'order by id' : ''
        const isTaken = await takes(
          `insert into ${table} (${kept.join(', ')})
           select ${given.join(', ')} from (select * from ${table} ${order} limit 1) as t`,
        )
        copies += Number(isTaken)
        if (isTaken && table === 'chats') {
          await takes(`insert into subscriptions (chat_id, topic)
            select id, 'announcements' from chats where address = '${DAMAGED + index}'`)
        }
      }
    }
  }
  if (dialect === 'sqlite') await raw.query('commit')
  return copies
}

/** The texts that Telegram was given for a chat. */
function gotBy({ telegram }: Scene, address: string): string[] {
  return telegram.calls
    .filter(({ method, body }) => method === 'sendMessage' && String(body.chat_id) === address)
    .map(({ body }) => String(body.text))
}

type Scene = Awaited<ReturnType<typeof openDamage>>

/** Chooses one of `times` damages. */
const oneIn = (times: number) => (index: number) => index % times === 0

/**
 * Damages copies of rows in each column of each table, one value in `times`, and lets everything read them: chats
 * whose rows are sound get each post once, and no command fails.
 */
export async function survivesCopies(dialect: Dialect, times: number): Promise<void> {
  const scene = await openDamage(dialect)
  const { store, subscribe, begin, set, ask, raw } = scene
  const { events, finished } = scene.scene
  await subscribe('42')
  await begin().tick()
  await scene.fill(4000)
  expect(await copyDamaged(scene, dialect, oneIn(times))).toBeGreaterThan(900 / times)
  const sound = ['51', '52', '53']
  for (const address of sound) await subscribe(address)
  set(START)
  const schedule = begin()
  await schedule.tick()
  await schedule.tick()
  const { running } = await scene.scene.begin()
  const { id } = await store.broadcasts.create(
    announcement({
      audience: { topic: 'announcements', platforms: ['telegram'] },
      message: saying('Sound.'),
    }),
  )
  await Promise.race([finished(id), running])
  for (const address of sound) {
    const got = () => gotBy(scene, address)
    await Promise.race([until(() => got().length >= 3), running])
    expect(got().filter(text => text.includes('Sound.'))).toHaveLength(1)
    expect(got().filter(text => text.includes('Exercise june'))).not.toHaveLength(0)
    expect(got()).toHaveLength(3)
  }
  const damaged = (await raw.query(
    `select address from chats where address like '3______' and platform = 'telegram'`,
  )) as { address: string }[]
  for (const { address } of damaged) {
    for (const line of [
      '/settings',
      '/settings export',
      '/receipt',
      '/changes',
      '/settings hour 8',
    ]) {
      await ask(line, address)
    }
  }
  for (const line of ['/status', '/audit', '/announcements', '/settings export']) await ask(line)
  for (const { id } of await store.broadcasts.list(2000)) await ask(`/announcements ${id}`)
  for (const { id } of await store.announcements.drafts(2000)) await store.announcements.find(id)
  await store.cards.open()
  await store.reach.due('telegram', START, 1000)
  await store.reach.unreachable('telegram')
  expect(events().filter(event => event === 'answer.failed')).toEqual([])
  const paused = events().filter(event => event === 'broadcast.damaged').length
  const rows = (await raw.query(
    `select count(*) as n from broadcasts where note = 'unreadable'`,
  )) as { n: number }[]
  expect(paused).toBe(Number(rows[0]?.n))
}

/** Damages the rows that everything depends on, one after the other: each is mended, with at most one line. */
export async function survivesSingles(dialect: Dialect, times: number): Promise<void> {
  const scene = await openDamage(dialect)
  const { store, begin, subscribe, takes, edit } = scene
  const { events } = scene.scene
  await subscribe('42')
  await begin().tick()
  await scene.fill(1)
  let index = 0
  for (const [table, all] of await scene.columns()) {
    const where = SINGLES[table]
    for (const column of all.filter(({ name }) => !UNTOUCHED.includes(name))) {
      for (const value of where === undefined ? [] : valuesFor(column, dialect)) {
        index += 1
        if (index % times !== 0) continue
        if (index % (2 * times) === 0) edit()
        const damage = `update ${table} set ${column.name} = ${value} where ${where}`
        if (!(await takes(damage))) continue
        const lines = () => events().filter(event => event === 'edition.damaged').length
        const before = lines()
        await begin().tick()
        const schedule = begin()
        await schedule.tick()
        await schedule.tick()
        expect(lines() - before, damage).toBeLessThanOrEqual(1)
        await store.floods.until('telegram')
        await store.floods.keep('telegram', START)
        const taken = await store.lease.acquire('active', 'test', 10_000)
        if (!('epoch' in taken)) throw new Error(`Nobody gets the lease: ${damage}`)
        expect(await store.lease.renew('active', 'test', taken.epoch, 10_000), damage).toBe(true)
      }
    }
  }
}
