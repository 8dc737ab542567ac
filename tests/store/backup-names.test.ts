import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  backupName,
  backupTime,
  expiredBackups,
  newestBackup,
} from '../../src/store/backups/backup-names.ts'
import { runs } from '../properties.ts'

const instants = fc
  .integer({ min: 0, max: 253_402_300_799_999 })
  .map(ms => Temporal.Instant.fromEpochMilliseconds(ms))
const EPOCH = Temporal.Instant.fromEpochMilliseconds(0)
const names = fc.array(
  fc.oneof(
    fc
      .tuple(instants, fc.integer({ min: 1, max: 12 }))
      .map(([at, number]) => backupName(at, number)),
    fc.integer({ min: 1, max: 12 }).map(number => backupName(EPOCH, number)),
    fc.constantFrom(
      'sitrep.db',
      'sitrep-20261130T1300Z-1.db',
      'sitrep-20261399T1300Z.db',
      'sitrep-20261130T1300Z.db.old',
      'x',
    ),
    fc.string(),
  ),
  { maxLength: 30 },
)

test('the name of a backup says its minute in UTC', () => {
  expect(backupName(Temporal.Instant.from('2026-11-30T14:00:59.9+01:00'))).toBe(
    'sitrep-20261130T1300Z.db',
  )
  fc.assert(
    fc.property(instants, at => {
      const read = backupTime(backupName(at))
      expect(read && Math.floor(at.since(read).total('minutes'))).toBe(0)
    }),
    { numRuns: runs(200) },
  )
})

test('later backups of a minute have a number, which orders them', () => {
  const at = Temporal.Instant.from('2026-11-30T13:00Z')
  const [first, second, tenth] = [1, 2, 10].map(number => backupName(at, number))
  expect(second).toBe('sitrep-20261130T1300Z-2.db')
  const all = [tenth, first, second].map(name => name ?? '')
  expect(backupTime(all[0] ?? '')?.toString()).toBe('2026-11-30T13:00:00Z')
  const made = backupName(at.add({ minutes: 1 }))
  expect(expiredBackups([...all, made], made, 2)).toEqual([second, first])
})

/** Whether one backup is older than another, by a reading of the names of its own. */
function isBefore(one: string, other: string): boolean {
  const [a, b] = [one, other].map(name => name.split(/[-.]/))
  const minutes = [a?.[1] ?? '', b?.[1] ?? ''] as const
  if (minutes[0] !== minutes[1]) return minutes[0] < minutes[1]
  return (Number(a?.[2]) || 1) < (Number(b?.[2]) || 1)
}

test('what is removed is a backup of Sitrep, is never the new one or newer than one that stays, and leaves as many as it should', () => {
  fc.assert(
    fc.property(names, instants, fc.integer({ min: 1, max: 9 }), (files, now, keep) => {
      const made = backupName(now)
      const all = [...new Set([...files, made])]
      const removed = expiredBackups(all, made, keep)
      const stay = all.filter(name => backupTime(name) && !removed.includes(name))
      expect(removed).not.toContain(made)
      expect(removed.filter(name => !backupTime(name) || !all.includes(name))).toEqual([])
      const own = all.filter(name => backupTime(name)).length
      expect(stay).toHaveLength(Math.min(own, keep))
      const others = stay.filter(name => name !== made)
      expect(removed.every(name => others.every(other => isBefore(name, other)))).toBe(true)
    }),
    { numRuns: runs(300) },
  )
})

test('the newest backup is that of no clock that ran ahead', () => {
  const now = Temporal.Instant.from('2026-11-30T13:00Z')
  const files = ['sitrep-20261129T1300Z.db', 'sitrep-20261128T1300Z.db', 'sitrep-20301129T1300Z.db']
  expect(newestBackup(files, now)?.toString()).toBe('2026-11-29T13:00:00Z')
  expect(newestBackup(['sitrep.db'], now)).toBeUndefined()
})
