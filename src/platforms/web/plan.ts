import type { Context } from 'hono'
import { currentZone } from '../../clock.ts'
import type { Message } from '../../message.ts'
import { renderDiscord } from '../../render/discord.ts'
import { renderTelegram } from '../../render/telegram.ts'

/** Resolves to the posts between two days as the user typed them; to an error in words if a day is invalid. */
export type PlanQuery = (from?: string, to?: string) => Promise<PlannedSpan | string>

interface Days {
  readonly from: Temporal.PlainDate
  readonly to: Temporal.PlainDate
}

interface PlannedSpan extends Days {
  readonly today: Temporal.PlainDate
  /** First and last day of all exercises; absent if there are none. */
  readonly exercises?: Days
  /** IANA zone. */
  readonly zone: string
  readonly posts: readonly PlannedPost[]
}

interface PlannedPost {
  readonly at: Temporal.Instant
  /** The same instant in the zone's local time, in words. */
  readonly local: string
  readonly kind: string
  readonly title: string
  readonly why: string
  readonly message: Message
}

/** Creates the handler that answers with the posts of a span, each rendered for both platforms. */
export function servePlan(plan: PlanQuery) {
  return async (context: Context): Promise<Response> => {
    const planned = await plan(context.req.query('from'), context.req.query('to'))
    if (typeof planned === 'string') return context.text(planned, 400)
    const { zone, posts, exercises, today } = planned
    return context.json({
      ...isoDays(planned),
      zone: currentZone(zone),
      today: today.toString(),
      ...(exercises && { exercises: isoDays(exercises) }),
      posts: posts.map(({ at, local, kind, title, why, message }) => ({
        at: at.epochMilliseconds,
        local,
        kind,
        title,
        why,
        discord: renderDiscord(message),
        telegram: renderTelegram(message),
      })),
    })
  }
}

function isoDays({ from, to }: Days) {
  return { from: from.toString(), to: to.toString() }
}
