import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkBackups, checkDisk } from '../../src/app/doctor/machine.ts'
import type { CheckResult } from '../../src/check-result.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { judgeBackups } from '../../src/doctor/backups.ts'
import { TOKEN } from '../platforms/telegram/server.ts'
import { temporaryFolder } from '../store/stores.ts'

const NOW = Temporal.Instant.from('2026-11-30T12:00:00Z')
const lines = (results: readonly CheckResult[]) =>
  results.map(({ level, text }) => `${level}: ${text}`)

test('an old or missing backup is a warning, and a new one is not', () => {
  expect(lines(judgeBackups('/b', ['sitrep-20261130T0200Z.db', 'x.db'], NOW))).toEqual([
    'ok: The newest backup in /b is 10 hours old.',
  ])
  expect(lines(judgeBackups('/b', ['sitrep-20261120T0200Z.db'], NOW))).toEqual([
    'warning: The newest backup in /b is 10 days old.',
  ])
  expect(lines(judgeBackups('/b', [], NOW))).toEqual(['warning: There is no backup in /b.'])
})

test('the backups of a bot that has run are checked, and their folder', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'sitrep.db')
  const settings = { TELEGRAM_TOKEN: TOKEN, DATABASE_URL: `file:${file}` }
  const check = (more = {}) =>
    lines(checkBackups(readConfig({ ...settings, ...more }), systemClock))
  expect(check()).toEqual([])
  writeFileSync(file, '')
  expect(check()).toEqual(['warning: The bot makes no backups, because BACKUP_DIR is empty.'])
  expect(check({ TELEGRAM_TOKEN: '' })).toEqual([])
  const BACKUP_DIR = join(folder, 'backups')
  expect(check({ BACKUP_DIR })).toEqual([`warning: There is no backup in ${BACKUP_DIR}.`])
  mkdirSync(BACKUP_DIR)
  writeFileSync(join(BACKUP_DIR, 'sitrep-20000101T0000Z.db'), '')
  expect(check({ BACKUP_DIR })[0]).toMatch(/^warning: The newest backup in .* days old\.$/)
  const none = join(folder, 'a/b')
  expect(lines(checkDisk(readConfig({ ...settings, BACKUP_DIR: none })))).toContain(
    `warning: This user can’t write to ${none}, the folder of the backups.`,
  )
})
