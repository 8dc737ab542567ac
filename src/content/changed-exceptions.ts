import type { EventChange } from './diff.ts'

/** The dates by which a change of a repeated event differs from its rule alone. */
interface ChangedExceptions {
  /** The ISO dates on which the event no longer takes place. */
  readonly removed: readonly string[]
  /** The ISO dates on which it takes place again. */
  readonly restored: readonly string[]
}

/** Returns the exceptions that a change adds and takes out; none if it changes the dates of all occurrences. Pure. */
export function changedExceptions({ kind, before, after }: EventChange): ChangedExceptions {
  if (kind !== 'changed' || before.repeat === undefined) return { removed: [], restored: [] }
  const [was, is] = [new Set(before.except), new Set(after.except)]
  return { removed: [...is.difference(was)].sort(), restored: [...was.difference(is)].sort() }
}
