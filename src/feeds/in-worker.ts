import { createLimitedWorker } from '../async/limited-worker.ts'
import { FeedError } from './error.ts'
import type { FeedInput, FeedOutput } from './next-state.ts'

const ENTRY = new URL('./feed-worker.ts', import.meta.url)

/** CPU time for one calendar, in milliseconds. 5,000 events take less than one second. */
const CPU_MS = 5000

/** The same in elapsed time, for a worker that waits instead of computing. */
const ELAPSED_MS = 60_000

/** Most memory of the worker's objects, in MB. */
const HEAP_MB = 256

const worker = createLimitedWorker<FeedInput, FeedOutput>(ENTRY, HEAP_MB)

/** The work under way: one calendar at a time, so that many do not take the memory of many. */
let last: Promise<unknown> = Promise.resolve()

/**
 * Computes the next state of a calendar in a worker thread. Throws {@link FeedError}.
 *
 * @param cpuMs see {@link CPU_MS}.
 */
export function nextStateInWorker(
  input: FeedInput,
  signal: AbortSignal,
  cpuMs = CPU_MS,
): Promise<Exclude<FeedOutput, { failure: unknown }>> {
  const next = last.then(() => run(input, signal, cpuMs))
  // The caller gets the failure. It does not concern the next calendar.
  last = next.catch(() => {})
  return next
}

async function run(input: FeedInput, signal: AbortSignal, cpuMs: number) {
  const ended = await worker.run(input, { cpuMs, elapsedMs: ELAPSED_MS, signal })
  if (!('result' in ended)) throw new FeedError('too-complex', { cause: ended.exceeded })
  if ('failure' in ended.result) throw new FeedError(ended.result.failure)
  return ended.result
}
