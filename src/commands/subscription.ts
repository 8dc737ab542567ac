import { currentZone } from '../clock.ts'
import { nextDigest } from '../schedule/due.ts'
import type { Subscription } from '../store/chat.ts'

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
export function awake(subscription: Subscription, now: Temporal.Instant): Subscription {
  const { pausedUntil, ...rest } = subscription
  const isOver = pausedUntil && Temporal.Instant.compare(pausedUntil, now) <= 0
  return rest.state === 'paused' && isOver ? { ...rest, state: 'active' } : subscription
}

/** A chat that can be reached again: as it was, but for what it has missed. */
export function back({ gone: _, ...subscription }: Subscription, now: Temporal.Instant) {
  return planned(awake(subscription, now), now)
}

/** With the instant of its next digest, where it gets one. */
export function planned(subscription: Subscription, now: Temporal.Instant): Subscription {
  const { nextDigestAt: _, ...wanted } = subscription
  const { state, pausedUntil, gone, cadence, topics, digestedAt } = wanted
  const isResting = state === 'stopped' || gone || (state === 'paused' && !pausedUntil)
  if (isResting || cadence === 'instant' || !topics.includes('digest')) return wanted
  const from = state === 'paused' && pausedUntil ? pausedUntil.subtract({ milliseconds: 1 }) : now
  // Where the clock was set back, today's digest does not come again; where it was far ahead, it does.
  const isAhead = digestedAt && Temporal.Instant.compare(digestedAt, from) > 0
  const isFar = digestedAt && from.until(digestedAt).total('hours') > 24
  const after = isAhead && !isFar ? digestedAt : from
  return { ...wanted, nextDigestAt: nextDigest({ ...wanted, cadence }, after) }
}
