import type { Context } from 'hono'
import { currentZone } from '../../clock.ts'
import type { Message } from '../../message.ts'
import { renderDiscord } from '../../render/discord.ts'
import { renderTelegram } from '../../render/telegram.ts'

/** What would be posted between two days, as somebody has typed them; or what is wrong with them. */
export type Planning = (from?: string, to?: string) => Promise<Planned | string>

interface Days {
  readonly from: Temporal.PlainDate
  readonly to: Temporal.PlainDate
}

interface Planned extends Days {
  readonly today: Temporal.PlainDate
  /** Around all exercises, where there are any. */
  readonly exercises?: Days
  /** IANA zone. */
  readonly zone: string
  readonly posts: readonly PlannedPost[]
}

interface PlannedPost {
  readonly at: Temporal.Instant
  /** The same by the clock of the zone, in words. */
  readonly local: string
  readonly kind: string
  readonly title: string
  readonly why: string
  readonly message: Message
}

/** Answers with the posts of a span, each as both platforms would show it. */
export function servePlan(plan: Planning) {
  return async (context: Context): Promise<Response> => {
    const planned = await plan(context.req.query('from'), context.req.query('to'))
    if (typeof planned === 'string') return context.text(planned, 400)
    const { zone, posts, exercises, today } = planned
    return context.json({
      ...written(planned),
      ...{ zone: currentZone(zone), today: today.toString() },
      ...(exercises && { exercises: written(exercises) }),
      posts: posts.map(({ at, local, kind, title, why, message }) => ({
        ...{ at: at.epochMilliseconds, local, kind, title, why },
        discord: renderDiscord(message),
        telegram: renderTelegram(message),
      })),
    })
  }
}

function written({ from, to }: Days) {
  return { from: from.toString(), to: to.toString() }
}
