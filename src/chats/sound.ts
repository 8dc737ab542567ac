import type { Sound } from '../store/chats/chat.ts'

/**
 * Whether a post arrives without a sound. Unless the chat chose otherwise, digests and updates of sections are silent.
 * An urgent post always rings. Pure.
 */
export function isSilent(
  { kind, isUrgent }: { readonly kind: string; readonly isUrgent: boolean },
  sound?: Sound,
): boolean {
  if (isUrgent) return false
  return sound ? sound === 'silent' : kind === 'digest'
}
