import type { Limits } from '../poster.ts'

/**
 * When the next message may leave. A platform's limits hold for posts and replies together: replies go
 * at once and are counted, posts take what is left. Knows no clock: every call is told what time it is,
 * in milliseconds.
 */
export interface RateLimiter {
  /** Whether posts leave as fast as they are answered: on this machine alone. */
  readonly isUnlimited: boolean
  /** How long a post to this chat has to wait for the chat's own limits; 0: not at all. */
  chatWait(chat: string, now: number): number
  /** How long any post has to wait for the platform's. */
  wait(now: number): number
  /** A post leaves. */
  post(chat: string, now: number): void
  /** The last post to this chat left `ms` milliseconds after `post` counted it. */
  late(chat: string, ms: number): void
  /** A reply leaves. */
  reply(chat: string, now: number): void
  /** The platform has asked to wait; from then on slowly at first. */
  blockUntil(until: number, now: number): void
  blockChatUntil(chat: string, until: number, now: number): void
  /** Ends a hold; posts begin slowly, as after each hold. */
  unblock(now: number): void
  /** Nothing was there to be posted: what was not used is not caught up on. */
  idle(now: number): void
}

export interface RateLimiterOptions {
  /** Posts a second. */
  readonly rate: number
  readonly limits: Limits
}

/** For platforms on this machine, which have no limits. */
export const UNLIMITED: RateLimiterOptions = {
  rate: Number.POSITIVE_INFINITY,
  limits: { ceiling: Number.POSITIVE_INFINITY, chat: () => [], knownMs: 0 },
}

/** Posts that are caught up on after a stall of the process. */
const CATCH_UP = 10

/** The platform's second, with what two requests may come closer together on their way. */
const SECOND_MS = 1020

/** Of a platform's limit, what is kept free for replies that come in between. */
const KEPT_FREE = 1

/** After a wait that the platform has named: a quarter of the rate, twice as much every ten seconds. */
const SLOW = 4
const SLOW_HALVES_MS = 10_000

/** Chats that are remembered before those that have had nothing for long are let go. */
const CHATS = 10_000

export function createRateLimiter({ rate, limits }: RateLimiterOptions): RateLimiter {
  const intervalMs = 1000 / rate
  /** Times of all messages within the last second, and of the replies among them. */
  const recent: number[] = []
  const replies: number[] = []
  const chats = new Map<string, number[]>()
  const chatHolds = new Map<string, number>()
  let due = Number.NEGATIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  let blockedUntil = Number.NEGATIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  let offset = 0

  /** Time that never goes back: a clock that is set back would make every wait an hour longer. */
  function steady(now: number): number {
    if (now + offset < latest) offset = latest - now
    if (latest === Number.NEGATIVE_INFINITY) due = now
    latest = now + offset
    return latest
  }

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
    for (const [chat, until] of chatHolds) if (until <= now) chatHolds.delete(chat)
  }

  function longestOf(chat: string): number {
    return limits.chat(chat).reduce((longest, { withinMs }) => Math.max(longest, withinMs), 0)
  }

  /** How long until what replies leave of the platform's second has room for one more. */
  function roomMs(now: number): number {
    if (!Number.isFinite(limits.ceiling)) return 0
    for (const times of [recent, replies]) forget(times, now)
    const most = Math.max(limits.ceiling - KEPT_FREE, rate)
    const full = recent.at(-most)
    const gapMs = SECOND_MS / Math.max(1, most - replies.length)
    return Math.max(last + gapMs, (full ?? Number.NEGATIVE_INFINITY) + SECOND_MS) - now
  }

  /** How much slower than usual. */
  function slowness(now: number): number {
    return Math.max(1, SLOW * 2 ** ((blockedUntil - now) / SLOW_HALVES_MS))
  }

  return {
    isUnlimited: !Number.isFinite(rate),
    chatWait(chat, at) {
      const now = steady(at)
      const times = chats.get(chat) ?? []
      const waits = limits.chat(chat).map(({ most, withinMs }) => {
        const first = times.at(-most)
        return first === undefined ? 0 : first + withinMs - now
      })
      return Math.max(0, (chatHolds.get(chat) ?? 0) - now, ...waits)
    },
    wait(at) {
      const now = steady(at)
      return Math.max(0, due - now, roomMs(now), blockedUntil - now)
    },
    post(chat, at) {
      const now = steady(at)
      due = Math.max(due, now - CATCH_UP * intervalMs) + intervalMs * slowness(now)
      last = now
      count(chat, now)
    },
    late(chat, ms) {
      const times = chats.get(chat) ?? []
      const last = times.pop()
      if (last !== undefined) times.push(last + ms)
    },
    reply(chat, at) {
      const now = steady(at)
      remember(replies, now)
      count(chat, now)
    },
    blockUntil(until, at) {
      steady(at)
      blockedUntil = Math.max(blockedUntil, until + offset)
      due = Math.max(due, blockedUntil)
    },
    unblock(at) {
      blockedUntil = steady(at)
      due = blockedUntil
    },
    blockChatUntil(chat, until, at) {
      steady(at)
      chatHolds.set(chat, Math.max(chatHolds.get(chat) ?? 0, until + offset))
    },
    idle(at) {
      due = Math.max(due, steady(at))
    },
  }
}

/** Lets go of what is over a second old. */
function forget(times: number[], now: number): void {
  const first = times.findIndex(time => time > now - SECOND_MS)
  times.splice(0, first < 0 ? times.length : first)
}
