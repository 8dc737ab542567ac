import type { CheckResult } from '../../check-result.ts'
import { sqlitePath } from '../../database-url.ts'
import { newestBackup } from '../../store/backups/backup-names.ts'
import { listBackups } from '../../store/backups/list-backups.ts'
import { judgeFolder, readFolder } from './disk.ts'
import type { DoctorContext } from './doctor-context.ts'
import { judgeBackups } from './judge-backups.ts'

/** Checks the daily backups of a bot with an SQLite file. PostgreSQL has tools of its own. */
export async function checkBackups({ config, clock }: DoctorContext): Promise<CheckResult[]> {
  const { databaseUrl, backups, telegram, discord } = config
  if (sqlitePath(databaseUrl) === undefined) return []
  if (!backups) return telegram || discord ? judgeBackups(undefined) : []
  const { folder } = backups
  const now = clock.now()
  // The check of the folder below reports one that cannot be read. The bot creates a missing one.
  const ageS = newestBackup(await listBackups(folder), now)
    ?.until(now)
    .total('seconds')
  const place = judgeFolder(readFolder(folder, 'the backups'), false)
  return [...judgeBackups({ folder, ageS }), ...place.filter(({ level }) => level !== 'ok')]
}
