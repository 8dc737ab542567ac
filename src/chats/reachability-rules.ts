import type { Gone, Refused } from '../platform.ts'
import type { Subscription } from '../store/chats/chat.ts'

/** Hours from a refusal to the next try, by the number of refused tries; the last one holds from then on. */
const PAUSES_HOURS = [1, 6, 24, 7 * 24] as const

/** Most UTF-16 units that are kept of a platform's description. */
const SAID_LENGTH = 200

/** Whether the platform has said in so many words that the chat cannot be reached. Pure. */
export function isLeft({ gone, unreached }: Subscription): boolean {
  return gone !== undefined && unreached?.retryAt === undefined
}

/**
 * The chat after a refusal at `at`; undefined if the refusal tells nothing new. A suspected chat counts one try
 * at a time: posts that were under way together are one. Pure.
 */
export function refused(
  before: Subscription,
  why: Gone,
  { isSure = false, right, said }: Refused,
  at: Temporal.Instant,
): Subscription | undefined {
  const { gone, unreached } = before
  const retryAt = unreached?.retryAt
  // A place that was deleted stays so if the bot is removed from its server.
  const isKnown = isLeft(before) && (gone === why || gone === 'deleted')
  if (isSure ? isKnown : gone && !(retryAt && isOver(retryAt, at))) return undefined
  const tries = gone && unreached ? unreached.tries + 1 : 0
  const pause = PAUSES_HOURS[Math.min(tries, PAUSES_HOURS.length - 1)] ?? 0
  return {
    ...before,
    gone: why,
    unreached: {
      ...{ since: unreached?.since ?? at, tries },
      ...(!isSure && { retryAt: at.add({ hours: pause }) }),
      ...(right !== undefined && { right }),
      ...(said !== undefined && { said: said.slice(0, SAID_LENGTH) }),
    },
  }
}

/** The chat after a check that could not tell: the next post is the try. Pure. */
export function unproven(before: Subscription): Subscription | undefined {
  const { unreached } = before
  if (!unreached?.retryAt) return undefined
  return { ...before, unreached: { ...unreached, retryAt: NOW } }
}

const NOW = Temporal.Instant.fromEpochMilliseconds(0)

/** The chat without its mark, which is kept as a time in which nothing could arrive. Pure. */
export function reachable(
  { gone, unreached, ...subscription }: Subscription,
  at: Temporal.Instant,
): Subscription {
  if (!gone || !unreached) return subscription
  const { since, right } = unreached
  const missed = { why: gone, since, until: at, ...(right !== undefined && { right }) }
  return { ...subscription, missed }
}

/** The chat after a post: a time in which nothing arrived is over, and is not shown any more. Pure. */
export function upToDate({ missed: _, ...subscription }: Subscription): Subscription {
  return subscription
}

function isOver(instant: Temporal.Instant, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(instant, at) <= 0
}
