/** What `/readyz` says of one part of the bot. */
export interface ComponentHealth {
  readonly status: string
  /** Why it is not at its best, in a sentence for an operator. */
  readonly reason?: string
  /** Whether people get from it what they came for. */
  readonly ready: boolean
}

/** Ready is whoever has every part ready. */
export function readiness(parts: Readonly<Record<string, ComponentHealth>>) {
  const ready = Object.values(parts).every(part => part.ready)
  return { ready, report: { ready, parts } }
}
