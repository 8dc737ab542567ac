import { expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { createLiveReplies } from '../../src/platforms/live-replies.ts'
import { openMemoryLog } from './memory-log.ts'
import { manualClock, testClock } from './pauses.ts'

const START = Temporal.Instant.from('2027-05-01T12:00:00Z')
const after = (...seconds: number[]) => seconds.map(each => START.add({ seconds: each }))

async function open() {
  const clock = manualClock(START.toString())
  const { log, events } = await openMemoryLog()
  const stopping = new AbortController()
  const replies = createLiveReplies({ clock, log, signal: stopping.signal })
  const shown: number[] = []
  return {
    ...{ clock, events, shown, replies, stop: () => stopping.abort() },
    follow(key: string, seconds: number[], more: { fails?: boolean; isGone?: boolean } = {}) {
      const live = {
        at: after(...seconds),
        async message(now: Temporal.Instant) {
          if (more.fails) throw new Error('The store is away.')
          shown.push(now.since(START).total('seconds'))
          return message([paragraph('Now.')])
        },
      }
      replies.follow(key, live, async () => !more.isGone)
    },
  }
}

test('a message changes at each of its times', async () => {
  const { clock, follow, shown } = await open()
  follow('1', [10, 20, 30])
  for (let second = 0; second < 40; second++) await clock.advance({ seconds: 1 })
  expect(shown).toEqual([10, 20, 30])
})

test('a message changes when it is told to, and at its times after that', async () => {
  const { clock, replies, shown } = await open()
  const listeners = new Set<() => void>()
  const tell = async () => {
    for (const listener of listeners) listener()
    await clock.advance({ milliseconds: 0 })
  }
  const live = {
    at: after(10, 20),
    async message(now: Temporal.Instant) {
      shown.push(now.since(START).total('seconds'))
      return message([paragraph('Now.')])
    },
    onChange(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  replies.follow('1', live, async () => true)
  await clock.advance({ seconds: 4 })
  await tell()
  expect(shown).toEqual([4])
  await clock.advance({ seconds: 6 })
  await clock.advance({ seconds: 10 })
  expect(shown).toEqual([4, 10, 20])
  expect(listeners.size).toBe(0)
})

test('after a stall only the newest version is shown', async () => {
  const { clock, follow, shown } = await open()
  follow('1', [10, 20, 30, 60])
  await clock.advance({ seconds: 35 })
  expect(shown).toEqual([35])
  await clock.advance({ seconds: 25 })
  expect(shown).toEqual([35, 60])
})

test('a message that another answer has replaced, that cannot be edited, or whose platform ends, changes no more', async () => {
  const { clock, follow, replies, shown, stop } = await open()
  follow('1', [10, 20])
  replies.end('1')
  follow('2', [10, 20])
  follow('2', [15, 25])
  follow('3', [12, 22], { isGone: true })
  await clock.advance({ seconds: 12 })
  await clock.advance({ seconds: 3 })
  expect(shown).toEqual([12, 15])
  stop()
  await clock.advance({ seconds: 20 })
  expect(shown).toEqual([12, 15])
})

test('the answer to a press waits for an edit under way, whose retries end', async () => {
  const { clock, replies, shown } = await open()
  const { promise: retry, resolve: endRetries } = Promise.withResolvers<boolean>()
  const live = { at: after(10, 20), message: async () => message([paragraph('Now.')]) }
  const order: string[] = []
  replies.follow('1', live, async (_, signal) => {
    signal.addEventListener('abort', () => endRetries(false))
    await retry
    order.push('edited')
    return true
  })
  await clock.advance({ seconds: 10 })
  expect(await replies.end('1')).toBe(true)
  expect(await replies.end('1')).toBe(false)
  order.push('answered')
  await clock.advance({ seconds: 20 })
  expect(order).toEqual(['edited', 'answered'])
  expect(shown).toEqual([])
})

test('of more messages than a process changes, the oldest ends', async () => {
  const { clock, follow, shown } = await open()
  follow('first', [10])
  for (let index = 0; index < 1000; index++) follow(`${index}`, [20])
  await clock.advance({ seconds: 10 })
  expect(shown).toEqual([])
  await clock.advance({ seconds: 10 })
  expect(shown).toHaveLength(1000)
})

test('a failure has a line in the log, and the next version is tried', async () => {
  const { clock, follow, shown, events } = await open()
  follow('1', [10, 20], { fails: true })
  await clock.advance({ seconds: 10 })
  expect(events()).toEqual(['live.failed'])
  await clock.advance({ seconds: 10 })
  expect(shown).toEqual([])
  expect(events()).toEqual(['live.failed', 'live.failed'])
})

test('a timer that ends early shows no version early', async () => {
  const { log } = await openMemoryLog()
  let now = START
  // Each pause ends a third of a millisecond before its time.
  const clock = testClock(
    () => now,
    async ms => {
      now = now.add({ microseconds: Math.round(ms * 1000) - 333 })
    },
  )
  const replies = createLiveReplies({ clock, log, signal: new AbortController().signal })
  const { promise, resolve } = Promise.withResolvers<Temporal.Instant>()
  const end = START.add({ milliseconds: 10_000 })
  const live = { at: [end], message: async () => message([paragraph('Now.')]) }
  replies.follow('1', live, async () => {
    resolve(now)
    return true
  })
  expect(Temporal.Instant.compare(await promise, end)).toBeGreaterThanOrEqual(0)
})
