import { type CheckResult, resultsOf } from '../../check-result.ts'
import { span } from '../../texts/plurals.ts'

const { ok, warning } = resultsOf('backups')

/** Age of the newest backup from which on a daily one is missing, in seconds: two days, as in deploy/alerts.yaml. */
const LATE_S = 2 * 86_400

/** Judges the daily backups; `daily` is undefined if `BACKUP_DIR` is unset. Pure. */
export function judgeBackups(
  daily: { readonly folder: string; readonly ageS: number | undefined } | undefined,
): CheckResult[] {
  if (!daily) {
    return [
      warning(
        'BACKUP_DIR is unset, so the bot makes no backups.',
        'Set it to a folder, if no other program backs up the database.',
      ),
    ]
  }
  const { folder, ageS } = daily
  if (ageS === undefined) {
    return [
      warning(
        `There is no backup in ${folder} yet.`,
        'The bot makes the first 30 seconds after its start.',
      ),
    ]
  }
  if (ageS < LATE_S) return [ok(`The newest backup in ${folder} is ${span(ageS)} old.`)]
  return [
    warning(
      `The newest backup in ${folder} is ${span(ageS)} old.`,
      'Look for backup.failed in the log of the bot, or run `bin/sitrep backup`.',
    ),
  ]
}
