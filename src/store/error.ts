import { UnkeptError } from '../platform.ts'

/** The store cannot do what it is asked: `message` says what to do, in a sentence for an operator. */
export class StoreError extends UnkeptError {
  override readonly name = 'StoreError'
}

/** Whether the store has failed, which it has logged: the caller may try again later. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof StoreError
}
