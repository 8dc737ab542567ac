/** Calls `call` with a signal that aborts after `ms` milliseconds, or when the platform ends. */
export type Within = <T>(ms: number, call: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Time-outs for calls that must also end with `signal`. One listener for all of them: as many as
 * there are calls under way would make each new one look through the others.
 */
export function createDeadlines(signal: AbortSignal): Within {
  const open = new Set<AbortController>()
  signal.addEventListener('abort', () => {
    for (const controller of open) controller.abort()
  })
  return async (ms, call) => {
    const controller = new AbortController()
    if (signal.aborted) controller.abort()
    open.add(controller)
    const timer = setTimeout(() => controller.abort(), ms)
    try {
      return await call(controller.signal)
    } finally {
      clearTimeout(timer)
      open.delete(controller)
    }
  }
}
