import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../src/clock.ts'
import { sentences } from '../src/log.ts'
import { message, paragraph } from '../src/message.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { fill } from '../tests/store/raw.ts'
import { openBroadcastServer } from './broadcast-server.ts'
import { DISCORD_TOKEN, openDiscord, TELEGRAM_TOKEN } from './loopback.ts'
import { type Figure, percentile } from './measure.ts'
import { startSitrep } from './sitrep.ts'

const root = join(import.meta.dirname, '..')

const MINUTE_MS = 60_000
/** The load lasts so long after a warm-up that does not count. MIXED_MINUTES shortens it. */
const LOAD_MS = Number(process.env.MIXED_MINUTES ?? 10) * MINUTE_MS
/** Node's heap grows to the size that a load needs within about four minutes. */
const WARM_UP_MS = 5 * MINUTE_MS

/** Pauses between two of a kind, in milliseconds. */
const ASK_MS = 50
const BROADCAST_MS = 20_000
const EDIT_MS = 15_000
const RECONNECT_MS = 30_000
const SAMPLE_MS = 2000

/** A request without an answer for so long is lost, in milliseconds. */
const LOST_MS = 5000

/** Subscribers on Telegram: at 25 posts a second a broadcast is over before the next one. */
const CHATS = 300

/** A value and when it was taken, in milliseconds since the warm-up ended. */
interface Sample {
  readonly at: number
  readonly value: number
}

/**
 * Commands on both platforms, announcements and their corrections, edits of the content and lost connections, all at
 * once against one process. Linux only, because it reads /proc.
 */
export async function mixed(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
  const contentDir = join(folder, 'content')
  cpSync(join(root, 'content'), contentDir, { recursive: true })
  const url = `file:${folder}/mixed.db`
  const store = await openStore({ url, clock: systemClock, log: sentences(() => {}) })
  await fill(url, 'telegram', CHATS)
  const telegram = await openBroadcastServer({ latencyMs: 20, isLimited: false })
  const discord = await openDiscord()
  const child = startSitrep({
    CHANGE_SETTLE: '10s',
    ...{ TELEGRAM_TOKEN, TELEGRAM_API_URL: telegram.url, DISCORD_TOKEN },
    ...{ DISCORD_API_URL: discord.url, DATABASE_URL: url, CONTENT_DIR: contentDir },
  })
  await Promise.all([telegram.connected(), discord.connected()])

  const begun = performance.now() + WARM_UP_MS
  const since = () => performance.now() - begun
  const replies: Record<'telegram' | 'discord', Sample[]> = { telegram: [], discord: [] }
  const memory: Sample[] = []
  const done = { broadcasts: 0, corrections: 0, edits: 0, reconnects: 0, lost: 0 }
  const section = join(contentDir, 'sections/02-threats.md')
  const original = readFileSync(section, 'utf8')
  let discordIsBack = Promise.resolve()

  const timed = async (kind: keyof typeof replies, ask: () => Promise<unknown>) => {
    const at = since()
    const before = performance.now()
    // A connection that is cut off takes its requests along.
    const isAnswered = await Promise.race([ask(), setTimeout(LOST_MS)])
    if (isAnswered === undefined) done.lost += 1
    else replies[kind].push({ at, value: performance.now() - before })
  }
  const loops = [
    every(ASK_MS, () => void timed('telegram', telegram.ask)),
    every(ASK_MS, async () => {
      await discordIsBack
      await timed('discord', () => discord.ask(1))
    }),
    every(BROADCAST_MS, async () => {
      done.broadcasts += 1
      const id = await announce(store, done.broadcasts)
      await setTimeout(BROADCAST_MS / 2)
      done.corrections += 1
      await store.broadcasts.revise(id, text(`Correction ${done.corrections}. `))
    }),
    every(EDIT_MS, () => {
      done.edits += 1
      // Each edit replaces the one before: a section that grows would make every answer slower.
      writeFileSync(section, `${original}\nEdit ${done.edits} of the load.\n`)
    }),
    every(RECONNECT_MS, async () => {
      done.reconnects += 1
      telegram.drop()
      discordIsBack = discord.drop()
      await discordIsBack
    }),
    every(SAMPLE_MS, () => void memory.push({ at: since(), value: residentMb(child) })),
  ]
  try {
    await Promise.all(loops)
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
    await store.close()
    await Promise.all([telegram.close(), discord.close()])
    rmSync(folder, { recursive: true })
  }

  /** Repeats `work` until the load is over. The pause counts from the end of the work. */
  async function every(pauseMs: number, work: () => unknown): Promise<void> {
    while (since() < LOAD_MS) {
      await setTimeout(pauseMs)
      await work()
    }
  }
  const warm = memory.filter(({ at }) => at >= 0)
  return [
    ...Object.entries(done).map(([what, value]) => ({
      what: `mixed load: ${what}`,
      value,
      unit: '',
    })),
    { what: 'mixed load: posts', value: telegram.times.length, unit: '' },
    ...Object.entries(replies).flatMap(([name, samples]) => latencies(name, samples)),
    { what: 'mixed load: memory, median', value: median(warm), unit: 'MB' },
    {
      what: 'mixed load: memory, slope',
      value: slopeOf(warm) * MINUTE_MS,
      aim: 0.5,
      unit: 'MB/min',
    },
  ]
}

/** Compares the second half of the load with the first. */
function latencies(name: string, samples: readonly Sample[]): Figure[] {
  const halves = [
    samples.filter(({ at }) => at >= 0 && at < LOAD_MS / 2),
    samples.filter(({ at }) => at >= LOAD_MS / 2),
  ].map(half => half.map(({ value }) => value))
  const [first = [], second = []] = halves
  const p99 = [first, second].map(half => percentile(half, 0.99)) as [number, number]
  return [
    { what: `mixed load: ${name}, replies`, value: first.length + second.length, unit: '' },
    { what: `mixed load: ${name}, median`, value: percentile(second, 0.5), unit: 'ms' },
    { what: `mixed load: ${name}, p99`, value: p99[1], unit: 'ms' },
    {
      what: `mixed load: ${name}, p99, 2nd half against 1st`,
      value: p99[1] / p99[0],
      aim: 1.25,
      unit: '×',
    },
  ]
}

const median = (samples: readonly Sample[]) =>
  percentile(
    samples.map(({ value }) => value),
    0.5,
  )

/** Returns the least-squares slope of the samples, in their unit per millisecond. Pure. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [at, value] = [mean(sample => sample.at), mean(sample => sample.value)]
  const covariance = mean(sample => (sample.at - at) * (sample.value - value))
  return covariance / mean(sample => (sample.at - at) ** 2)
}

const text = (sentence: string) => message([paragraph(sentence.repeat(20))])

async function announce({ broadcasts }: Store, number: number): Promise<number> {
  const { id } = await broadcasts.create({
    key: `mixed ${number}`,
    kind: 'announcement',
    audience: { topic: 'announcements', platforms: ['telegram'] },
    message: text(`Announcement ${number}. `),
  })
  return id
}

function residentMb({ pid }: ChildProcess): number {
  const [, kilobytes = 'NaN'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
