import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TRUSTED } from '../src/clock.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import type { Edition } from '../src/content/edition.ts'
import { loadEdition } from '../src/content/load.ts'
import { createBroadcastRunner } from '../src/delivery/broadcast-runner.ts'
import { sentences } from '../src/log.ts'
import { createSchedule } from '../src/schedule/schedule.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { testClock } from '../tests/platforms/pauses.ts'
import { createDatabase, startPostgres } from '../tests/postgres.ts'
import { fill, query } from '../tests/store/raw.ts'
import { type Figure, percentile, time, watchLoop } from './measure.ts'

const CHATS = 100_000

/** A Monday; in every zone the event below begins on the next day. */
const NOON = Temporal.Instant.from('2027-06-07T12:00:00Z')

const ZONES = [
  ...['Europe/Sarajevo', 'Europe/London', 'Europe/Istanbul', 'Europe/Lisbon', 'Atlantic/Azores'],
  ...['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Sao_Paulo', 'UTC'],
  ...['Africa/Cairo', 'Asia/Dubai', 'Asia/Karachi', 'Asia/Dhaka', 'Asia/Bangkok', 'Asia/Tokyo'],
  ...['Asia/Shanghai', 'Australia/Sydney', 'Pacific/Auckland', 'America/Denver'],
]

const EVENT = {
  ...{ id: 'bench', name: 'Bench', participants: 'All' },
  ...{ start: '2027-06-08', end: '2027-06-20', status: 'scheduled' as const },
}

/** A beat with nothing due, and one at which everybody's digest is; then a reminder in every zone. */
export async function schedule(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
  const server = await startPostgres()
  const { edition } = await loadEdition(join(import.meta.dirname, '../content'), reservedNames)
  if (!edition) throw new Error('The shipped content has problems.')
  const figures = [
    ...(await measure('sqlite', `file:${folder}/sitrep.db`, edition)),
    ...(await measure('postgres', await createDatabase(server.url), edition)),
  ]
  await server.stop()
  rmSync(folder, { recursive: true })
  return figures
}

async function measure(name: string, url: string, shipped: Edition): Promise<Figure[]> {
  let now = NOON.subtract({ hours: 48 })
  const clock = testClock(
    () => now,
    () => new Promise(() => {}),
  )
  const log = sentences(() => {})
  const store = await openStore({ url, clock, log })
  await fill(url, 'telegram', CHATS, ['digest', 'events'])
  for (const [index, zone] of ZONES.entries()) {
    const { hour } = NOON.toZonedDateTimeISO(zone)
    // Chats with other quiet hours get a digest of their own.
    const quiet = (more: number) => `(${hour + more} + (id / ${ZONES.length}) % 8) % 24`
    await query(
      url,
      `update chats set zone = '${zone}', cadence = 'daily', hour = ${hour}, edition_id = 1,
         next_digest_at = ${NOON.epochMilliseconds},
         quiet_from = ${quiet(2)}, quiet_to = ${quiet(3)}
       where id % ${ZONES.length} = ${index} returning id`,
    )
  }
  if (name === 'postgres') await query(url, 'vacuum analyze')

  const over = new AbortController()
  const term = { signal: over.signal, holds: () => true }
  const edition = { ...shipped, events: [EVENT] }
  const made = createSchedule({
    ...{ trust: TRUSTED, mayPost: async () => true },
    ...{ store, clock, log, term, platforms: ['telegram'], edition: () => edition },
    reminders: { moments: [1], time: Temporal.PlainTime.from('09:00') },
    ...{ debounceMs: 600_000, timeZone: 'UTC', onPosted: () => {} },
  })
  await made.tick()
  const idle = await time(200, () => made.tick())

  now = NOON
  const endDigests = watchLoop()
  await made.tick()
  const digests = endDigests()
  await expectRows(url, 'digest', CHATS)

  // By now it is past nine wherever they are.
  now = NOON.add({ hours: 11 })
  const endReminders = watchLoop()
  await made.tick()
  await enqueued(store, over.signal)
  const reminders = endReminders()
  over.abort()
  const posted = await query(url, "select count(*) as n from broadcasts where kind = 'events'")
  if (Number((posted[0] as { n: number }).n) !== ZONES.length) throw new Error('A zone is missing.')
  await store.close()
  const ms = 'ms'
  return [
    { what: `${name}: a beat with nothing due, p99`, value: percentile(idle, 0.99), unit: ms },
    ...both(`${name}: 100,000 digests due in 20 zones`, digests),
    ...both(`${name}: a reminder for 100,000 in 20 zones`, reminders),
  ]
}

function both(what: string, { tookMs, stallMs }: { tookMs: number; stallMs: number }): Figure[] {
  return [
    { what, value: tookMs / 1000, aim: 3, unit: 's' },
    { what: '  the longest stall meanwhile', value: stallMs, aim: 50, unit: 'ms' },
  ]
}

/** Resolves when every broadcast has its rows. */
async function enqueued(store: Store, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>()
  const waiting = new Set(
    (await store.broadcasts.open()).filter(({ isEnqueued }) => !isEnqueued).map(({ id }) => id),
  )
  const fanOut = {
    ...store.fanOut,
    async enqueue(id: number, most: number) {
      const slice = await store.fanOut.enqueue(id, most)
      if (slice.isDone) waiting.delete(id)
      if (waiting.size === 0) done.resolve()
      return slice
    },
  }
  const runner = createBroadcastRunner({
    trust: TRUSTED,
    store: { ...store, fanOut },
    clock: testClock(
      () => NOON,
      () => new Promise(resolve => setImmediate(resolve)),
    ),
    ...{ log: sentences(() => {}), signal, retentionMs: 1e12, onWork: () => {} },
  })
  void runner.run()
  await done.promise
}

async function expectRows(url: string, kind: string, count: number): Promise<void> {
  const [row] = (await query(
    url,
    `select count(*) as n from deliveries d join broadcasts b on b.id = d.broadcast_id
     where b.kind = '${kind}'`,
  )) as [{ n: number }]
  if (Number(row.n) !== count) throw new Error(`There are ${row.n} rows of ${count}.`)
}
