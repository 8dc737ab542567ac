import type { Clock } from '../clock.ts'
import type { Limits } from '../poster.ts'

/**
 * Decides when the next message may leave. A platform's limits apply to posts and replies together: replies leave at
 * once and are counted, and posts take the rest. All durations are in milliseconds.
 */
export interface RateLimiter {
  /** Whether there is no rate: posts leave as fast as a platform on this machine answers. */
  readonly isUnlimited: boolean
  /** Returns how long the chat's own limits delay a post to the chat; 0 if it may leave. */
  chatWait(chat: string): number
  /** Returns how long the platform's limits delay any post; 0 if it may leave. */
  wait(): number
  /** Counts a post that leaves now. */
  post(chat: string): void
  /** Corrects the time of the last post to a chat, which left `ms` milliseconds after `post` counted it. */
  late(chat: string, ms: number): void
  /** Counts a reply that leaves now. */
  reply(chat: string): void
  /** Blocks all posts for `ms` milliseconds. After that, posts leave slowly at first. */
  block(ms: number): void
  /** Blocks the posts to one chat for `ms` milliseconds. */
  blockChat(chat: string, ms: number): void
  /** Ends the block of all posts now. Posts leave slowly at first, as after each block. */
  unblock(): void
  /** Records that there was nothing to post: idle time is not made up for. */
  idle(): void
}

export interface RateLimiterOptions {
  /** Posts a second. */
  readonly rate: number
  readonly limits: Limits
}

/** Options for platforms on this machine, which have no limits. */
export const UNLIMITED: RateLimiterOptions = {
  rate: Number.POSITIVE_INFINITY,
  limits: { ceiling: Number.POSITIVE_INFINITY, chat: () => [], knownMs: 0 },
}

/** Most posts that leave in a burst after a stall of the process. */
const CATCH_UP = 10

/** One second of the platform, in milliseconds, with 20 ms by which the network may move two requests together. */
const SECOND_MS = 1020

/** Messages a second that posts leave free for replies. */
const RESERVED = 1

/** After a block, posts leave at a fourth of the rate (`SLOW`), which doubles every ten seconds. */
const SLOW = 4
const SLOW_HALVES_MS = 10_000

/** Chats in memory above which chats without a recent message are forgotten. */
const CHATS = 10_000

/** Creates a limiter that counts in elapsed time: a clock that is set back would make every wait longer. */
export function createRateLimiter(
  { rate, limits }: RateLimiterOptions,
  { elapsed }: Pick<Clock, 'elapsed'>,
): RateLimiter {
  const intervalMs = 1000 / rate
  /** Elapsed times of all messages within the last second, and of the replies among them. */
  const recent: number[] = []
  const replies: number[] = []
  const chats = new Map<string, number[]>()
  const chatBlocks = new Map<string, number>()
  /** When the next post is due at the configured rate, in elapsed milliseconds. */
  let due = elapsed()
  /** When the last post left, in elapsed milliseconds. */
  let last = Number.NEGATIVE_INFINITY
  let blockedUntil = Number.NEGATIVE_INFINITY

  function count(chat: string, now: number): void {
    remember(recent, now)
    const longest = longestOf(chat)
    if (longest === 0) return
    const times = (chats.get(chat) ?? []).filter(time => time > now - longest)
    chats.set(chat, [...times, now])
    if (chats.size > CHATS) prune(now)
  }

  function remember(times: number[], now: number): void {
    if (!Number.isFinite(limits.ceiling)) return
    forget(times, now)
    times.push(now)
  }

  function prune(now: number): void {
    for (const [chat, times] of chats) {
      if ((times.at(-1) ?? 0) <= now - longestOf(chat)) chats.delete(chat)
    }
    for (const [chat, until] of chatBlocks) if (until <= now) chatBlocks.delete(chat)
  }

  function longestOf(chat: string): number {
    return limits.chat(chat).reduce((longest, { withinMs }) => Math.max(longest, withinMs), 0)
  }

  /** Returns the milliseconds until the platform-wide limit allows another post, after recent posts and replies. */
  function roomMs(now: number): number {
    if (!Number.isFinite(limits.ceiling)) return 0
    for (const times of [recent, replies]) forget(times, now)
    const most = Math.max(limits.ceiling - RESERVED, rate)
    const full = recent.at(-most)
    const gapMs = SECOND_MS / Math.max(1, most - replies.length)
    return Math.max(last + gapMs, (full ?? Number.NEGATIVE_INFINITY) + SECOND_MS) - now
  }

  /** Returns the factor by which posts are slower than the configured rate. */
  function slowness(now: number): number {
    return Math.max(1, SLOW * 2 ** ((blockedUntil - now) / SLOW_HALVES_MS))
  }

  return {
    isUnlimited: !Number.isFinite(rate),
    chatWait(chat) {
      const now = elapsed()
      const times = chats.get(chat) ?? []
      const waits = limits.chat(chat).map(({ most, withinMs }) => {
        const first = times.at(-most)
        return first === undefined ? 0 : first + withinMs - now
      })
      return Math.max(0, (chatBlocks.get(chat) ?? 0) - now, ...waits)
    },
    wait() {
      const now = elapsed()
      return Math.max(0, due - now, roomMs(now), blockedUntil - now)
    },
    post(chat) {
      const now = elapsed()
      due = Math.max(due, now - CATCH_UP * intervalMs) + intervalMs * slowness(now)
      last = now
      count(chat, now)
    },
    late(chat, ms) {
      const times = chats.get(chat) ?? []
      const last = times.pop()
      if (last !== undefined) times.push(last + ms)
    },
    reply(chat) {
      const now = elapsed()
      remember(replies, now)
      count(chat, now)
    },
    block(ms) {
      blockedUntil = Math.max(blockedUntil, elapsed() + ms)
      due = Math.max(due, blockedUntil)
    },
    unblock() {
      blockedUntil = elapsed()
      due = blockedUntil
    },
    blockChat(chat, ms) {
      chatBlocks.set(chat, Math.max(chatBlocks.get(chat) ?? 0, elapsed() + ms))
    },
    idle() {
      due = Math.max(due, elapsed())
    },
  }
}

/** Removes times that are more than a second old. */
function forget(times: number[], now: number): void {
  const first = times.findIndex(time => time > now - SECOND_MS)
  times.splice(0, first < 0 ? times.length : first)
}
