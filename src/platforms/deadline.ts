import type { Term } from '../platform.ts'

/** Calls `call` with a signal that aborts after `ms` milliseconds, or when the platform ends. */
export type Within = <T>(ms: number, call: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Time-outs for calls that must also end with `signal`. One listener for all of them: as many as
 * there are calls under way would make each new one look through the others. Outside of `term` nothing
 * is called, and no answer counts.
 */
export function createDeadlines(signal: AbortSignal, term?: Term): Within {
  const open = new Set<AbortController>()
  signal.addEventListener('abort', () => {
    for (const controller of open) controller.abort()
  })
  return async (ms, call) => {
    const controller = new AbortController()
    if (signal.aborted || term?.holds() === false) controller.abort()
    open.add(controller)
    const timer = setTimeout(() => controller.abort(), ms)
    try {
      const answer = await call(controller.signal)
      // Whoever acts by now has asked for the same.
      if (term?.holds() === false) throw new DOMException('The term is over.', 'AbortError')
      return answer
    } finally {
      clearTimeout(timer)
      open.delete(controller)
    }
  }
}
