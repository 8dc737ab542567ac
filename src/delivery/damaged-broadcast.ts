import type { Log } from '../log.ts'
import { UNREADABLE } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/** Pauses a broadcast that is damaged in the store, and logs that once. Throws {@link StoreError}. */
export async function pauseDamaged(
  broadcasts: Pick<Broadcasts, 'pauseForFault'>,
  log: Log,
  id: number,
  err?: unknown,
): Promise<void> {
  if (!(await broadcasts.pauseForFault(id, UNREADABLE))) return
  log.error(
    { event: 'broadcast.damaged', broadcast: id, ...(err !== undefined && { err }) },
    `Paused broadcast ${id} because it’s damaged in the database. Stop it with bin/sitrep broadcast --cancel ${id}, then send it again.`,
  )
}
