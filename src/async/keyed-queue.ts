import type { Log } from '../log.ts'

type Work = () => Promise<void>

/** How much work one lane accepts. */
interface Size {
  /** Work that runs concurrently. */
  readonly width: number
  /** Work that may wait. */
  readonly most?: number
}

const SINGLE: Size = { width: 1 }

/** Most answers that wait in one chat: a reader does not read more. */
const MOST_WAITING = 20

/**
 * Most answers under way or waiting in all lanes together; above it, {@link KeyedQueue.hasRoom} is false. An answer
 * on its way to Telegram takes over 100 KB of memory.
 */
const MOST_IN_ALL = 300

/** An answer that is under way for longer than this, in milliseconds, may hang. It counts only for the second limit. */
const LATE_MS = 500

/** Second limit, of all answers including the late ones: hundreds of calls that hang must not delay other readers. */
const MOST_WITH_LATE = 1000

/** Most answers that one lane adds to a limit: a few chats whose answers hang must not block all others. */
const SHARE = 3

/** Most open lanes of {@link KeyedQueue.replace}: they must leave room for the other lanes. */
const MOST_REPLACED = 50

/** The work of one key. */
interface Lane {
  underWay: number
  readonly waiting: Work[]
  /** Whether work was dropped. The lane logs that once. */
  isFull: boolean
  /** Work under way for longer than {@link LATE_MS}. */
  late: number
  /** The lane's shares of `inAll` and `lateInAll`. */
  counted: number
  countedLate: number
  /** Whether {@link KeyedQueue.replace} opened the lane. */
  readonly isReplaced: boolean
}

export interface KeyedQueue {
  /**
   * Runs `work` after the waiting work of the same lane, at most `width` of it concurrently. Drops `work` if `most`
   * are waiting, and logs that once.
   */
  add(lane: string, work: Work, size?: Size): void
  /**
   * Runs `work` in place of the waiting work of the lane: only the latest query of a user matters. Drops `work` if
   * {@link MOST_REPLACED} such lanes are open: the next letter that the user types queries again.
   */
  replace(lane: string, work: Work): void
  /** Whether all lanes together are below both limits. */
  hasRoom(): boolean
  /** Resolves when {@link KeyedQueue.hasRoom} is true. */
  room(): Promise<void>
  /** Resolves when no work waits and none is under way. */
  idle(): Promise<void>
}

/**
 * Creates one queue per key. Work of one key runs in order and keys run concurrently, so that a slow chat does not
 * delay other chats. Failed work is logged, and the work behind it still runs.
 */
export function createKeyedQueue(platform: string, log: Log): KeyedQueue {
  const lanes = new Map<string, Lane>()
  let idle = Promise.withResolvers<void>()
  let room: PromiseWithResolvers<void> | undefined
  let inAll = 0
  let lateInAll = 0
  let replaced = 0

  const hasRoom = () => inAll < MOST_IN_ALL && inAll + lateInAll < MOST_WITH_LATE

  function count(lane: Lane): void {
    const { late, underWay, waiting } = lane
    const counted = Math.min(SHARE, underWay + waiting.length - late)
    const countedLate = Math.min(SHARE, late)
    inAll += counted - lane.counted
    lateInAll += countedLate - lane.countedLate
    Object.assign(lane, { counted, countedLate })
    if (!room || !hasRoom()) return
    room.resolve()
    room = undefined
  }

  async function perform(lane: Lane, work: Work): Promise<void> {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      lane.late += 1
      count(lane)
    }, LATE_MS)
    try {
      await work()
    } catch (err) {
      log.error({ event: 'reply.failed', platform, err }, 'A reply has failed.')
    } finally {
      clearTimeout(timer)
      if (isLate) lane.late -= 1
    }
  }

  async function run(name: string, lane: Lane, first: Work): Promise<void> {
    lane.underWay += 1
    for (let work: Work | undefined = first; work; work = lane.waiting.shift()) {
      count(lane)
      await perform(lane, work)
    }
    lane.underWay -= 1
    count(lane)
    if (lane.underWay > 0) return
    lanes.delete(name)
    if (lane.isReplaced) replaced -= 1
    if (lanes.size === 0) idle.resolve()
  }

  function createLane(isReplaced = false): Lane {
    if (isReplaced) replaced += 1
    return {
      underWay: 0,
      waiting: [],
      isFull: false,
      late: 0,
      counted: 0,
      countedLate: 0,
      isReplaced,
    }
  }

  function put(name: string, lane: Lane, work: Work, size: Size = SINGLE): void {
    const { width, most = MOST_WAITING } = size
    if (lane.underWay < width) {
      if (lanes.size === 0) idle = Promise.withResolvers()
      lanes.set(name, lane)
      void run(name, lane, work)
    } else if (lane.waiting.length < most) {
      lane.waiting.push(work)
      count(lane)
    } else if (!lane.isFull) {
      lane.isFull = true
      const fields = { event: 'reply.dropped', platform, lane: name }
      log.warn(fields, 'More is asked for than can be sent; what comes on top is left.')
    }
  }

  return {
    add: (name, work, size) => put(name, lanes.get(name) ?? createLane(), work, size),
    replace(name, work) {
      const lane = lanes.get(name)
      lane?.waiting.splice(0)
      if (lane || replaced < MOST_REPLACED) put(name, lane ?? createLane(true), work)
    },
    hasRoom,
    async room() {
      while (!hasRoom()) {
        room ??= Promise.withResolvers()
        await room.promise
      }
    },
    idle: async () => {
      if (lanes.size > 0) await idle.promise
    },
  }
}
