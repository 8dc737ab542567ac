import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { systemClock, TRUSTED } from '../src/clock.ts'
import { createBroadcastRunner } from '../src/delivery/broadcast-runner.ts'
import { sentences } from '../src/log.ts'
import { message, paragraph } from '../src/message.ts'
import { renderTelegramTexts } from '../src/render/telegram.ts'
import type { NewBroadcast } from '../src/store/ledger/broadcast.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { createDatabase, startPostgres } from '../tests/postgres.ts'
import { ADDRESS, connect, fill, query } from '../tests/store/raw.ts'
import { ASKERS, type BroadcastServer, openBroadcastServer } from './broadcast-server.ts'
import { TELEGRAM_TOKEN } from './loopback.ts'
import { type Figure, percentile, watchLoop } from './measure.ts'

const root = join(import.meta.dirname, '..')
const log = sentences(() => {})
const RUNS = 5

/** Posts a second, private chats and groups of the paced part. */
const RATE = 25
const PRIVATE = 1500
const GROUPS = 30
/** The process is put to sleep so long, in the middle, in milliseconds. */
const STALL_MS = 3000
const LATENCY_MS = 60

/** Chats of the unlimited part, and what is under way at once. */
const FAST = 30_000
const AT_ONCE = 32

/** Chats of a broadcast with a progress message: enough for several edits of the message. */
const WATCHED = 60_000

const MILLION = 1_000_000

const TEXT = message([paragraph('The new section is out. '.repeat(20))])
const BODY = renderTelegramTexts(TEXT)[0]?.text ?? ''

/** Runs a part in a folder of its own. */
async function within(part: (folder: string) => Promise<Figure[]>): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
  const figures = await part(folder)
  rmSync(folder, { recursive: true })
  return figures
}

/** A broadcast as fast as the platform answers, beside a bare loop. */
export const speed = () => within(fast)

/** The same with a card that shows how far it has come, and without. */
export const card = () => within(shown)

/** A broadcast as fast as Telegram allows. */
export const limiter = () => within(paced)

/** The ledger with a million recipients. */
export const ledger = () =>
  within(async folder => {
    const sqlite = await million('sqlite', `file:${folder}/ledger.db`)
    const server = await startPostgres()
    const postgres = await million('postgres', await createDatabase(server.url))
    await server.stop()
    return [...sqlite, ...postgres]
  })

let keys = 0

function announcement(): NewBroadcast {
  keys += 1
  return {
    key: `bench ${keys}`,
    kind: 'announcement',
    audience: { topic: 'announcements', platforms: ['telegram'] },
    message: TEXT,
  }
}

/** A database whose chats wait for one announcement. */
async function prepare(url: string, chats: number): Promise<void> {
  const store = await openStore({ url, clock: systemClock, log })
  await fill(url, 'telegram', chats)
  await store.close()
}

async function announce(url: string): Promise<void> {
  const store = await openStore({ url, clock: systemClock, log })
  await store.broadcasts.create(announcement())
  await store.close()
}

function startOurs(url: string, database: string, more: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['tests/serve-app.ts'], {
    cwd: root,
    env: {
      ...{ PATH: process.env.PATH, PORT: '0', LEASE_TTL_MS: '10000', DATABASE_URL: database },
      ...{ TELEGRAM_TOKEN, TELEGRAM_API_URL: url, ...more },
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function startBare(url: string, count: number, atOnce: number, everyMs: number): ChildProcess {
  const values = [TELEGRAM_TOKEN, url, count, atOnce, everyMs, BODY].map(String)
  return spawn(process.execPath, ['bench/bare/broadcast.ts', ...values], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

/** Milliseconds from the first post to the last. */
function span({ times }: BroadcastServer): number {
  return (times.at(-1) ?? 0) - (times[0] ?? 0)
}

async function fast(folder: string): Promise<Figure[]> {
  const open = () => openBroadcastServer({ latencyMs: 0, isLimited: false })
  const [ours, bare, idle, busy] = [[], [], [], []] as number[][]
  for (let run = 0; run < RUNS; run++) {
    const url = `file:${folder}/fast-${run}.db`
    await prepare(url, FAST)
    const [server, plain] = [await open(), await open()]
    const child = startOurs(server.url, url, { UNLIMITED: '1' })
    await server.connected()
    for (let index = 0; index < 150; index++) idle?.push(await server.ask())
    const posted = server.posts(FAST)
    await announce(url)
    await posted
    ours?.push((FAST / span(server)) * 1000)
    const again = server.posts(FAST)
    await announce(url)
    let isOver = false
    again.then(() => {
      isOver = true
    })
    while (!isOver) {
      const took = await Promise.race([server.ask(), again.then(() => undefined)])
      if (took !== undefined) busy?.push(took)
      await setTimeout(10)
    }
    await end(child)
    const done = plain.posts(FAST)
    const loop = startBare(plain.url, FAST, AT_ONCE, 0)
    await done
    bare?.push((FAST / span(plain)) * 1000)
    await end(loop)
    await Promise.all([server.close(), plain.close()])
  }
  const [mine = 0, theirs = 0] = [ours, bare].map(rates => percentile(rates ?? [], 0.5))
  const [idle99 = 0, busy99 = 0] = [idle, busy].map(times => percentile(times ?? [], 0.99))
  return [
    { what: 'telegraf: deliveries a second, with the ledger', value: mine, unit: '/s' },
    { what: 'the same, a bare loop', value: theirs, unit: '/s' },
    // A rate of at least 0.9 of the bare loop's, and at least 1,000 a second.
    { what: 'time a delivery, against bare', value: theirs / mine, aim: 1 / 0.9, unit: '×' },
    { what: 'time a delivery', value: 1000 / mine, aim: 1, unit: 'ms' },
    { what: '/threats meanwhile, p99', value: busy99, unit: 'ms' },
    { what: '/threats meanwhile, p99, against idle', value: busy99 / idle99, aim: 1.5, unit: '×' },
  ]
}

/** Confirms the broadcast as a moderator whose chat shows the progress message. */
async function confirm(url: string): Promise<void> {
  const store = await openStore({ url, clock: systemClock, log })
  keys += 1
  const place = { platform: 'telegram', address: String(ASKERS), kind: 'private' as const }
  const by = `telegram:${ASKERS}`
  const { id } = await store.announcements.draft({
    ...{ key: `bench ${keys}`, act: 'send', by, place, text: { ...TEXT, lost: [] } },
    options: { topic: 'announcements' },
  })
  const { key: _, ...broadcast } = announcement()
  const note = { actor: by, action: 'announcement.send', details: {} }
  await store.announcements.confirm(id, 1, { broadcast, note })
  await store.close()
}

async function shown(folder: string): Promise<Figure[]> {
  const ratios: number[] = []
  let closest = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS; run++) {
    const url = `file:${folder}/card-${run}.db`
    await prepare(url, WATCHED)
    const server = await openBroadcastServer({ latencyMs: 0, isLimited: false })
    const child = startOurs(server.url, url, { UNLIMITED: '1' })
    await server.connected()
    const time = async (begin: (url: string) => Promise<void>) => {
      const posted = server.posts(WATCHED)
      await begin(url)
      await posted
      const gaps = server.edits.slice(1).map((at, index) => at - (server.edits[index] ?? 0))
      closest = Math.min(closest, ...gaps)
      return span(server)
    }
    // The first is slower than those after it, whichever it is.
    await time(announce)
    // Growth from one run to the next slows both kinds alike.
    const before = await time(confirm)
    const plain = (await time(announce)) + (await time(announce))
    ratios.push((before + (await time(confirm))) / plain)
    await end(child)
    await server.close()
  }
  return [
    {
      what: `${WATCHED.toLocaleString('en')} recipients, time with a card`,
      value: percentile(ratios, 0.5),
      aim: 1.02,
      unit: '× without',
    },
    { what: 'the shortest time between two edits of it', value: closest / 1000, unit: 's' },
  ]
}

async function paced(folder: string): Promise<Figure[]> {
  const recipients = PRIVATE + GROUPS
  const walls: Record<string, number[]> = { ours: [], stalled: [], bare: [] }
  const answers: number[] = []
  let refused = 0
  let lost = 0
  const floorMs = ((recipients - 1) / RATE) * 1000

  async function one(side: string, run: number): Promise<void> {
    const server = await openBroadcastServer({ latencyMs: LATENCY_MS, isLimited: true })
    const posted = server.posts(recipients)
    let child: ChildProcess
    if (side === 'bare') child = startBare(server.url, recipients, 1, 1000 / RATE)
    else {
      const url = `file:${folder}/paced-${side}-${run}.db`
      await prepare(url, recipients)
      const groups = `address in (${Array.from({ length: GROUPS }, (_, index) => `'${ADDRESS.telegram + BigInt(index * 50)}'`)})`
      await query(
        url,
        `update chats set address = '-100' || address, kind = 'group' where ${groups}`,
      )
      child = startOurs(server.url, url, { TELEGRAM_BROADCAST_RATE: String(RATE) })
      await server.connected()
      await announce(url)
    }
    let isOver = false
    const over = posted.then(() => {
      isOver = true
    })
    if (side === 'stalled') {
      setTimeout(floorMs / 2).then(async () => {
        child.kill('SIGSTOP')
        await setTimeout(STALL_MS)
        child.kill('SIGCONT')
      })
    }
    while (!isOver) {
      if (side === 'ours') server.ask().then(took => answers.push(took))
      else if (side === 'stalled') void server.ask()
      await Promise.race([setTimeout(500), over])
    }
    walls[side]?.push(span(server))
    if (side !== 'bare') {
      refused += server.refused()
      lost += recipients - server.chats.size
    }
    await end(child)
    await server.close()
  }

  for (let run = 0; run < RUNS; run++) {
    await Promise.all(Object.keys(walls).map(side => one(side, run)))
  }
  const wall = (side: string) => percentile(walls[side] ?? [], 0.5) / floorMs
  return [
    {
      what: '1,530 chats at 25/s, against the floor',
      value: wall('ours'),
      aim: 1.01,
      unit: '×',
    },
    { what: 'the same, a bare loop', value: wall('bare'), unit: '×' },
    {
      what: 'the same with a stall of 3 s, without the stall',
      value: wall('stalled') - STALL_MS / floorMs,
      aim: 1.01,
      unit: '×',
    },
    { what: 'the same with a stall of 3 s, with it', value: wall('stalled'), unit: '×' },
    { what: 'refused for their rate', value: refused, aim: 0, unit: '' },
    { what: 'lost', value: lost, aim: 0, unit: '' },
    {
      what: 'replies meanwhile, p50',
      value: percentile(answers, 0.5),
      aim: LATENCY_MS + 25,
      unit: 'ms',
    },
  ]
}

/** A million recipients: their rows, and claims among rows that are sent. */
async function million(name: string, url: string): Promise<Figure[]> {
  const store = await openStore({ url, clock: systemClock, log })
  await fill(url, 'telegram', MILLION)
  if (name === 'postgres') await query(url, 'analyze')
  const bares: number[] = []
  const runs: Awaited<ReturnType<typeof enqueue>>[] = []
  let id = 0
  for (let run = 0; run < RUNS; run++) {
    // In turns, so that a slow moment of the machine meets both.
    await clear(name, url)
    bares.push(await bareEnqueue(store, url))
    await clear(name, url)
    ;({ id } = await store.broadcasts.create(announcement()))
    runs.push(await enqueue(store, id))
  }
  const bareMs = percentile(bares, 0.5)
  const middle = (each: keyof (typeof runs)[number]) =>
    percentile(
      runs.map(run => run[each]),
      0.5,
    )
  const enqueued = {
    tookMs: middle('tookMs'),
    addedMb: middle('addedMb'),
    stallMs: Math.max(...runs.map(({ stallMs }) => stallMs)),
  }
  if (name === 'postgres') await query(url, 'vacuum analyze deliveries')
  const taken = await store.lease.acquire('active', 'bench', 3_600_000)
  const epoch = 'epoch' in taken ? taken.epoch : 0
  const fresh = await claims(store, epoch)
  await query(
    url,
    `update deliveries set state = 'sent', epoch = null, revision_sent = 1 where broadcast_id = ${id}
     and chat_id <= (select min(chat_id) + 950000 from deliveries where broadcast_id = ${id})`,
  )
  const worn = await claims(store, epoch)
  await store.close()
  const ms = 'ms'
  return [
    { what: `${name}: rows for 1,000,000 recipients`, value: enqueued.tookMs, unit: ms },
    { what: `${name}: the same, bare`, value: bareMs, unit: ms },
    { what: `${name}: against bare`, value: enqueued.tookMs / bareMs, aim: 2, unit: '×' },
    { what: `${name}: added memory meanwhile`, value: enqueued.addedMb, aim: 10, unit: 'MB' },
    { what: `${name}: longest stall meanwhile`, value: enqueued.stallMs, aim: 50, unit: ms },
    { what: `${name}: a claim of 30 of a million`, value: fresh, unit: ms },
    { what: `${name}: the same, 950,000 of them sent`, value: worn, unit: ms },
    {
      what: `${name}: against the fresh ledger`,
      value: worn / fresh,
      aim: name === 'sqlite' ? 1.15 : 2,
      unit: '×',
    },
  ]
}

async function clear(name: string, url: string): Promise<void> {
  await query(url, name === 'sqlite' ? 'delete from deliveries' : 'truncate deliveries')
  await query(url, 'delete from broadcasts')
}

/** Enqueues with one plain statement for each 10,000 chats. */
async function bareEnqueue(store: Store, url: string): Promise<number> {
  const { id } = await store.broadcasts.create(announcement())
  const bare = await connect(url)
  const before = performance.now()
  for (let from = 0; from < MILLION; from += 10_000) {
    await bare.query(
      `insert into deliveries (broadcast_id, chat_id, platform, state, attempts, next_at, part,
         revision, revision_sent, repeated)
       select ${id}, c.id, c.platform, 'pending', 0, 0, 0, 0, 0, 0
       from subscriptions s join chats c on c.id = s.chat_id
       where s.topic = 'announcements' and s.chat_id > ${from} and s.chat_id <= ${from + 10_000}`,
    )
  }
  const took = performance.now() - before
  await bare.close()
  return took
}

async function enqueue(store: Store, id: number) {
  const over = new AbortController()
  const done = Promise.withResolvers<void>()
  const fanOut = {
    ...store.fanOut,
    async enqueue(broadcast: number, most: number) {
      const slice = await store.fanOut.enqueue(broadcast, most)
      if (slice.isDone) done.resolve()
      return slice
    },
  }
  const runner = createBroadcastRunner({
    trust: TRUSTED,
    ...{
      store: { ...store, fanOut },
      clock: systemClock,
      log,
      signal: over.signal,
    },
    ...{ retentionMs: 1e12, onWork: () => {} },
  })
  const end = watchLoop()
  const running = runner.run()
  await done.promise
  const seen = end()
  over.abort()
  await running
  expectRows(await store.broadcasts.progress(id))
  return seen
}

function expectRows({ pending }: { readonly pending: number }): void {
  if (pending !== MILLION) throw new Error(`There are ${pending} rows.`)
}

/** The median of 200 claims of 30, each given back. */
async function claims(store: Store, epoch: number): Promise<number> {
  const common = { platform: 'telegram', epoch, lease: 'active', knownMs: 0 }
  const times: number[] = []
  for (let run = 0; run < 220; run++) {
    const before = performance.now()
    const exchanged = await store.deliveries.exchange({ ...common, settle: [], most: 30 })
    if (run >= 20) times.push(performance.now() - before)
    if (exchanged?.claimed.length !== 30) throw new Error('There was nothing to be claimed.')
    const settle = exchanged.claimed.map(row => ({ ...row, state: 'sent' as const }))
    await store.deliveries.exchange({ ...common, settle, most: 0 })
  }
  return percentile(times, 0.5)
}
