/** The health of one component, as `/readyz` reports it. */
export interface ComponentHealth {
  readonly status: string
  /** The reason for a degraded state, in a sentence for the operator. */
  readonly reason?: string
  /** Whether the component works for users. */
  readonly ready: boolean
}

/** Reports the process as ready if every component is. */
export function readiness(parts: Readonly<Record<string, ComponentHealth>>) {
  const ready = Object.values(parts).every(part => part.ready)
  return { ready, report: { ready, parts } }
}
