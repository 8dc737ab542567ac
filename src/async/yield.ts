import { setImmediate } from 'node:timers/promises'

/**
 * Lets requests that wait run before the caller goes on. Long work in memory and node:sqlite, which is synchronous,
 * would otherwise delay every answer.
 */
export function yieldToEventLoop(): Promise<void> {
  return setImmediate()
}
