import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRateLimiter, type RateLimiterOptions } from '../../src/delivery/rate-limiter.ts'
import type { Limits } from '../../src/poster.ts'

const LIMITS: Limits = {
  ceiling: 30,
  chat: address =>
    address.startsWith('-')
      ? [
          { most: 1, withinMs: 1050 },
          { most: 20, withinMs: 61_000 },
        ]
      : [{ most: 1, withinMs: 1050 }],
  knownMs: 0,
}

/** A limiter whose wall clock each call sets, in milliseconds since the epoch. */
function openLimiter(options: RateLimiterOptions) {
  let [wallMs, passedMs] = [0, 0]
  const limiter = createRateLimiter(options, { elapsed: () => passedMs })
  const at = (now: number) => {
    passedMs += Math.max(0, now - wallMs)
    wallMs = now
    return limiter
  }
  return {
    wait: (now: number) => at(now).wait(),
    chatWait: (chat: string, now: number) => at(now).chatWait(chat),
    post: (chat: string, now: number) => at(now).post(chat),
    reply: (chat: string, now: number) => at(now).reply(chat),
    blockUntil: (until: number, now: number) => at(now).block(until - now),
    idle: (now: number) => at(now).idle(),
  }
}

/** Posts to one new chat after the other for so long; the times at which they leave. */
function run(
  limiter: ReturnType<typeof openLimiter>,
  fromMs: number,
  forMs: number,
  at?: (now: number) => void,
): number[] {
  const times: number[] = []
  for (let now = fromMs; now < fromMs + forMs; now++) {
    at?.(now)
    if (limiter.wait(now) > 0) continue
    limiter.post(`chat ${now}`, now)
    times.push(now)
  }
  return times
}

/** The most within any second. */
function most(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.max(
    0,
    ...sorted.map((time, index) => sorted.slice(index).filter(other => other < time + 1000).length),
  )
}

describe('the pace of posts', () => {
  test('the calls of a platform leave evenly at the set rate', () => {
    const times = run(openLimiter({ rate: 25, limits: LIMITS }), 0, 60_000)
    expect(times).toHaveLength(1500)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(41)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(39)
  })

  test('catches up on ten after a stall, and never goes over the platform’s limit', () => {
    const limiter = openLimiter({ rate: 25, limits: LIMITS })
    const before = run(limiter, 0, 10_000)
    const after = run(limiter, 13_000, 10_000)
    expect(after.length).toBe(250 + 10)
    expect(most([...before, ...after])).toBeLessThan(30)
  })

  test('does not catch up on unused sends', () => {
    const limiter = openLimiter({ rate: 25, limits: LIMITS })
    run(limiter, 0, 1000)
    limiter.idle(5000)
    expect(run(limiter, 5000, 1000)).toHaveLength(25)
  })

  test('gives way to replies where both together would be too many', () => {
    const limiter = openLimiter({ rate: 25, limits: LIMITS })
    const replies: number[] = []
    const posts = run(limiter, 0, 30_000, now => {
      if (now % 500 !== 0) return
      limiter.reply(`asker ${now}`, now)
      replies.push(now)
    })
    // Two replies a second are what is left of 30: posts need not wait.
    expect(posts.length).toBeGreaterThanOrEqual(749)
    expect(most([...posts, ...replies])).toBeLessThanOrEqual(30)
    const many: number[] = []
    const fewer = run(limiter, 60_000, 30_000, now => {
      if (now % 100 !== 0) return
      limiter.reply(`asker ${now}`, now)
      many.push(now)
    })
    expect(fewer.length).toBeLessThan(600)
    expect(most([...fewer, ...many])).toBeLessThanOrEqual(30)
  })

  test('a chat gets one message a second, a group twenty a minute', () => {
    const limiter = openLimiter({ rate: 25, limits: LIMITS })
    limiter.post('7', 1000)
    expect(limiter.chatWait('7', 1400)).toBe(650)
    expect(limiter.chatWait('8', 1400)).toBe(0)
    expect(limiter.chatWait('7', 2050)).toBe(0)
    for (let index = 0; index < 20; index++) limiter.reply('-9', 10_000 + index * 1100)
    expect(limiter.chatWait('-9', 40_000)).toBe(10_000 + 61_000 - 40_000)
  })

  test('stops for a flood wait, and begins again at a quarter', () => {
    const limiter = openLimiter({ rate: 20, limits: LIMITS })
    run(limiter, 0, 1000)
    limiter.blockUntil(61_000, 1000)
    expect(limiter.wait(1000)).toBe(60_000)
    expect(run(limiter, 1000, 60_000)).toEqual([])
    const counts = [0, 1, 10, 11, 20, 21].map(
      second => run(limiter, 61_000 + second * 1000, 1000).length,
    )
    // Missed calls are caught up slowly as well.
    expect(counts[1]).toBeLessThanOrEqual(8)
    expect(counts[3]).toBeLessThanOrEqual(14)
    expect(counts[5]).toBeGreaterThanOrEqual(19)
  })

  test('does not stop for an hour because a clock was set back by one', () => {
    const limiter = openLimiter({ rate: 25, limits: LIMITS })
    run(limiter, 10_000_000, 1000)
    const back = 10_001_000 - 3_600_000
    expect(limiter.wait(back)).toBeLessThanOrEqual(40)
    expect(run(limiter, back, 10_000).length).toBeGreaterThanOrEqual(249)
    limiter.blockUntil(back + 70_000, back + 10_000)
    expect(limiter.wait(back + 10_000)).toBe(60_000)
  })

  test('never lets more through than the platform takes, whatever comes when', () => {
    const event = fc.record({
      gap: fc.integer({ min: 0, max: 3000 }),
      kind: fc.constantFrom('post' as const, 'post' as const, 'reply' as const),
      chat: fc.constantFrom('1', '2', '3', '-4'),
    })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 300 }),
        fc.integer({ min: 1, max: 29 }),
        (events, rate) => {
          const limiter = openLimiter({ rate, limits: LIMITS })
          const posts: number[] = []
          const all: number[] = []
          const chats = new Map<string, number[]>()
          let now = 0
          for (const { gap, kind, chat } of events) {
            now += gap
            if (kind === 'reply') {
              // People do not ask more than a few times a second.
              if (all.filter(time => time > now - 1000).length > 25) continue
              limiter.reply(chat, now)
            } else {
              now += Math.max(limiter.wait(now), limiter.chatWait(chat, now))
              now += Math.max(limiter.wait(now), limiter.chatWait(chat, now))
              const own = chats.get(chat) ?? []
              expect(own.filter(time => time > now - 1000)).toHaveLength(0)
              limiter.post(chat, now)
              posts.push(now)
            }
            all.push(now)
            chats.set(chat, [...(chats.get(chat) ?? []), now])
          }
          expect(most(posts)).toBeLessThanOrEqual(rate + 11)
          expect(most(posts)).toBeLessThanOrEqual(30)
        },
      ),
    )
  })
})
