import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'

/** The options that all checks of an installation share. */
export interface DoctorContext {
  readonly config: Config
  readonly clock: Clock
  /** Longest wait for one response, in milliseconds. */
  readonly timeoutMs: number
  /** Ends the checks. */
  readonly signal: AbortSignal
}
