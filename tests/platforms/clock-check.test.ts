import { expect, test } from 'vitest'
import { createClockCheck } from '../../src/platforms/clock-check.ts'
import { openMemoryLog } from './memory-log.ts'
import { manualClock } from './pauses.ts'

const START = '2027-05-01T12:00:00Z'
const MINUTE = 60_000

/** A check with an own clock that the test sets, and platforms whose answers the test dates. */
async function openCheck() {
  const clock = manualClock(START)
  const memory = await openMemoryLog([])
  const check = createClockCheck(clock, memory.log)
  const start = Temporal.Instant.from(START).epochMilliseconds
  /** Passes a response whose `Date` is `fromStartMs` from the start of the test, and whose request took `tookMs`. */
  function answer(platform: string, fromStartMs: number, tookMs = 0): void {
    const date = new Date(start + fromStartMs).toUTCString()
    check.of(platform).answered({ date }, performance.now() - tookMs)
  }
  /** Passes responses that are a second apart by the platform's clock, while the own clock stands still. */
  function answers(platform: string, fromStartMs: number, count = 3): void {
    for (let at = 0; at < count; at++) answer(platform, fromStartMs + at * 1000)
  }
  /** Returns every logged event, once the log has written it. */
  async function events(): Promise<string[]> {
    await new Promise(resolve => setImmediate(resolve))
    return memory.events()
  }
  return { clock, check, answer, answers, events }
}

test('nothing may be erased before the first comparison, and one right answer is enough', async () => {
  const { check, answer } = await openCheck()
  check.of('telegram')
  expect(check.mayErase()).toBe(false)
  expect(check.part()).toEqual({ status: 'not compared yet', ready: true })
  answer('telegram', 0)
  expect(check.mayErase()).toBe(true)
  expect(check.part()).toEqual({ status: 'right', ready: true })
})

test('three answers that agree change the verdict, with one line when it begins and one when it ends', async () => {
  const { check, clock, answer, answers, events } = await openCheck()
  answer('telegram', 0)
  answers('telegram', -15 * MINUTE)
  expect(await events()).toEqual(['clock.off'])
  expect(check.part()).toEqual({
    status: 'off',
    reason:
      'The clock of this machine is 15 minutes ahead of Telegram’s. Until they agree, Sitrep erases nothing and posts nothing by schedule. Check NTP.',
    ready: false,
  })
  expect([check.mayErase(), check.mayPost()]).toEqual([false, false])
  answers('telegram', -15 * MINUTE, 20)
  expect(await events()).toHaveLength(1)
  await clock.advance({ minutes: -15 })
  expect([check.mayErase(), check.mayPost()]).toEqual([false, true])
  answers('telegram', -15 * MINUTE)
  expect(await events()).toEqual(['clock.off', 'clock.right'])
  expect([check.mayErase(), check.mayPost()]).toEqual([true, true])
})

test.each([
  ['one odd answer', ['Sat, 01 May 2027 11:00:00 GMT']],
  ['two odd answers', ['Sat, 01 May 2027 11:00:00 GMT', 'Sat, 01 May 2027 11:00:01 GMT']],
  ['an answer of a cache, again and again', Array(9).fill('Sat, 01 May 2027 11:00:00 GMT')],
  [
    'answers that contradict each other',
    ['11:00:00', '09:00:00', '14:00:00', '02:00:00', '23:00:00'].map(
      time => `Sat, 01 May 2027 ${time} GMT`,
    ),
  ],
])(
  '%s: the clock stays right, and nothing is erased until the next right answer',
  async (_, dates) => {
    const { check, answer, events } = await openCheck()
    const time = check.of('telegram')
    answer('telegram', 0)
    for (const date of dates) time.answered({ date }, performance.now())
    expect(check.part().status).toBe('right')
    expect(check.mayPost()).toBe(true)
    expect([check.mayErase(), time.isUnsure()]).toEqual([false, true])
    answer('telegram', 2000)
    expect([check.mayErase(), time.isUnsure()]).toEqual([true, false])
    expect(await events()).toEqual([])
  },
)

test.each([
  [undefined],
  [null],
  [''],
  ['2027'],
  ['yesterday'],
  ['Sat, 01 May 2027 11:00:00 +0200'],
  ['Sat, 41 May 2027 11:00:00 GMT'],
  ['1803722400'],
])('a Date of %j is no answer', async date => {
  const { check } = await openCheck()
  for (let turn = 0; turn < 5; turn++) check.of('telegram').answered({ date }, performance.now())
  expect(check.part().status).toBe('not compared yet')
})

test('an answer that a cache has kept does not count', async () => {
  const { check } = await openCheck()
  const headers = { date: 'Sat, 01 May 2027 11:00:00 GMT', age: '3600' }
  check.of('discord').answered(headers, performance.now())
  expect(check.part().status).toBe('not compared yet')
})

test('a slow answer proves nothing that its way may explain', async () => {
  const { check, clock, answer } = await openCheck()
  answer('telegram', 0)
  // Held back for 50 s, and dated when it was asked for or when it came.
  for (let turn = 0; turn < 5; turn++) {
    await clock.advance({ seconds: 70 })
    answer('telegram', 70_000 * (turn + 1) - 69_000, 70_000)
  }
  expect(check.part().status).toBe('right')
  for (let turn = 0; turn < 5; turn++) answer('telegram', 30 * MINUTE + turn * 1000, 50_000)
  expect(check.part().status).toBe('off')
})

test('platforms that disagree about the time: nothing is erased, and posts go on', async () => {
  const { check, answer, answers, events } = await openCheck()
  answers('discord', 0)
  answer('telegram', 0)
  answers('telegram', 3 * 60 * MINUTE)
  expect(check.part()).toEqual({
    status: 'off',
    reason:
      'The clock of this machine is 3 hours behind Telegram’s. The other platform agrees with this machine. Until they agree, Sitrep erases nothing. Check NTP.',
    ready: true,
  })
  expect([check.mayErase(), check.mayPost()]).toEqual([false, true])
  answers('discord', 3 * 60 * MINUTE)
  expect(check.part().reason).toContain('3 hours behind Discord’s and 3 hours behind Telegram’s.')
  expect([check.part().ready, check.mayPost()]).toEqual([false, false])
  expect(await events()).toEqual(['clock.off', 'clock.off'])
})

test('a clock that was set is doubted before any answer shows it', async () => {
  const { check, clock, answer } = await openCheck()
  answer('telegram', 0)
  await clock.advance({ hours: 24 * 400 })
  expect([check.mayErase(), check.mayPost()]).toEqual([false, false])
  await clock.advance({ hours: -24 * 400 })
  expect([check.mayErase(), check.mayPost()]).toEqual([true, true])
  await clock.advance({ minutes: 2 })
  expect([check.mayErase(), check.mayPost()]).toEqual([false, true])
})

test('a clock that is off from the start posts nothing while answers are compared', async () => {
  const { check, answer } = await openCheck()
  check.of('telegram')
  expect(check.mayPost()).toBe(false)
  answer('telegram', -400 * 24 * 60 * MINUTE)
  expect([check.part().status, check.mayPost()]).toEqual(['not compared yet', false])
})

test.each([
  ['ahead', 15],
  ['behind', -15],
])(
  'the age of a question is that of the platform’s clock, with the own one 15 minutes %s',
  async (_, minutes) => {
    const { check, clock, answers } = await openCheck()
    const time = check.of('telegram')
    const asked = Temporal.Instant.from('2027-05-01T11:48:00Z')
    const ageMinutes = () => time.toOwn(asked).until(clock.now()).total('minutes')
    expect(ageMinutes()).toBe(12)
    await clock.advance({ minutes })
    answers('telegram', 0, 2)
    expect(ageMinutes()).toBeCloseTo(12, 1)
    // One answer that is dated two days later makes no question old.
    answers('telegram', 2 * 24 * 60 * MINUTE, 1)
    expect(ageMinutes()).toBeCloseTo(12, 1)
  },
)
