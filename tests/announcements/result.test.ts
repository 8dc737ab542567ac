import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcomes, resultOf } from '../../src/announcements/result.ts'
import type { Broadcast, Cause, Report } from '../../src/store/ledger/broadcast.ts'

const at = (time: string) => Temporal.Instant.from(`2027-05-01T${time}Z`)

const BROADCAST: Broadcast = {
  ...{ id: 3, kind: 'announcement', state: 'active', revision: 1, createdAt: at('11:59:30') },
  ...{ audience: { topic: 'announcements', platforms: ['telegram'] }, isRetracted: false },
  ...{ isUrgent: false, repeats: true, publish: false, isBegun: true, isEnqueued: true },
  ...{ isFinished: true, isBreakerOverridden: false },
  ...{ startsAt: at('12:00:00'), finishedAt: at('12:00:34') },
}

function reportOf(
  sent: number,
  causes: readonly Cause[],
  reach = { any: sent, newest: sent },
): Report {
  const ended = { gone: 0, failed: 0, skipped: 0, uncertain: 0 }
  for (const { state, count } of causes) ended[state] += count
  return {
    progress: { pending: 0, claimed: 0, sent, ...ended, twice: 0 },
    reach: { ...reach, fresh: 0 },
    causes,
    later: { count: 0, until: at('00:00:00') },
  }
}

test('the result says in one sentence how many chats have it, how long it took, and who does not have it', () => {
  const report = reportOf(812, [
    { state: 'gone', error: 'blocked', count: 5 },
    { state: 'gone', error: 'deleted', count: 2 },
    { state: 'gone', error: 'right: Send Messages', count: 1 },
  ])
  expect(resultOf(BROADCAST, report)).toBe(
    'Sent to 812 of 820 chats in 34 s. 5 blocked the bot, 3 unreachable.',
  )
  // The reasons that someone can act on stand below it.
  expect(outcomes(report, BROADCAST)).toEqual([
    '3 unreachable: 2 can’t be found, 1 doesn’t give the bot the permission “Send Messages”',
  ])
})

test('nothing is said of chats without a fault', () => {
  expect(resultOf(BROADCAST, reportOf(1, []))).toBe('Sent to 1 of 1 chat in 34 s.')
  expect(outcomes(reportOf(1, []), BROADCAST)).toEqual([])
})

test('a correction and a retraction have the same form', () => {
  const report = reportOf(12_480, [], { any: 12_480, newest: 12_479 })
  const corrected = { ...BROADCAST, revision: 2 }
  expect(resultOf(corrected, report)).toBe('Corrected in 12,479 of 12,480 chats.')
  expect(resultOf({ ...corrected, isRetracted: true }, report)).toBe(
    'Retracted from 12,479 of 12,480 chats.',
  )
})

test('every chat of the ledger is counted once', () => {
  const cause = fc.record({
    state: fc.constantFrom('gone', 'failed', 'skipped', 'uncertain'),
    error: fc.constantFrom(
      'blocked',
      'removed',
      'deleted',
      'cancelled',
      'unwanted',
      '400',
      'content',
    ),
    count: fc.integer({ min: 1, max: 999 }),
  })
  const distinct = fc.uniqueArray(cause, { selector: ({ state, error }) => `${state} ${error}` })
  fc.assert(
    fc.property(fc.nat(999), distinct, (sent, causes) => {
      const sentence = resultOf(BROADCAST, reportOf(sent, causes as Cause[]))
      const [, reached, all, rest = ''] =
        /^Sent to ([\d,]+) of ([\d,]+) chats? in 34 s\.(?: (.*)\.)?$/.exec(sentence) ?? []
      const number = (text = '') => Number(text.replaceAll(',', ''))
      const missing = rest.match(/(?<=^|, )[\d,]*\d/g) ?? []
      expect(number(reached)).toBe(sent)
      expect(number(all)).toBe(sent + missing.reduce((sum, each) => sum + number(each), 0))
    }),
  )
})
