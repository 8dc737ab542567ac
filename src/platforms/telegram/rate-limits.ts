import type { Limits } from '../../poster.ts'

const SECOND = { most: 1, withinMs: 1050 }
const MINUTE = { most: 20, withinMs: 61_000 }

/**
 * The limits of Telegram's FAQ for bots: about 30 messages a second, one a second in a chat, 20 a minute in a group.
 * Two requests may arrive closer together than they left, so each period is a little longer. Telegram has no
 * idempotency keys.
 */
export const TELEGRAM_LIMITS: Limits = {
  ceiling: 30,
  // Groups and channels have negative ids.
  chat: address => (address.startsWith('-') ? [SECOND, MINUTE] : [SECOND]),
  knownMs: 0,
}
