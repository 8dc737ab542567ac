import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS } from '../src/bot.ts'
import { systemClock } from '../src/clock.ts'
import { createBot } from '../src/commands/bot.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import { createRegistry } from '../src/commands/registry.ts'
import { loadEdition } from '../src/content/load.ts'
import type { Message } from '../src/message.ts'
import { renderDiscord } from '../src/render/discord.ts'
import { renderTelegram } from '../src/render/telegram.ts'
import {
  DISCORD_TOKEN,
  type Loopback,
  openDiscord,
  openTelegram,
  TELEGRAM_TOKEN,
} from './loopback.ts'
import { type Figure, percentile } from './measure.ts'
import { startSitrep } from './sitrep.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
const RUNS = 5
const SINGLE = 200
const FLOOD = 2000
const BATCH = 500
const DISTURBANCE = 1000

/** A request in, an answer out, beside bare bots that answer with equal bytes. */
export async function replies(): Promise<Figure[]> {
  const message = await threats()
  const telegramAnswer = JSON.stringify(renderTelegram(message)[0])
  const discordAnswer = JSON.stringify(renderDiscord(message)[0])
  const telegram = await compare('telegraf', openTelegram, {
    ours: url => ({ TELEGRAM_TOKEN, TELEGRAM_API_URL: url }),
    bare: url => ['telegraf.ts', TELEGRAM_TOKEN, url, telegramAnswer],
  })
  const discord = await compare('discord.js', openDiscord, {
    ours: url => ({ DISCORD_TOKEN, DISCORD_API_URL: url }),
    bare: url => ['discord.ts', DISCORD_TOKEN, url, discordAnswer],
  })
  return [...telegram, ...discord, ...(await starts(telegramAnswer))]
}

interface Bots {
  /** Environment of Sitrep. */
  ours(url: string): Record<string, string>
  /** File in bare/ and its arguments. */
  bare(url: string): string[]
}

async function compare(name: string, open: () => Promise<Loopback>, bots: Bots): Promise<Figure[]> {
  const [ours, bare] = await Promise.all([open(), open()])
  const processes = [startOurs(bots.ours(ours.url)), startBare(bots.bare(bare.url))]
  await Promise.all([ours.connected(), bare.connected()])
  const sides = { ours, bare }
  const median: Record<string, number[]> = { ours: [], bare: [] }
  const high: Record<string, number[]> = { ours: [], bare: [] }
  const rate: Record<string, number[]> = { ours: [], bare: [] }
  const batch: number[] = []
  const disturbed: number[] = []
  for (const side of [ours, bare]) for (let warm = 0; warm < 3; warm++) await side.ask(FLOOD)
  for (let run = 0; run < RUNS; run++) {
    // In turns, so that a slow moment of the machine meets both.
    for (const [side, loopback] of Object.entries(sides)) {
      const times: number[] = []
      for (let index = 0; index < SINGLE; index++) times.push(...(await loopback.ask(1)))
      median[side]?.push(percentile(times, 0.5))
      high[side]?.push(percentile(times, 0.99))
      const before = performance.now()
      await loopback.ask(FLOOD)
      rate[side]?.push((FLOOD / (performance.now() - before)) * 1000)
    }
    batch.push(percentile(await ours.ask(BATCH), 0.99))
    ours.disturb(DISTURBANCE)
    for (let index = 0; index < SINGLE; index++) disturbed.push(...(await ours.ask(1)))
  }
  await Promise.all(processes.map(end))
  await Promise.all([ours.close(), bare.close()])
  const middle = (values: Record<string, number[]>, side: string) =>
    percentile(values[side] ?? [], 0.5)
  const ratio = (values: Record<string, number[]>) =>
    middle(values, 'ours') / middle(values, 'bare')
  return [
    { what: `${name}: reply, median`, value: middle(median, 'ours'), unit: 'ms' },
    { what: `${name}: reply, median, against bare`, value: ratio(median), aim: 1.1, unit: '×' },
    { what: `${name}: reply, p99`, value: middle(high, 'ours'), unit: 'ms' },
    { what: `${name}: reply, p99, against bare`, value: ratio(high), aim: 1.5, unit: '×' },
    { what: `${name}: replies a second`, value: middle(rate, 'ours'), unit: '/s' },
    {
      what: `${name}: time a reply at saturation, against bare`,
      value: 1 / ratio(rate),
      // A rate of at least 0.85 of the bare bot's.
      aim: 1 / 0.85,
      unit: '×',
    },
    { what: `${name}: 500 at once, p99`, value: percentile(batch, 0.5), aim: 250, unit: 'ms' },
    {
      what: `${name}: reply, p99, while one asks 1,000 times and another’s send hangs`,
      value: percentile(disturbed, 0.99),
      unit: 'ms',
    },
  ]
}

/** From the start of the process to the first answer on Telegram, with Discord configured as well. */
async function starts(answer: string): Promise<Figure[]> {
  const times = { ours: [] as number[], bare: [] as number[], cached: [] as number[] }
  const discord = await openDiscord()
  for (let run = 0; run < 7; run++) {
    for (const side of ['ours', 'bare', 'cached'] as const) {
      const telegram = await openTelegram()
      const answered = telegram.ask(1)
      const before = performance.now()
      const bare = ['both.ts', TELEGRAM_TOKEN, telegram.url, DISCORD_TOKEN, discord.url, answer]
      const urls = { TELEGRAM_API_URL: telegram.url, DISCORD_API_URL: discord.url }
      const child =
        side === 'ours'
          ? startOurs({ TELEGRAM_TOKEN, DISCORD_TOKEN, ...urls })
          : startBare(bare, side === 'cached' ? { NODE_COMPILE_CACHE: CACHE } : {})
      await answered
      times[side].push(performance.now() - before)
      await end(child)
      await telegram.close()
    }
  }
  await discord.close()
  const [ours, bare, cached] = [times.ours, times.bare, times.cached].map(each =>
    percentile(each, 0.5),
  ) as [number, number, number]
  return [
    { what: 'process start → first Telegram answer', value: ours, unit: 'ms' },
    { what: 'the same, a bare bot that loads both clients', value: bare, unit: 'ms' },
    { what: 'the same, against bare', value: ours / bare, aim: 0.4, unit: '×' },
    {
      what: 'the same, against bare with a compile cache',
      value: ours / cached,
      aim: 1,
      unit: '×',
    },
  ]
}

const CACHE = join(root, 'node_modules/.cache/bench')

function startOurs(env: Record<string, string>): ChildProcess {
  return startSitrep({ DATABASE_URL: `file:${folder}/${randomUUID()}.db`, ...env })
}

function startBare([file = '', ...args]: string[], env = {}): ChildProcess {
  return spawn(process.execPath, [join(root, 'bench/bare', file), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

async function threats(): Promise<Message> {
  const { edition } = await loadEdition(join(root, 'content'), reservedNames)
  if (!edition) throw new Error('The shipped content has problems.')
  const registry = createRegistry(edition)
  const bot = createBot({ registry: () => registry, clock: systemClock, timeZone: 'UTC' })
  const reply = await bot.parse('/threats').answer(ANONYMOUS)
  if (!reply) throw new Error('There is no answer.')
  return reply.message
}
