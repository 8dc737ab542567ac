import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { type CheckResult, resultsOf } from '../../check-result.ts'
import { type Clock, today } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { judgeBackups } from '../../doctor/backups.ts'
import { judgeTimeZones } from '../../doctor/clock.ts'
import { judgeFolder, readFolder } from '../../doctor/disk.ts'
import type { Check } from '../../doctor/run-checks.ts'
import { drawingFolder } from '../pictures.ts'

/** The checks of this machine, which need no configuration. */
export function machineChecks(clock: Clock): Check[] {
  return [
    {
      part: 'time-zones',
      run: async () => [judgeTimeZones(process.versions.tz ?? '', today(clock, 'UTC'))],
    },
    { part: 'images', run: checkImages },
  ]
}

/** Draws a small table, as the bot does: with the library and the fonts of this install. */
async function checkImages(): Promise<CheckResult[]> {
  const { ok, error } = resultsOf('images')
  const { DrawingError, drawInWorker } = await import('../../drawing/in-worker.ts')
  try {
    await drawInWorker({ kind: 'table', theme: 'light', rows: [[[{ text: 'Sitrep 你好' }]]] })
    return [ok('Images of tables can be drawn.')]
  } catch (failure) {
    if (!(failure instanceof DrawingError)) throw failure
    return [
      error(
        'Images can’t be drawn, so readers get the words of tables.',
        'Install Sitrep again: `npm ci`.',
      ),
    ]
  }
}

/** Checks the folders that a bot writes to. */
export function checkDisk({ databaseUrl }: Config): CheckResult[] {
  const images = drawingFolder(databaseUrl)
  const cache = () => readFolder(images ?? tmpdir(), 'drawn images')
  // Without its cache, Sitrep draws each image again.
  if (images === undefined) return judgeFolder(cache(), false)
  const path = databaseUrl.slice('file:'.length)
  const files = ['', '-wal', '-shm'].map(suffix => `${path}${suffix}`)
  const database = judgeFolder(readFolder(dirname(path), 'the database', files), true)
  const others = existsSync(images) ? judgeFolder(cache(), false) : []
  return [...database, ...others.filter(({ level }) => level !== 'ok')]
}

/** Checks the daily backups, if there are any. The bot runs without them. */
export function checkBackups({ backups }: Config, clock: Clock): CheckResult[] {
  if (!backups) return []
  const { folder } = backups
  const names = existsSync(folder) ? namesIn(folder) : []
  return [
    judgeBackups(folder, names, clock.now()),
    ...judgeFolder(readFolder(folder, 'backups'), false).filter(({ level }) => level !== 'ok'),
  ]
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}
