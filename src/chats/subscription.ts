import { currentZone } from '../clock.ts'
import type { Rhythm, Subscription } from '../store/chats/chat.ts'
import { LATEST } from '../store/instant.ts'
import { nextDigest, owedDigest } from './next-digest.ts'
import { isLeft, reachable } from './reachability-rules.ts'

/** What can be followed beside the changes of single sections. */
export const TOPICS = ['digest', 'exercises', 'announcements'] as const

/** What a chat gets that has chosen nothing. */
export function defaults(zone: string): Subscription {
  return {
    state: 'active',
    topics: [...TOPICS],
    zone: currentZone(zone),
    cadence: 'weekly',
    hour: 9,
    weekday: 1,
    tableStyle: 'grid',
    onlyNew: false,
  }
}

/** As it is at `now`: a pause that is over has ended. */
export function withPauseExpired(subscription: Subscription, now: Temporal.Instant): Subscription {
  const { pausedUntil, ...rest } = subscription
  const isOver = pausedUntil && Temporal.Instant.compare(pausedUntil, now) <= 0
  return rest.state === 'paused' && isOver ? { ...rest, state: 'active' } : subscription
}

/** A chat that can be reached again: as it was, but for what it has missed. */
export function restored(subscription: Subscription, now: Temporal.Instant) {
  return withNextDigest(withPauseExpired(reachable(subscription, now), now), now)
}

/**
 * With the instant of its next digest, if it gets one. `before` is the chat before the change: a digest that it was
 * to get, and whose moment the change has moved into the past, comes at once. Pure.
 */
export function withNextDigest(
  subscription: Subscription,
  now: Temporal.Instant,
  before?: Subscription,
): Subscription {
  const { nextDigestAt: _, ...wanted } = subscription
  const { state, pausedUntil, digested } = wanted
  const rhythm = rhythmOf(wanted)
  if (!rhythm) return wanted
  const isPaused = state === 'paused' && pausedUntil
  const from = isPaused ? pausedUntil.subtract({ milliseconds: 1 }) : now
  const next = nextDigest(rhythm, from, digested)
  const at = before?.nextDigestAt
  if (isPaused || !at) return { ...wanted, nextDigestAt: next }
  const owed = owedDigest(rhythm, { at, zone: before.zone }, now, digested)
  const isSooner = owed && Temporal.Instant.compare(owed, next) < 0
  return { ...wanted, nextDigestAt: isSooner ? owed : next }
}

/** When a chat gets its digests; undefined if it gets none. */
function rhythmOf(wanted: Subscription): Rhythm | undefined {
  const { state, topics, ...subscription } = wanted
  const { pausedUntil, cadence, zone, hour, weekday, quiet } = subscription
  // The next digest of a suspected chat may be its next try.
  const isEndless = !pausedUntil || Temporal.Instant.compare(pausedUntil, LATEST) > 0
  const isResting = state === 'stopped' || isLeft(wanted) || (state === 'paused' && isEndless)
  if (isResting || cadence === 'instant' || !topics.includes('digest')) return undefined
  return { zone, cadence, hour, weekday, ...(quiet && { quiet }) }
}
