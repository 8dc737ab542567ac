import type { Term } from '../platform.ts'
import { NotSent } from './retry.ts'

/** Calls `call` with a signal that aborts after `ms` milliseconds, or when the platform ends. */
export type WithTimeout = <T>(ms: number, call: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Time-outs for calls that must also end with `signal`. One listener for all of them: as many as
 * there are calls under way would make each new one look through the others. Outside of `term` nothing
 * is called, and no answer counts; of a post it does: a message that has arrived stays.
 */
export function createTimeouts(signal: AbortSignal, term?: Term, isPosting = false): WithTimeout {
  const open = new Set<AbortController>()
  signal.addEventListener('abort', () => {
    for (const controller of open) controller.abort()
  })
  return async (ms, call) => {
    if (isPosting && term?.holds() === false) throw new NotSent({ next: 'retry', code: 'over' })
    const controller = new AbortController()
    if (signal.aborted || term?.holds() === false) controller.abort()
    open.add(controller)
    const timer = setTimeout(() => controller.abort(), ms)
    try {
      const answer = await call(controller.signal)
      // Whoever acts by now has asked for the same.
      if (!isPosting && term?.holds() === false)
        throw new DOMException('The term is over.', 'AbortError')
      return answer
    } finally {
      clearTimeout(timer)
      open.delete(controller)
    }
  }
}
