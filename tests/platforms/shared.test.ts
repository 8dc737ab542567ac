import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../src/async/backoff.ts'
import { createKeyedQueue } from '../../src/async/keyed-queue.ts'
import { createSemaphore } from '../../src/async/semaphore.ts'
import { systemClock } from '../../src/clock.ts'
import { retry } from '../../src/platforms/retry.ts'
import { createTimeouts } from '../../src/platforms/timeouts.ts'
import type { Failure } from '../../src/poster.ts'
import { openMemoryLog } from './memory-log.ts'
import { fastClock } from './pauses.ts'

test('pauses double up to half a minute, and no two that failed together are alike', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1 }), (n, random) => {
      const whole = Math.min(30_000, 500 * 2 ** (n - 1))
      const ms = backoffMs(n, undefined, random || 0)
      expect(ms).toBeGreaterThanOrEqual(Math.floor(whole / 2))
      expect(ms).toBeLessThanOrEqual(whole)
    }),
  )
  expect(new Set(Array.from({ length: 50 }, () => backoffMs(5))).size).toBeGreaterThan(25)
})

/** Fails as told, then works. */
function failing(...failures: Failure[]) {
  const clock = fastClock()
  const stop = new AbortController()
  let calls = 0
  const run = (tries: number, patienceMs?: number) =>
    retry(
      async () => {
        const failure = failures[calls]
        calls += 1
        if (failure) throw failure
        return 'done'
      },
      {
        classifyError: error => error as Failure,
        clock,
        signal: stop.signal,
        tries,
        ...(patienceMs !== undefined && { patienceMs }),
      },
    )
  return { run, clock, stop, calls: () => calls }
}

const passing = (afterMs?: number): Failure => ({ next: 'retry', code: 'x', afterMs })

test('a failure that may pass is tried again, as often as allowed', async () => {
  const once = failing(passing(), { next: 'uncertain', code: 'x' })
  expect(await once.run(3)).toEqual({ ok: true, value: 'done' })
  const lasting = failing(passing(), passing(), passing())
  expect(await lasting.run(3)).toMatchObject({ ok: false, failure: { next: 'retry' } })
  expect(lasting.calls()).toBe(3)
})

test('a wait that was named is obeyed and counts as no try', async () => {
  const named = failing(...Array.from({ length: 9 }, (_, index) => passing((index + 1) * 1000)))
  expect(await named.run(1)).toMatchObject({ ok: true })
  expect(named.clock.pauses).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000])
})

test('a wait that is named as none, or as next to none, is no leave to hammer', async () => {
  const none = failing(passing(0), passing(-1), passing(Number.NaN), passing(0))
  expect(await none.run(3)).toMatchObject({ ok: false })
  expect(none.calls()).toBe(3)
  const short = failing(passing(1), passing(0.5))
  expect(await short.run(1)).toMatchObject({ ok: true })
  expect(short.clock.pauses).toEqual([500, 500])
})

test('nothing is waited for longer than patience lasts, all waits together', async () => {
  const long = failing(passing(4000), passing(4000), passing(4000))
  expect(await long.run(9, 10_000)).toMatchObject({ ok: false, failure: { next: 'retry' } })
  expect(long.clock.pauses).toEqual([4000, 4000])
  const tooLong = failing(passing(1e15))
  expect(await tooLong.run(9, 10_000)).toMatchObject({ ok: false })
  expect(tooLong.clock.pauses).toEqual([])
})

test('a failure that would repeat is not tried again', async () => {
  const failures: Failure[] = [
    { next: 'done', code: 'x' },
    { next: 'message-missing', code: 'x' },
    { next: 'gone', code: 'x', why: 'blocked' },
    { next: 'rejected', code: 'x', of: 'content' },
  ]
  for (const failure of failures) {
    const refused = failing(failure)
    expect(await refused.run(9)).toEqual({ ok: false, failure })
    expect(refused.calls()).toBe(1)
  }
})

test('a call that is stopped while it waits is not retried', async () => {
  const waiting = failing(passing(60_000), passing(60_000))
  const run = waiting.run(9)
  waiting.stop.abort()
  expect(await run).toMatchObject({ ok: false })
  expect(waiting.calls()).toBe(1)
})

test('within a lane work is done in order, lanes side by side, and too much is refused', async () => {
  const memory = await openMemoryLog()
  const lanes = createKeyedQueue('telegram', memory.log)
  const done: string[] = []
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  lanes.add('a', () => free)
  lanes.add('a', async () => {
    done.push('a')
  })
  lanes.add('a', () => Promise.reject(new Error('lost')))
  lanes.add('a', async () => {
    done.push('after the lost one')
  })
  lanes.add('b', async () => {
    done.push('b')
  })
  await new Promise(setImmediate)
  expect(done).toEqual(['b'])
  let taken = 0
  for (let time = 0; time < 100; time++) {
    lanes.add('a', async () => {
      taken += 1
    })
  }
  go()
  await lanes.idle()
  expect(done).toEqual(['b', 'a', 'after the lost one'])
  expect(taken).toBeLessThan(25)
  // One line for all that was dropped, and one for what failed.
  expect(memory.events()).toEqual(['reply.dropped', 'reply.failed'])
  await lanes.idle()
})

test('a wide lane does so much side by side; of what is replaced only the latest is done', async () => {
  const { log } = await openMemoryLog()
  const lanes = createKeyedQueue('telegram', log)
  const begun: number[] = []
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  const work = (number: number) => () => {
    begun.push(number)
    return free
  }
  for (const number of [1, 2, 3, 4]) lanes.add('wide', work(number), { width: 3 })
  expect(begun).toEqual([1, 2, 3])
  for (const number of [5, 6, 7]) lanes.replace('typing', work(number))
  expect(begun).toEqual([1, 2, 3, 5])
  go()
  await lanes.idle()
  expect(begun.toSorted()).toEqual([1, 2, 3, 4, 5, 7])
})

test('typed text that has opened too many lanes is dropped, and other work has room', async () => {
  const lanes = createKeyedQueue('discord', (await openMemoryLog()).log)
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  let done = 0
  const work = async () => {
    await free
    done += 1
  }
  for (let user = 0; user < 400; user++) lanes.replace(String(user), work)
  expect(lanes.hasRoom()).toBe(true)
  go()
  await lanes.idle()
  expect(done).toBe(50)
  lanes.replace('401', work)
  await lanes.idle()
  expect(done).toBe(51)
})

test('all lanes together hold 300 entries, and one lane holds three at most', async () => {
  const lanes = createKeyedQueue('telegram', (await openMemoryLog()).log)
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  for (let chat = 0; chat < 99; chat++) {
    for (let time = 0; time < 10; time++) lanes.add(String(chat), () => free)
  }
  await lanes.room()
  for (let time = 0; time < 2; time++) lanes.add('last', () => free)
  expect(lanes.hasRoom()).toBe(true)
  lanes.add('last', () => free)
  expect(lanes.hasRoom()).toBe(false)
  const order: string[] = []
  const room = lanes.room().then(() => order.push('room'))
  await new Promise(setImmediate)
  expect(order).toEqual([])
  go()
  await room
  await lanes.idle()
  expect(lanes.hasRoom()).toBe(true)
})

test('a gate lets so many through at once, in the order of their coming', async () => {
  const semaphore = createSemaphore(2)
  const begun: number[] = []
  const open: (() => void)[] = []
  const calls = [0, 1, 2, 3].map(number =>
    semaphore(async () => {
      begun.push(number)
      await new Promise<void>(resolve => open.push(resolve))
      if (number === 1) throw new Error('a failure gives its place up as well')
    }).catch(() => {}),
  )
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1])
  open[1]?.()
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1, 2])
  open[0]?.()
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1, 2, 3])
  for (const end of open) end()
  await Promise.all(calls)
})

test('calls that hang give their places up', async () => {
  const semaphore = createSemaphore(2)
  const { promise: end, resolve } = Promise.withResolvers<void>()
  const hanging = Array.from({ length: 6 }, () => semaphore(() => end))
  const before = performance.now()
  expect(await semaphore(async () => 'through')).toBe('through')
  expect(performance.now() - before).toBeLessThan(30_000)
  resolve()
  await Promise.all(hanging)
  // Places that were given up are not given back twice.
  const begun: number[] = []
  const { promise: later, resolve: go } = Promise.withResolvers<void>()
  const calls = [1, 2, 3].map(number =>
    semaphore(() => {
      begun.push(number)
      return later
    }),
  )
  await new Promise(setImmediate)
  expect(begun).toEqual([1, 2])
  go()
  await Promise.all(calls)
})

test('a call ends at its deadline, with the platform, or by itself', async () => {
  const stop = new AbortController()
  const within = createTimeouts(stop.signal)
  const ended = ({ signal }: AbortController) =>
    new Promise<string>(resolve => signal.addEventListener('abort', () => resolve('ended')))
  expect(await within(1, ended)).toBe('ended')
  expect(await within(60_000, async () => 'done')).toBe('done')
  const open = within(60_000, ended)
  stop.abort()
  expect(await open).toBe('ended')
  expect(await within(60_000, async ({ signal }) => signal.aborted)).toBe(true)
})

test('the clock’s pause ends with its time or with the signal', async () => {
  const stop = new AbortController()
  const before = performance.now()
  await systemClock.pause(5)
  const long = systemClock.pause(60_000, stop.signal)
  stop.abort()
  await long
  await systemClock.pause(60_000, stop.signal)
  expect(performance.now() - before).toBeLessThan(30_000)
})
