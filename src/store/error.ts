import { StoreUnavailableError } from '../platform.ts'

/** A failure of the store. `message` tells the operator in one sentence what to do. */
export class StoreError extends StoreUnavailableError {
  override readonly name = 'StoreError'
}

/** Whether an error is a failure of the store. The store has logged the failure, and the caller may retry later. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof StoreError
}

/** Ignores a failure of the store, which the store has logged. Rethrows any other error. */
export function ignoreStoreError(error: unknown): undefined {
  if (!isStoreError(error)) throw error
}
