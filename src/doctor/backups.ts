import { type CheckResult, resultsOf } from '../check-result.ts'
import { newestBackup } from '../store/backups/backup-names.ts'
import { counted, span } from '../texts/plurals.ts'

const { ok, warning } = resultsOf('backups')

/** Age of the newest backup from which on one was missed, in seconds. The bot makes one a day. */
const OLD_S = 48 * 60 * 60

/** Judges the backups of an SQLite database by the names in `BACKUP_DIR`; `folder` is undefined without it. Pure. */
export function judgeBackups(
  folder: string | undefined,
  names: readonly string[],
  now: Temporal.Instant,
): CheckResult[] {
  if (folder === undefined) {
    return [
      warning(
        'The bot makes no backups, because BACKUP_DIR is empty.',
        'Set BACKUP_DIR, or run `bin/sitrep backup --out FILE` on a schedule.',
      ),
    ]
  }
  const newest = newestBackup(names, now)
  const how = 'Run `bin/sitrep backup`. If the bot runs, its log says why at `backup.failed`.'
  if (!newest) return [warning(`There is no backup in ${folder}.`, how)]
  const ageS = newest.until(now).total('seconds')
  const days = Math.floor(ageS / 86_400)
  const age = `The newest backup in ${folder} is ${days < 2 ? span(ageS) : counted(days, 'day', 'days')} old.`
  return [ageS < OLD_S ? ok(age) : warning(age, how)]
}
