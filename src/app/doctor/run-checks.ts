import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { Clock } from '../../clock.ts'

/** One check of `doctor`. */
export interface DoctorCheck {
  /** The part that a failure of the check itself is reported for. */
  readonly part: string
  run(): Promise<readonly CheckResult[]>
}

export interface RunOptions {
  readonly clock: Pick<Clock, 'pause'>
  /** Longest time of all checks, in milliseconds. */
  readonly totalMs: number
  /** Called with the parts whose checks have not ended, after each end. */
  readonly onProgress?: (open: readonly string[]) => void
}

/**
 * Runs all checks at once. Resolves to their results in the order of the checks: after `totalMs` at the latest, with an
 * error for each check that has not ended. Never rejects.
 */
export async function runChecks(
  checks: readonly DoctorCheck[],
  { clock, totalMs, onProgress }: RunOptions,
): Promise<CheckResult[]> {
  const over = new AbortController()
  const open = new Set(checks)
  const progress = () => onProgress?.([...new Set([...open].map(({ part }) => part))])
  const late = clock.pause(totalMs, over.signal)
  progress()
  const results = await Promise.all(
    checks.map(async check => {
      const { error } = resultsOf(check.part)
      const tooLate = late.then(() => [
        error('This check took too long, so its result is unknown.', 'Run this again.'),
      ])
      try {
        return await Promise.race([check.run(), tooLate])
      } catch (failure) {
        return [error(`This check failed (${nameOf(failure)}).`, 'Report this fault of Sitrep.')]
      } finally {
        open.delete(check)
        progress()
      }
    }),
  )
  over.abort()
  return results.flat()
}

/** Names an unexpected error by its code or its class. Its message may have a secret, so it stays unseen. */
function nameOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown }
  if (typeof code === 'string' && /^\w{1,40}$/.test(code)) return code
  return error instanceof Error ? error.constructor.name : typeof error
}
