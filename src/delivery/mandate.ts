import type { Term } from '../platform.ts'

/** The right to send: a term, and what the store knows it by. */
export interface Mandate extends Term {
  readonly epoch: number
  /** The lease's name. */
  readonly lease: string
}
