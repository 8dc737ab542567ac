import type { RefusalDetails, UnreachableReason } from '../platform.ts'
import type { Subscription } from '../store/chats/chat.ts'

/** Hours from a refusal to the next try, by the number of refused tries; later tries use the last value. */
const PAUSES_HOURS = [1, 6, 24, 7 * 24] as const

/** Most UTF-16 units that are kept of a platform's description. */
const SAID_LENGTH = 200

/** Tells whether the platform said explicitly that the chat cannot be reached. Pure. */
export function isLeft({ gone, unreached }: Subscription): boolean {
  return gone !== undefined && unreached?.retryAt === undefined
}

/**
 * Returns the chat after a refusal at `at`; undefined if the refusal changes nothing. Concurrent posts to a suspected
 * chat count as one try. Pure.
 */
export function afterRefusal(
  before: Subscription,
  why: UnreachableReason,
  { isSure = false, right, said }: RefusalDetails,
  at: Temporal.Instant,
): Subscription | undefined {
  const { gone, unreached } = before
  const retryAt = unreached?.retryAt
  // Removing the bot from a server does not change the mark of a chat that was deleted before.
  const isKnown = isLeft(before) && (gone === why || gone === 'deleted')
  if (isSure ? isKnown : gone && !(retryAt && isOver(retryAt, at))) return undefined
  const tries = gone && unreached ? unreached.tries + 1 : 0
  const pause = PAUSES_HOURS[Math.min(tries, PAUSES_HOURS.length - 1)] ?? 0
  return {
    ...before,
    gone: why,
    unreached: {
      since: unreached?.since ?? at,
      tries,
      ...(!isSure && { retryAt: at.add({ hours: pause }) }),
      ...(right !== undefined && { right }),
      ...(said !== undefined && { said: said.slice(0, SAID_LENGTH) }),
    },
  }
}

/** Returns the chat after an inconclusive check: the next post is due as the try. Pure. */
export function afterInconclusiveCheck(before: Subscription): Subscription | undefined {
  const { unreached } = before
  if (!unreached?.retryAt) return undefined
  return { ...before, unreached: { ...unreached, retryAt: NOW } }
}

const NOW = Temporal.Instant.fromEpochMilliseconds(0)

/** Returns the chat without its unreachable mark. Keeps the period of the mark as `missed`. Pure. */
export function asReachable(
  { gone, unreached, ...subscription }: Subscription,
  at: Temporal.Instant,
): Subscription {
  if (!gone || !unreached) return subscription
  const { since, right } = unreached
  const missed = { why: gone, since, until: at, ...(right !== undefined && { right }) }
  return { ...subscription, missed }
}

/** Returns the chat without `missed`, because a post has arrived since. Pure. */
export function withoutMissed({ missed: _, ...subscription }: Subscription): Subscription {
  return subscription
}

/** Days for which a past period in which the chat was unreachable is mentioned. */
const MENTIONED_DAYS = 7

/** Returns the last period in which the chat was unreachable; undefined if it ended too long ago. Pure. */
export function recentlyMissed({ missed }: Pick<Subscription, 'missed'>, now: Temporal.Instant) {
  const isOld = missed && missed.until.until(now).total('hours') > MENTIONED_DAYS * 24
  return isOld ? undefined : missed
}

function isOver(instant: Temporal.Instant, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(instant, at) <= 0
}
