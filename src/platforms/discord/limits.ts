import type { Limits } from '../../poster.ts'

/**
 * Discord's documentation: 50 requests a second; by its headers, about five messages in a channel within five
 * seconds. Discord compares a nonce "for a few minutes": two are sure, and a message may take twenty seconds
 * from the claim to its arrival.
 */
export const DISCORD_LIMITS: Limits = {
  ceiling: 50,
  chat: () => [{ most: 5, withinMs: 5250 }],
  knownMs: 100_000,
}
