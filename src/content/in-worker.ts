import { createLimitedWorker, type ExceededLimit } from '../async/limited-worker.ts'
import type { SourceFile } from './files.ts'
import type { PictureUse } from './picture-paths.ts'
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

/** Most memory of the worker's objects, in MB. 60 sections of 60 KiB need 210 at most. */
const HEAP_MB = 512

/** Files that may exceed a limit before the load ends, because each costs a new worker. */
const MOST_EXCESSES = 4

/** The answer of the worker. */
export type WorkerResult =
  | Refused
  /** An edition as `toCacheText` formats it. */
  | { readonly text: string }

interface Refused {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly pictures: readonly PictureUse[]
}

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
  /** Whether calendars outside the content add events, so that an edition without a file of events has their command. */
  readonly hasFeeds: boolean
}

export interface WorkerLimits {
  /** See {@link CPU_MS}. */
  readonly cpuMs?: number
  /** Ends the work. The result is then a problem. */
  readonly signal?: AbortSignal | undefined
}

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
      if (!('problems' in result)) return { problems: excesses, warnings: [], pictures: [] }
      return { ...result, problems: [...excesses, ...result.problems] }
    }
    excesses.push(result)
    const isLast = excesses.length === MOST_EXCESSES || result.file === ''
    if (isLast || limits.signal?.aborted) return { problems: excesses, warnings: [], pictures: [] }
    // The parser skips a file without a text, and does not report the file as missing.
    files = files.map(file => (file.path === result.file ? { path: file.path } : file))
  }
}

const worker = createLimitedWorker<WorkerInput, WorkerResult>(ENTRY, HEAP_MB)

/**
 * Runs the worker once. Resolves to its result, or to the problem of the file that exceeded a
 * limit.
 */
async function run(
  input: WorkerInput,
  { cpuMs = CPU_MS, signal }: WorkerLimits,
): Promise<WorkerResult | Problem> {
  const ended = await worker.run(input, { cpuMs, elapsedMs: ELAPSED_MS, signal })
  return 'result' in ended ? ended.result : problemOf(ended.exceeded, cpuMs)
}

function problemOf({ at: file, cause }: ExceededLimit, cpuMs: number): Problem {
  const messages = {
    memory: `Reading this file needs more than ${HEAP_MB} MB.`,
    time: `Reading this file takes longer than ${cpuMs / 1000} s.`,
    stopped: 'Reading this file was ended.',
  }
  const message =
    typeof cause === 'string' ? messages[cause] : `Reading this file fails (${cause.error}).`
  return { file, line: 1, message, fix: 'Split it up, or simplify its formatting.' }
}
