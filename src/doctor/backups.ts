import { type CheckResult, resultsOf } from '../check-result.ts'
import { newestBackup } from '../store/backups/backup-names.ts'
import { span } from '../texts/plurals.ts'

const { ok, warning } = resultsOf('backups')

/** Age of the newest backup from which on one was missed, in hours. Sitrep makes one a day. */
const OLD_H = 26

/** Judges `BACKUP_DIR` by the names of its files; `names` is undefined if it can't be read. Pure. */
export function judgeBackups(
  folder: string,
  names: readonly string[] | undefined,
  now: Temporal.Instant,
): CheckResult {
  if (!names) {
    return warning(
      `This user can’t read ${folder}, the folder of backups.`,
      'Let the bot’s user own it, and run this as that user.',
    )
  }
  const newest = newestBackup(names, now)
  if (!newest) {
    return warning(
      `There is no backup in ${folder}.`,
      'The bot makes one 30 seconds after its start. To make one now, run `bin/sitrep backup`.',
    )
  }
  const age = newest.until(now)
  const text = `The newest backup in ${folder} is ${span(age.total('seconds'))} old.`
  return age.total('hours') < OLD_H
    ? ok(text)
    : warning(
        text,
        'Look for backup.failed in the log of the bot, and make one: `bin/sitrep backup`.',
      )
}
