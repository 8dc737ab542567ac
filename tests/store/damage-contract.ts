import { expect } from 'vitest'
import { announcement, saying, until } from '../delivery/scene.ts'
import { FRESH, openDamage, type Scene, START } from './damage-scene.ts'
import { valuesFor } from './damage-values.ts'
import type { Dialect } from './stores.ts'

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
    case 'telegram_files':
      return { name: `'copy ${n}'` }
    case 'floods':
      return { platform: `'telegram/${n}'` }
    case 'event_servers':
      return { server: `'${n}'` }
    case 'scheduled_events':
      return { subject: `'copy ${n}'` }
    case 'installation':
      return { id: `'copy ${n}'` }
    default:
      return {}
  }
}

/** First address of the chats whose row is damaged. */
const DAMAGED = 3_000_000

/** Rows of which there is one, or of which the newest counts: they are damaged one after the other. */
const SINGLES: Readonly<Record<string, string>> = {
  slots: `name in ('reminders looked at', 'zone data')`,
  editions: 'id = (select max(id) from editions)',
  floods: `platform = 'telegram'`,
  lease: `name = 'active'`,
}

/** Names of the single rows, and a holder: any other one is a process that is waited for. */
const UNTOUCHED = ['id', 'name', 'platform', 'holder']

/** Copies a row of each table once for each bad value of each of its columns; resolves to the number of copies. */
async function copyDamaged(
  scene: Scene,
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
      '/doctor',
      '/changes',
      '/settings hour 8',
    ]) {
      await ask(line, address)
    }
  }
  for (const line of ['/status', '/audit', '/announcements', '/settings export']) await ask(line)
  for (const { id } of await store.broadcasts.list(2000)) await ask(`/announcements ${id}`)
  for (const { id } of await store.announcements.drafts(2000)) await store.announcements.find(id)
  await scene.passEvents()
  await store.scheduledEvents.count()
  const { id: edition = 0 } = (await store.editions.announced()) ?? {}
  expect(await store.scheduledEvents.due('discord', edition, START)).toBeUndefined()
  await store.progressMessages.open()
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
        if (!('epoch' in taken)) throw new Error(`No process gets the lease: ${damage}`)
        expect(await store.lease.renew('active', 'test', taken.epoch, 10_000), damage).toBe(true)
      }
    }
  }
}
