import { currentZone } from '../clock.ts'
import type { Rhythm, Subscription } from '../store/chats/chat.ts'
import { LATEST } from '../store/instant.ts'
import { nextDigest, owedDigest } from './digest-time.ts'
import { asReachable, isLeft } from './reachability-rules.ts'

/** The topics that a chat can follow, besides the changes of single sections. */
export const TOPICS = ['digest', 'events', 'announcements'] as const

/** Returns the settings of a chat that has chosen none. `zone` is an IANA zone. */
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

/** Returns the settings at `now`: active if the pause has expired. Pure. */
export function withPauseExpired(subscription: Subscription, now: Temporal.Instant): Subscription {
  const { pausedUntil, ...rest } = subscription
  const isOver = pausedUntil && Temporal.Instant.compare(pausedUntil, now) <= 0
  return rest.state === 'paused' && isOver ? { ...rest, state: 'active' } : subscription
}

/** Returns the settings of a chat that can be reached again, with the missed period and the next digest. Pure. */
export function restored(subscription: Subscription, now: Temporal.Instant) {
  return withNextDigest(withPauseExpired(asReachable(subscription, now), now), now)
}

/**
 * Returns the settings with the time of the next digest, if the chat gets digests. `before` holds the settings before
 * the change: if the change moved the planned digest into the past, that digest is due at once. Pure.
 */
export function withNextDigest(
  subscription: Subscription,
  now: Temporal.Instant,
  before?: Subscription,
): Subscription {
  const { nextDigestAt: _, ...settings } = subscription
  const { state, pausedUntil, digested } = settings
  const rhythm = rhythmOf(settings)
  if (!rhythm) return settings
  const isPaused = state === 'paused' && pausedUntil
  const from = isPaused ? pausedUntil.subtract({ milliseconds: 1 }) : now
  const next = nextDigest(rhythm, from, digested)
  const at = before?.nextDigestAt
  if (isPaused || !at) return { ...settings, nextDigestAt: next }
  const owed = owedDigest(rhythm, { at, zone: before.zone }, now, digested)
  const isSooner = owed && Temporal.Instant.compare(owed, next) < 0
  return { ...settings, nextDigestAt: isSooner ? owed : next }
}

/** Returns when a chat gets its digests; undefined if it gets none. */
function rhythmOf(settings: Subscription): Rhythm | undefined {
  const { state, topics, ...subscription } = settings
  const { pausedUntil, cadence, zone, hour, weekday, quiet } = subscription
  const isEndless = !pausedUntil || Temporal.Instant.compare(pausedUntil, LATEST) > 0
  // A suspected chat keeps its schedule, because the next digest may be the next try.
  const isInactive = state === 'stopped' || isLeft(settings) || (state === 'paused' && isEndless)
  if (isInactive || cadence === 'instant' || !topics.includes('digest')) return undefined
  return { zone, cadence, hour, weekday, ...(quiet && { quiet }) }
}
