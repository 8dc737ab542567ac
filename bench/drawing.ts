import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answer } from '../src/commands/answer.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import { parseLine } from '../src/commands/parse-line.ts'
import { createRegistry } from '../src/commands/registry.ts'
import { loadEdition } from '../src/content/load.ts'
import { createDrawings, type Drawings } from '../src/drawing/drawings.ts'
import { drawInWorker } from '../src/drawing/in-worker.ts'
import { sentences } from '../src/log.ts'
import type { DrawnPicture } from '../src/picture.ts'
import { renderTelegram } from '../src/render/telegram.ts'
import { SAMPLES } from '../tests/drawing/samples.ts'
import { circumstancesOf } from './circumstances.ts'
import { type Figure, percentile, time } from './measure.ts'

const root = join(import.meta.dirname, '..')

/** Pictures at a time, and rounds of them. The memory settles in the first half. */
const MANY = 100
const ROUNDS = 12

/** The time between two questions while pictures are drawn, in milliseconds. */
const QUESTION_MS = 5

/** A picture from the worker and from the cache; the event loop, replies and memory while many are drawn. */
export async function drawing(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
  const open = () => createDrawings({ directory, log: sentences(console.warn) })
  const drawings = open()
  try {
    const cold = await timeNewWorkers(3)
    const warm = await time(50, run => drawings.read(picture(run)))
    await drawings.close()
    // New readers have nothing in memory.
    const readers = Array.from({ length: 50 + 20 }, open)
    const cached = await time(50, run => readers.pop()?.read(picture(run)))
    const many = await measureMany(open())
    return [
      { what: 'picture, new worker', value: percentile(cold, 0.5), aim: 150, unit: 'ms' },
      { what: 'picture, p50', value: percentile(warm, 0.5), aim: 150, unit: 'ms' },
      { what: 'picture, p99', value: percentile(warm, 0.99), aim: 150, unit: 'ms' },
      { what: 'picture from the cache, p50', value: percentile(cached, 0.5), aim: 2, unit: 'ms' },
      ...many,
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** A table of a few rows, in a colour of its own for each number. */
function picture(number: number): DrawnPicture {
  const accent = `#${number.toString(16).padStart(6, '0')}`
  return { drawing: { ...SAMPLES.rivers, theme: 'light', accent }, type: 'png' }
}

/** Draws in a new worker: work that is aborted ends the worker before. */
async function timeNewWorkers(runs: number): Promise<number[]> {
  const samples: number[] = []
  for (let run = 0; run < runs; run++) {
    await drawInWorker(picture(0).drawing, AbortSignal.abort()).catch(() => {})
    const before = performance.now()
    await drawInWorker(picture(0).drawing)
    samples.push(performance.now() - before)
  }
  return samples
}

async function measureMany(drawings: Drawings): Promise<Figure[]> {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const reply = await replier()
  const replies: number[] = []
  const memory: number[] = []
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  for (let round = 1; round <= ROUNDS; round++) {
    const started = { isOver: false }
    const drawn = Promise.all(
      Array.from({ length: MANY }, (_, index) => drawings.read(picture(round * MANY + index))),
    ).finally(() => {
      started.isOver = true
    })
    while (!started.isOver) {
      const due = performance.now() + QUESTION_MS
      await wait(QUESTION_MS)
      await reply()
      replies.push(performance.now() - due)
    }
    await drawn
    // The bytes of sent pictures are garbage, of which V8 lets 50 MB gather.
    collectGarbage()
    memory.push(process.memoryUsage().rss / 2 ** 20)
  }
  delay.disable()
  await drawings.close()
  return [
    {
      what: `event loop, ${MANY} pictures at a time, p99`,
      value: delay.percentile(99) / 1e6,
      aim: 20,
      unit: 'ms',
    },
    { what: 'reply during that, p99', value: percentile(replies, 0.99), aim: 50, unit: 'ms' },
    {
      what: 'memory, slope for 100 pictures',
      value: slope(memory.slice(ROUNDS / 2)),
      aim: 1,
      unit: 'MB',
    },
  ]
}

/** Returns a function that answers a command and renders the answer. */
async function replier(): Promise<() => Promise<void>> {
  const { edition } = await loadEdition(join(root, 'content'), reservedNames)
  if (!edition)
    throw new Error('The shipped content is broken: npm run -s check:content tells how.')
  const registry = createRegistry(edition)
  const circumstances = circumstancesOf(registry, Temporal.PlainDate.from('2026-11-23'))
  return async () => {
    renderTelegram((await answer(parseLine(registry, '/threats'), circumstances)).message)
  }
}

/** The slope of a line through values at equal distances, by least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const shared = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0)
  return shared / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
}
