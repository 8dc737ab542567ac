import type { Log } from '../log.ts'

type Work = () => Promise<void>

interface Size {
  /** How much is done side by side. */
  readonly width: number
  /** How much may wait. */
  readonly most?: number
}

const SINGLE: Size = { width: 1 }

/** Answers that wait in one chat; more come from nobody who reads them. */
const MOST_WAITING = 20

/**
 * Answers that may be under way or wait in all lanes together; no more is taken in above it. An answer on its
 * way to Telegram takes over 100 KB.
 */
const MOST_IN_ALL = 300

/** An answer that is under way for longer may be hanging, and counts to the second limit, in milliseconds. */
const LATE_MS = 500

/** The limit of all answers, the late ones included: hundreds of calls that hang must not delay other people. */
const MOST_WITH_LATE = 1000

/** Most answers for which one lane counts: a few chats whose answers hang must not stop everything. */
const SHARE = 3

/** Most lanes that {@link KeyedQueue.replace} has opened at once: they must leave room for the others. */
const MOST_REPLACED = 50

interface Lane {
  underWay: number
  readonly waiting: Work[]
  /** Whether something was dropped, and told. */
  full: boolean
  /** How much has been under way for long. */
  late: number
  /** Its shares of the sums of all lanes. */
  counted: number
  countedLate: number
  /** Whether {@link KeyedQueue.replace} has opened it. */
  readonly isReplaced: boolean
}

export interface KeyedQueue {
  /**
   * Does `work` after what waits in the same lane already, `width` of it side by side. Where `most` waits
   * it is dropped, with one line in the log.
   */
  add(lane: string, work: Work, size?: Size): void
  /**
   * The same, in the place of all that waits there: only the latest matters. Where too many of these lanes are
   * open the work is dropped: the next letter that a person types asks anew.
   */
  replace(lane: string, work: Work): void
  /** Whether there is room for more in all lanes together. */
  hasRoom(): boolean
  /** Resolves when there is. */
  room(): Promise<void>
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
}

/**
 * A queue a chat: in order within a lane, lanes side by side, so that a slow chat delays nobody
 * else. Work that fails is told in the log; what waits behind it goes on.
 */
export function createKeyedQueue(platform: string, log: Log): KeyedQueue {
  const lanes = new Map<string, Lane>()
  let idle = Promise.withResolvers<void>()
  let room = Promise.withResolvers<void>()
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
    if (!hasRoom()) return
    room.resolve()
    room = Promise.withResolvers()
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

  function open(isReplaced = false): Lane {
    if (isReplaced) replaced += 1
    return {
      underWay: 0,
      waiting: [],
      full: false,
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
    } else if (!lane.full) {
      lane.full = true
      const fields = { event: 'reply.dropped', platform, lane: name }
      log.warn(fields, 'More is asked for than can be sent; what comes on top is left.')
    }
  }

  return {
    add: (name, work, size) => put(name, lanes.get(name) ?? open(), work, size),
    replace(name, work) {
      const lane = lanes.get(name)
      lane?.waiting.splice(0)
      if (lane || replaced < MOST_REPLACED) put(name, lane ?? open(true), work)
    },
    hasRoom,
    async room() {
      while (!hasRoom()) await room.promise
    },
    idle: async () => {
      if (lanes.size > 0) await idle.promise
    },
  }
}
