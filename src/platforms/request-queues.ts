import type { Log } from '../log.ts'

/** Most requests that wait in one queue, and in all queues together. */
const MOST_WAITING = 300
const MOST_IN_ALL = 1000

/** Longest wait for a turn, in milliseconds, checked when the turn comes. */
const LONGEST_MS = 30_000

type Work<T> = (leave: () => void) => Promise<T>

interface Waiting {
  /** When the work was queued, by `performance.now()`. */
  readonly since: number
  readonly begin: () => void
  /** Absent for work that must be done, however late. */
  readonly refuse?: () => void
}

interface Queue {
  readonly waiting: Waiting[]
  /** Whether a refusal has been logged. */
  isLogged: boolean
}

export interface Queues {
  /**
   * Runs `work` after all earlier work of the same queue. `work` may call `leave` to let the next work begin before it
   * is done. With a `refuse`, resolves to its result instead if too much work waits (300 in one queue, 1,000 in all),
   * or if the turn comes after more than 30 seconds.
   */
  run<T>(name: string, work: Work<T>, refuse?: () => T): Promise<T>
}

/**
 * Creates queues by name. Work in one queue runs in order, and queues run concurrently. A failure rejects the promise
 * of its own work alone.
 */
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
      logRefusal(queue, name)
      refuse()
    }
    queues.delete(name)
  }

  /** Logs the first refusal of a queue. An empty queue is deleted, so its next refusal is logged again. */
  function logRefusal(queue: Queue, name: string): void {
    if (queue.isLogged) return
    queue.isLogged = true
    log.warn(
      { event: 'requests.refused', queue: name },
      'Too many requests are waiting. Refusing the excess.',
    )
  }

  return {
    async run<T>(name: string, work: Work<T>, refuse?: () => T) {
      const queue = queues.get(name)
      if (!queue) {
        const empty = { waiting: [], isLogged: false }
        queues.set(name, empty)
        return start(name, empty, work)
      }
      if (refuse && (queue.waiting.length >= MOST_WAITING || inAll >= MOST_IN_ALL)) {
        logRefusal(queue, name)
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
