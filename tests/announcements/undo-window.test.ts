import { expect, test } from 'vitest'
import { canUndo, isUnsent, startOf } from '../../src/announcements/undo-window.ts'
import type { Broadcast } from '../../src/store/ledger/broadcast.ts'

const NOW = Temporal.Instant.from('2027-05-01T12:00:00Z')
const at = (seconds: number) => NOW.add({ seconds })

test.for([
  ['without a chosen time', { isUrgent: false }, 30],
  ['if it is urgent', { isUrgent: true }, 5],
  ['with a chosen time within the undo window', { isUrgent: false, at: at(10) }, 30],
  ['with a chosen time that has passed', { isUrgent: false, at: at(-60) }, 30],
  ['with a later time', { isUrgent: false, at: at(31) }, 31],
  ['with a later time, if it is urgent', { isUrgent: true, at: at(31) }, 31],
] as const)(
  'an announcement %s starts after the undo window or at that time',
  ([_, timing, seconds]) => {
    expect(startOf({ now: NOW, undoWindowMs: 30_000, ...timing }).equals(at(seconds))).toBe(true)
  },
)

test('an urgent announcement has no longer undo window than any other', () => {
  expect(startOf({ now: NOW, undoWindowMs: 1000, isUrgent: true }).equals(at(1))).toBe(true)
})

const waiting = {
  state: 'active',
  isBegun: false,
  isFinished: false,
  startsAt: at(30),
} as Broadcast

test.for([
  ['before its start', waiting, at(29), true],
  ['at its start', waiting, at(30), false],
  ['once a chat has a row', { ...waiting, isBegun: true }, NOW, false],
  ['once it is finished', { ...waiting, isFinished: true }, NOW, false],
] as const)('a broadcast %s can be undone only until it begins', ([_, broadcast, now, isOpen]) => {
  expect(canUndo(broadcast, now)).toBe(isOpen)
})

test('only a broadcast that was cancelled before its first row is unsent', () => {
  const undone = { ...waiting, state: 'cancelled', isFinished: true } as const
  expect(isUnsent(undone)).toBe(true)
  expect(isUnsent({ ...undone, isBegun: true })).toBe(false)
  expect(isUnsent(waiting)).toBe(false)
})
