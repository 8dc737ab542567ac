import { setImmediate } from 'node:timers/promises'

/**
 * Lets pending requests run before the caller continues. Long work in memory, and node:sqlite, which is synchronous,
 * would otherwise delay every answer.
 */
export function yieldToEventLoop(): Promise<void> {
  return setImmediate()
}
