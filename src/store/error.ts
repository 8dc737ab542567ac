/** The store cannot do what it is asked: `message` says what to do, in a sentence for an operator. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
