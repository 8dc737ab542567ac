import type { Clock } from '../clock.ts'
import { RESTORED } from '../store/backups/restoration.ts'
import { readInstant } from '../store/instant.ts'
import type { Store } from '../store/store.ts'

/** Time after the first run on a restored database in which edits wait for approval: each calendar is read by then. */
const HOURS = 1

/** The value of {@link RESTORED} once edits are published as usual again. */
const OVER = 'over'

/**
 * Creates a function that tells whether edits wait for approval, because the database was restored from a backup:
 * subscribers may have got the update already. Call it in each run, and say whether an edit waits.
 */
export function createRestoredCheck(slots: Store['slots'], clock: Pick<Clock, 'now'>) {
  let isOver = false
  return async (isPending: boolean): Promise<boolean> => {
    if (isOver) return false
    const value = (await slots.recall(RESTORED)) ?? OVER
    const now = clock.now()
    const since = value === OVER ? undefined : (readInstant(value) ?? now)
    isOver = !since || (!isPending && since.until(now).total('hours') >= HOURS)
    if (isOver && value !== OVER) await slots.remember(RESTORED, OVER)
    else if (value === '') await slots.remember(RESTORED, now.toString())
    return !isOver
  }
}
