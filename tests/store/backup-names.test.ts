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
const names = fc.array(
  fc.oneof(
    instants.map(backupName),
    fc.constantFrom('sitrep.db', 'sitrep-20261399T1300Z.db', 'sitrep-20261130T1300Z.db.old', 'x'),
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
      const oldest = stay.filter(name => name !== made).sort()[0]
      if (oldest !== undefined) expect(removed.every(name => name < oldest)).toBe(true)
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
