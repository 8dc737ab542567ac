import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { type CheckResult, resultsOf } from '../../check-result.ts'
import { type Clock, today } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { sqliteFiles, sqlitePath } from '../../database-url.ts'
import { drawingFolder } from '../pictures.ts'
import { judgeFolder, readFolder } from './disk.ts'
import { judgeTimeZones } from './judge-clock.ts'
import type { DoctorCheck } from './run-checks.ts'

/** The checks of this machine, which need no configuration. */
export function machineChecks(clock: Clock): DoctorCheck[] {
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
  const path = sqlitePath(databaseUrl)
  // Without its cache, Sitrep draws each image again.
  if (images === undefined || path === undefined) return judgeFolder(cache(), false)
  const database = judgeFolder(readFolder(dirname(path), 'the database', sqliteFiles(path)), true)
  const others = existsSync(images) ? judgeFolder(cache(), false) : []
  return [...database, ...others.filter(({ level }) => level !== 'ok')]
}
