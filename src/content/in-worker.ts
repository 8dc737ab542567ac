import { Worker } from 'node:worker_threads'
import type { SourceFile } from './files.ts'
import type { Problem } from './problem.ts'

/**
 * The module that the worker runs. It parses an edition, answers commands from it, and renders the
 * answers.
 */
const ENTRY = new URL('../app/edition-worker.ts', import.meta.url)

/**
 * CPU time of the worker for one file, in milliseconds. CPU time does not grow on a busy machine.
 * Prose of 64 KiB takes about 300 ms with its answers.
 */
const CPU_MS = 1000

/** The same in elapsed time, for a worker that waits instead of computing. */
const ELAPSED_MS = 60_000

/** Time between two reads of the worker's CPU time, in milliseconds. */
const CHECK_MS = 100

/** Most memory of the worker's objects, in MB. 60 sections of 60 KiB need 210 at most. */
const HEAP_MB = 512

/**
 * Time for which an idle worker is kept, in milliseconds. A new worker takes 300 to 600 ms to
 * start.
 */
const IDLE_MS = 30_000

/** Files that may exceed a limit before the load ends, because each costs a new worker. */
const MOST_EXCESSES = 4

/** A message of the worker. */
type WorkerReport =
  /** The worker begins a file; `cpu` is its CPU time so far, in microseconds. */
  | { readonly at: string; readonly cpu: number }
  | { readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }
  /** An edition as `toCacheText` formats it. */
  | { readonly text: string }

export interface WorkerInput {
  /** All paths that look like content. A file that the edition does not use has only its front matter as its text. */
  readonly files: readonly SourceFile[]
  /** See `BuiltinNames`. */
  readonly builtin: readonly string[]
  readonly aliases: readonly (readonly [string, string])[]
  /** Whether an edition may be a draft. */
  readonly hasDrafts: boolean
  /** The paths of drafts with problems, which the edition does without. */
  readonly leftOut: readonly string[]
}

export interface WorkerLimits {
  /** See {@link CPU_MS}. */
  readonly cpuMs?: number
  /** Ends the work. The result is then a problem. */
  readonly signal?: AbortSignal | undefined
}

export type WorkerResult = Exclude<WorkerReport, { at: string }>

/**
 * Parses and renders an edition in a worker thread. A file that exceeds a limit is a problem. A new
 * worker then reads the other files, so that all problems are reported together.
 */
export async function parseInWorker(
  input: WorkerInput,
  limits: WorkerLimits = {},
): Promise<WorkerResult> {
  const excesses: Problem[] = []
  let { files } = input
  for (;;) {
    const result = await run({ ...input, files }, limits)
    if (!('message' in result)) {
      if (excesses.length === 0) return result
      if (!('problems' in result)) return { problems: excesses, warnings: [] }
      return { ...result, problems: [...excesses, ...result.problems] }
    }
    excesses.push(result)
    const isLast = excesses.length === MOST_EXCESSES || result.file === ''
    if (isLast || limits.signal?.aborted) return { problems: excesses, warnings: [] }
    // The parser skips a file without a text, and does not report the file as missing.
    files = files.map(file => (file.path === result.file ? { path: file.path } : file))
  }
}

/** A worker without work, kept for the next edit. */
let idle: { readonly worker: Worker; readonly closing: NodeJS.Timeout } | undefined

function open(): Worker {
  if (!idle) {
    return new Worker(ENTRY, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } })
  }
  const { worker, closing } = idle
  clearTimeout(closing)
  idle = undefined
  worker.ref()
  return worker
}

/** Keeps a worker for {@link IDLE_MS}. An idle worker does not keep the process alive. */
function park(worker: Worker): void {
  idle = { worker, closing: setTimeout(close, IDLE_MS).unref() }
  worker.unref()

  function close(): void {
    idle = undefined
    worker.terminate()
  }
}

/**
 * Runs the worker once. Resolves to its result, or to the problem of the file that exceeded a
 * limit.
 */
async function run(
  input: WorkerInput,
  { cpuMs = CPU_MS, signal }: WorkerLimits,
): Promise<WorkerResult | Problem> {
  const worker = open()
  let file = ''
  // The limit counts from the first report on, because the worker loads its modules before.
  let cpuBefore = Number.POSITIVE_INFINITY
  let begun = performance.now()
  const { promise, resolve } = Promise.withResolvers<WorkerResult | Problem>()
  const refuse = (message: string, fix: string) => resolve({ file, line: 1, message, fix })

  worker.on('message', (report: WorkerReport) => {
    if (!('at' in report)) return resolve(report)
    file = report.at
    cpuBefore = report.cpu
    begun = performance.now()
  })
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    const cause = isMemory ? `needs more than ${HEAP_MB} MB` : `fails (${error.message})`
    refuse(`Reading this file ${cause}.`, SIMPLIFY)
  })
  worker.on('exit', stop)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  const checking = setInterval(checkLimits, CHECK_MS)

  function stop(): void {
    refuse('Reading this file was ended.', SIMPLIFY)
  }

  async function checkLimits(): Promise<void> {
    const isStuck = performance.now() - begun > ELAPSED_MS
    if (isStuck || (await cpuOf(worker)) - cpuBefore > cpuMs * 1000) {
      refuse(`Reading this file takes longer than ${cpuMs / 1000} s.`, SIMPLIFY)
    }
  }

  worker.postMessage(input)
  const result = await promise
  clearInterval(checking)
  signal?.removeEventListener('abort', stop)
  // Only these events, because Node has listeners of its own on the worker.
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
  // A worker may still fail while it stops. An error without a listener would end the process.
  worker.on('error', () => {})
  if ('message' in result || idle) await worker.terminate()
  else park(worker)
  return result
}

const SIMPLIFY = 'Split it up, or simplify its formatting.'

/** CPU time of a worker so far, in microseconds; 0 if the worker has ended. */
async function cpuOf(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage()
    return user + system
  } catch {
    return 0
  }
}
