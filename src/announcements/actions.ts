import type { Broadcast, NewBroadcast } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/** The actions that set the state of a post, with the state that each sets. */
const STATES = { pause: 'paused', resume: 'active', cancel: 'cancelled' } as const

/**
 * Pauses, resumes or stops a post in the name of `actor`, and records the action in the audit. Idempotent. Resolves to
 * the post after the action, and to the outcome: `already` if the post had the state before, `late` if it is finished
 * or its state does not allow the action. Throws {@link StoreError}.
 */
export async function applyAction(
  broadcasts: Pick<Broadcasts, 'find' | keyof typeof STATES>,
  actor: string,
  id: number,
  act: keyof typeof STATES,
): Promise<{ outcome: 'done' | 'already' | 'late'; broadcast: Broadcast | undefined }> {
  const isDone = await broadcasts[act](id, { actor, action: `broadcast.${act}` })
  const broadcast = await broadcasts.find(id)
  const isAlready = !broadcast?.isFinished && broadcast?.state === STATES[act]
  return { outcome: isDone ? 'done' : isAlready ? 'already' : 'late', broadcast }
}

/** Hours after which an announcement expires, so that a chat whose calls always fail is not retried for ever. */
const EXPIRES_HOURS = 30 * 24

/** Returns the broadcast of an announcement whose sending starts at `at`. Pure. */
export function announcementBroadcast(
  fields: Omit<NewBroadcast, 'key' | 'kind' | 'expiresAt'>,
  at: Temporal.Instant,
): Omit<NewBroadcast, 'key'> {
  return { ...fields, kind: 'announcement', expiresAt: at.add({ hours: EXPIRES_HOURS }) }
}
