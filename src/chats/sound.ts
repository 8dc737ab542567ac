import type { Sound } from '../store/chats/chat.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'

/**
 * Whether a post arrives without a sound. Unless the chat chose otherwise, digests and updates of sections are silent.
 * An urgent post always rings. Pure.
 */
export function isSilent(
  { kind, isUrgent }: Pick<Broadcast, 'kind' | 'isUrgent'>,
  sound?: Sound,
): boolean {
  if (isUrgent) return false
  return sound ? sound === 'silent' : kind === 'digest'
}
