type Work = () => Promise<void>

/** Answers that wait in one chat; more come from nobody who reads them. */
const MOST_WAITING = 20

export interface Lanes {
  /** Does `work` after what waits in the same lane already. False where too much waits. */
  add(lane: string, work: Work): boolean
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
}

/**
 * A queue a chat: in order within a lane, lanes side by side, so that a slow chat delays nobody
 * else. `onError` is told of work that failed; what waits behind it goes on.
 */
export function createLanes(onError: (error: unknown) => void): Lanes {
  const lanes = new Map<string, Work[]>()
  let idle = Promise.withResolvers<void>()

  async function run(lane: string, waiting: Work[]): Promise<void> {
    for (let work = waiting[0]; work; work = waiting[0]) {
      try {
        await work()
      } catch (error) {
        onError(error)
      }
      waiting.shift()
    }
    lanes.delete(lane)
    if (lanes.size === 0) idle.resolve()
  }

  return {
    add(lane, work) {
      const waiting = lanes.get(lane)
      if (waiting) {
        if (waiting.length > MOST_WAITING) return false
        waiting.push(work)
        return true
      }
      if (lanes.size === 0) idle = Promise.withResolvers()
      const begun = [work]
      lanes.set(lane, begun)
      void run(lane, begun)
      return true
    },
    idle: async () => {
      if (lanes.size > 0) await idle.promise
    },
  }
}
