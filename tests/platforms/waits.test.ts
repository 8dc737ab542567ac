import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../src/async/backoff.ts'
import { namedWaitMs } from '../../src/platforms/retry.ts'
import { readWait, troubleOf } from '../../src/platforms/retry-after.ts'
import { createRefusals } from '../../src/platforms/token-check.ts'

const DAY_MS = 86_400_000

test.for<[unknown, number]>([
  [0, 0],
  [1.5, 1500],
  ['7', 7000],
  ['0.25', 250],
  [86_400, DAY_MS],
])('a wait of %j seconds is taken as it is', ([given, afterMs]) => {
  expect(readWait(given)).toEqual({ afterMs })
})

test.for([86_401, '1000000000', 1e300, Number.MAX_VALUE])(
  'a wait of %j seconds is cut to a day, and says so',
  given => {
    expect(readWait(given)).toEqual({ afterMs: DAY_MS, isCut: true })
  },
)

test.for([
  ...[undefined, null, true, {}, [], [5], { retry_after: 5 }, Number.NaN, -1, '-1', 'abc', ''],
  ...[Number.POSITIVE_INFINITY, '9'.repeat(400), '1e3', '0x10', '5, 5', ' 5', 'Infinity', 10n],
])('%o names no wait, so a few seconds are waited', given => {
  expect(readWait(given)).toEqual({ afterMs: 5000 })
})

test('the first that is a wait counts', () => {
  expect(readWait('abc', undefined, '9', 3)).toEqual({ afterMs: 9000 })
})

test('whatever is given, a wait is finite, from 0 to a day, and an hour at most until the next try', () => {
  const given = fc.oneof(fc.anything({ withBigInt: true }), fc.double(), fc.string(), fc.float())
  fc.assert(
    fc.property(fc.array(given, { maxLength: 3 }), values => {
      const wait = readWait(...values)
      expect(Number.isInteger(wait.afterMs)).toBe(true)
      expect(wait.afterMs).toBeGreaterThanOrEqual(0)
      expect(wait.afterMs).toBeLessThanOrEqual(DAY_MS)
      const pauseMs = namedWaitMs({ next: 'retry', code: '429', ...wait }) ?? backoffMs(1)
      expect(pauseMs).toBeGreaterThan(0)
      expect(pauseMs).toBeLessThanOrEqual(3_600_000)
    }),
    { numRuns: 2000 },
  )
})

test('a named wait is told with the next try, a cut one as such', () => {
  const nextAt = Temporal.Instant.from('2026-11-23T13:00:00.25Z')
  const flood = (more: object) =>
    troubleOf('Telegram', { next: 'retry', code: '429', ...more }, nextAt)
  expect(flood({ afterMs: 9000 })).toBe(
    'Telegram asks to wait before the next request. Next try at 2026-11-23T13:00:00Z.',
  )
  expect(flood({ afterMs: DAY_MS, isCut: true })).toMatch(/^Telegram asks to wait for more than a/)
  expect(flood({})).toBe('Can’t reach Telegram. Retrying.')
})

test('a refusal is believed once it has lasted for two minutes without another answer', () => {
  const refusals = createRefusals()
  const first = Array.from({ length: 24 }, () => refusals.again())
  expect(first).not.toContain(true)
  refusals.over()
  const second = Array.from({ length: 25 }, () => refusals.again())
  expect(second.indexOf(true)).toBe(24)
})

test('a 429 is told as a wait, even one of no time', () => {
  const at = Temporal.Instant.from('2026-12-04T09:00:00Z')
  for (const afterMs of [0, 5000]) {
    const failure = { next: 'retry', code: '429', afterMs } as const
    expect(troubleOf('Telegram', failure, at)).toMatch(/asks to wait/)
  }
  const refused = { next: 'retry', code: 'ECONNREFUSED' } as const
  expect(troubleOf('Telegram', refused, at)).toMatch(/Can’t reach/)
})
