import type { Limits } from '../../poster.ts'

/**
 * Discord's documentation allows 50 requests a second. Its headers allow about five messages in a channel within
 * five seconds. Discord compares a nonce "for a few minutes", at least two. A message may take 20 s from the claim to
 * its arrival, so `knownMs` is 20 s less than two minutes.
 */
export const DISCORD_LIMITS: Limits = {
  ceiling: 50,
  chat: () => [{ most: 5, withinMs: 5250 }],
  knownMs: 100_000,
}
