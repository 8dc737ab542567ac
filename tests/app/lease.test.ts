import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createLease } from '../../src/app/lease.ts'
import { StoreError } from '../../src/store/error.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { turns } from '../platforms/pauses.ts'

const TTL_MS = 10_000

/** A term whose renewals end as `renew` says. The lease is renewed when the test says so. */
async function hold(renew: () => Promise<boolean>) {
  const clock = turns()
  const memory = await openMemoryLog()
  const released: number[] = []
  const lease = createLease({
    ...{ clock, log: memory.log, name: 'active', holder: 'me', ttlMs: TTL_MS },
    table: {
      acquire: async () => ({ epoch: 7 }),
      renew,
      release: async (_, __, epoch) => void released.push(epoch),
      holderOf: async () => 'me',
      isTaken: async () => true,
    },
  })
  const term = await lease.acquire(new AbortController().signal)
  if (!term) throw new Error('The lease is free.')
  return {
    ...{ ...memory, lease, term, released },
    /** Ends the pause before the next renewal, and waits for the pause behind it. */
    next: () => clock.next(0.3 * TTL_MS),
  }
}

test('a store that fails for less than the life of the lease does not end the term', async () => {
  const answers = [new StoreError('It is away.'), new StoreError('It is away.'), true, false]
  const { term, lease, next, events } = await hold(async () => {
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer ?? false
  })
  for (let renewal = 0; renewal < 3; renewal++) await next()
  // The pause of the fourth renewal has begun, so the third has succeeded.
  expect(term.holds()).toBe(true)
  expect(lease.state()).toBe('held')
  expect(events()).toEqual(['lease.acquired'])
  // The fourth finds that another process holds the lease.
  const ended = once(term.signal, 'abort')
  await next()
  await ended
  expect(term.holds()).toBe(false)
  expect(lease.state()).toBe('waiting')
  expect(events()).toEqual(['lease.acquired', 'lease.lost'])
})

test('a term ends before the lease expires, if no renewal arrives', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { term, events } = await hold(() => Promise.reject(new StoreError('It is away.')))
  // A margin of 0.3 of its life.
  await vi.advanceTimersByTimeAsync(0.7 * TTL_MS - 1)
  expect(term.signal.aborted).toBe(false)
  expect(term.holds()).toBe(true)
  expect(events()).toEqual(['lease.acquired'])
  await vi.advanceTimersByTimeAsync(2)
  expect(term.signal.aborted).toBe(true)
  expect(term.holds()).toBe(false)
  expect(events()).toEqual(['lease.acquired', 'lease.lost'])
})

test('the end of a term in order frees the lease', async () => {
  const { term, released, events } = await hold(async () => true)
  await term.release()
  expect(term.signal.aborted).toBe(true)
  expect(released).toEqual([7])
  expect(events()).toEqual(['lease.acquired'])
})
