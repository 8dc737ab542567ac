import { Worker } from 'node:worker_threads'

/** Time between two reads of the worker's CPU time, in milliseconds. */
const CHECK_MS = 100

/**
 * Time for which an idle worker is kept, in milliseconds. A new worker takes 300 to 600 ms to
 * start.
 */
const IDLE_MS = 30_000

/** The worker begins a step of its work; `cpu` is its CPU time so far, in microseconds. */
interface StepReport {
  readonly at: string
  readonly cpu: number
}

/** Work that was ended before it had a result: the step, and the cause. */
export interface ExceededLimit {
  readonly at: string
  readonly cause: 'memory' | 'time' | 'stopped' | { readonly error: string }
}

interface WorkerLimits {
  /** Most CPU time of one step, in milliseconds. CPU time does not grow on a busy machine. */
  readonly cpuMs: number
  /** Most elapsed time of one step, in milliseconds, for a worker that waits instead of computing. */
  readonly elapsedMs: number
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined
}

/** Runs work in a thread that is ended if it exceeds a limit. */
export interface LimitedWorker<Input, Result extends object> {
  /** Hands `input` to the worker, which answers with a result after a {@link StepReport} for each step. */
  run(
    input: Input,
    limits: WorkerLimits,
  ): Promise<{ readonly result: Result } | { readonly exceeded: ExceededLimit }>
}

/**
 * Creates a runner of the module `entry`.
 *
 * @param heapMb most memory of the worker's objects, in MB.
 */
export function createLimitedWorker<Input, Result extends object>(
  entry: URL,
  heapMb: number,
): LimitedWorker<Input, Result> {
  /** A worker without work, kept for the next run. */
  let idle: { readonly worker: Worker; readonly closing: NodeJS.Timeout } | undefined

  function open(): Worker {
    if (!idle) return new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
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

  return {
    async run(input, { cpuMs, elapsedMs, signal }) {
      const worker = open()
      let at = ''
      // The limit counts from the first report on, because the worker loads its modules before.
      let cpuBefore = Number.POSITIVE_INFINITY
      let begun = performance.now()
      const { promise, resolve } = Promise.withResolvers<
        { readonly result: Result } | { readonly exceeded: ExceededLimit }
      >()
      const refuse = (cause: ExceededLimit['cause']) => resolve({ exceeded: { at, cause } })

      worker.on('message', (report: StepReport | Result) => {
        if (!('at' in report)) return resolve({ result: report })
        at = report.at
        cpuBefore = report.cpu
        begun = performance.now()
      })
      worker.on('error', (error: NodeJS.ErrnoException) => {
        refuse(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : { error: error.message })
      })
      worker.on('exit', stop)
      if (signal?.aborted) stop()
      signal?.addEventListener('abort', stop, { once: true })
      const checking = setInterval(checkLimits, CHECK_MS)

      function stop(): void {
        refuse('stopped')
      }

      async function checkLimits(): Promise<void> {
        const isStuck = performance.now() - begun > elapsedMs
        if (isStuck || (await cpuOf(worker)) - cpuBefore > cpuMs * 1000) refuse('time')
      }

      worker.postMessage(input)
      const ended = await promise
      clearInterval(checking)
      signal?.removeEventListener('abort', stop)
      // Only these events, because Node has listeners of its own on the worker.
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
      // A worker may still fail while it stops. An error without a listener would end the process.
      worker.on('error', () => {})
      if ('exceeded' in ended || idle) await worker.terminate()
      else park(worker)
      return ended
    },
  }
}

/** CPU time of a worker so far, in microseconds; 0 if the worker has ended. */
async function cpuOf(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage()
    return user + system
  } catch {
    return 0
  }
}
