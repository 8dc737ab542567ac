import type { Log } from '../log.ts'

/** Most work that waits in one queue, and in all of them together. */
const MOST_WAITING = 300
const MOST_IN_ALL = 1000

/** Longest wait for a turn, in milliseconds. It is checked when the turn comes. */
const LONGEST_MS = 30_000

type Work<T> = (leave: () => void) => Promise<T>

interface Waiting {
  readonly since: number
  readonly begin: () => void
  /** Absent for work that must be done, however late. */
  readonly refuse?: () => void
}

interface Queue {
  readonly waiting: Waiting[]
  /** Whether a refusal has been logged. */
  isTold: boolean
}

export interface Queues {
  /**
   * Runs `work` after everything that waits in the same queue. `leave` lets the next one begin before
   * `work` is done. If there is a `refuse`, resolves to that instead where too much waits, or where the turn
   * comes too late.
   */
  run<T>(name: string, work: Work<T>, refuse?: () => T): Promise<T>
}

/** Queues by name: work within one is done in order, queues run side by side. Failures stay with their work. */
export function createQueues(log: Log): Queues {
  const queues = new Map<string, Queue>()
  let inAll = 0

  async function start<T>(name: string, queue: Queue, work: Work<T>): Promise<T> {
    let hasLeft = false
    const leave = () => {
      if (!hasLeft) next(name, queue)
      hasLeft = true
    }
    try {
      return await work(leave)
    } finally {
      leave()
    }
  }

  function next(name: string, queue: Queue): void {
    for (let first = queue.waiting.shift(); first; first = queue.waiting.shift()) {
      inAll -= 1
      const { since, begin, refuse } = first
      if (!refuse || performance.now() - since <= LONGEST_MS) {
        begin()
        return
      }
      tell(queue, name)
      refuse()
    }
    queues.delete(name)
  }

  /** Logs once for each queue, until that is empty. */
  function tell(queue: Queue, name: string): void {
    if (queue.isTold) return
    queue.isTold = true
    log.warn(
      { event: 'requests.refused', queue: name },
      'Too many requests wait; those that do not fit are refused.',
    )
  }

  return {
    async run<T>(name: string, work: Work<T>, refuse?: () => T) {
      const queue = queues.get(name)
      if (!queue) {
        const empty = { waiting: [], isTold: false }
        queues.set(name, empty)
        return start(name, empty, work)
      }
      if (refuse && (queue.waiting.length >= MOST_WAITING || inAll >= MOST_IN_ALL)) {
        tell(queue, name)
        return refuse()
      }
      inAll += 1
      const { promise, resolve } = Promise.withResolvers<T>()
      queue.waiting.push({
        since: performance.now(),
        begin: () => resolve(start(name, queue, work)),
        ...(refuse && { refuse: () => resolve(refuse()) }),
      })
      return promise
    },
  }
}
