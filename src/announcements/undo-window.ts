import type { Broadcast } from '../store/ledger/broadcast.ts'

/** Longest undo window of an urgent announcement, in milliseconds. */
const URGENT_MS = 5000

interface Timing {
  readonly now: Temporal.Instant
  /** Length of the undo window, in milliseconds. */
  readonly undoWindowMs: number
  readonly isUrgent: boolean
  /** The time that the moderator chose, if any. */
  readonly at?: Temporal.Instant | undefined
}

/** Returns when an announcement starts: at the chosen time, but not before the undo window has ended. Pure. */
export function startOf({ now, undoWindowMs, isUrgent, at }: Timing): Temporal.Instant {
  const windowMs = isUrgent ? Math.min(undoWindowMs, URGENT_MS) : undoWindowMs
  const end = now.add({ milliseconds: windowMs })
  return at && Temporal.Instant.compare(at, end) > 0 ? at : end
}

/** Whether a broadcast has not started and can still be undone. Pure. */
export function canUndo(
  { startsAt, isBegun, isFinished }: Broadcast,
  now: Temporal.Instant,
): boolean {
  if (!startsAt || isBegun || isFinished) return false
  return Temporal.Instant.compare(now, startsAt) < 0
}

/** Whether a broadcast was cancelled before any chat had a row. Pure. */
export function isUnsent({ state, isBegun, isFinished, startsAt }: Broadcast): boolean {
  return startsAt !== undefined && state === 'cancelled' && isFinished && !isBegun
}
