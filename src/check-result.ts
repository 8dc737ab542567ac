/** How serious a result of `doctor` is. An `error` is something that a start or a post fails for. */
export type CheckLevel = 'ok' | 'warning' | 'error'

/** One line of `doctor`. */
export interface CheckResult {
  /** The part that was checked: `database`, `telegram`. */
  readonly part: string
  readonly level: CheckLevel
  /** The finding, in a sentence. */
  readonly text: string
  /** The advice to the operator, in a sentence. */
  readonly fix?: string
}

/** Makes the results of one part. */
export interface ResultsOf {
  ok(text: string): CheckResult
  warning(text: string, fix?: string): CheckResult
  error(text: string, fix?: string): CheckResult
}

/** Returns the makers of the results of a part. Pure. */
export function resultsOf(part: string): ResultsOf {
  const make = (level: CheckLevel) => (text: string, fix?: string) => ({
    part,
    level,
    text,
    ...(fix !== undefined && { fix }),
  })
  return { ok: make('ok'), warning: make('warning'), error: make('error') }
}
