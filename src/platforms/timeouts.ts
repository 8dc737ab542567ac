import type { Term } from '../platform.ts'
import { NotSent } from './retry.ts'

/** Makes a call with a controller that aborts after `ms` milliseconds, or when the platform stops. */
export type WithTimeout = <T>(
  ms: number,
  call: (controller: AbortController) => Promise<T>,
) => Promise<T>

/**
 * Creates time-outs for calls that must also end with `signal`. All calls share one listener on `signal`, because
 * adding a listener scans those that exist. Outside of `term`, a post rejects with {@link NotSent} and every other call
 * is aborted. A response that arrives after the term counts for a post, since the message exists, and for nothing else.
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
      const answer = await call(controller)
      // The new lease holder makes this call itself.
      if (!isPosting && term?.holds() === false)
        throw new DOMException('The term is over.', 'AbortError')
      return answer
    } finally {
      clearTimeout(timer)
      open.delete(controller)
    }
  }
}
