import type { Context } from 'hono'
import { currentZone } from '../../clock.ts'
import type { Message } from '../../message.ts'
import { renderDiscord } from '../../render/discord.ts'
import { renderTelegram } from '../../render/telegram.ts'
import type { ShownPictures } from './pictures.ts'
import type { Preview } from './protocol.ts'
import { tablesSchema } from './view.ts'

/** Resolves to the posts between two days as the user typed them; to an error in words if a day is invalid. */
export type PlanQuery = (from?: string, to?: string) => Promise<PlannedSpan | string>

interface Days {
  readonly from: Temporal.PlainDate
  readonly to: Temporal.PlainDate
}

interface PlannedSpan extends Days {
  readonly today: Temporal.PlainDate
  /** First and last day of all events; absent if there are none. */
  readonly allDays?: Days
  /** The events within the span. */
  readonly events: readonly {
    readonly name: string
    readonly start: string
    readonly end: string
  }[]
  /** The words for events; absent if the edition has no file of events. */
  readonly eventNames?: { readonly one: string; readonly many: string } | undefined
  /** `YYYY-MM-DD` or `YYYY-MM`: the day or month up to which the facts are known. */
  readonly asOf: string
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

/**
 * Creates the handler that answers with the posts of a span, each rendered for both platforms. Pictures are drawn once
 * the page shows them: a span of years has hundreds.
 */
export function servePlan(plan: PlanQuery, pictures: Pick<ShownPictures, 'named'>) {
  return async (context: Context): Promise<Response> => {
    const planned = await plan(context.req.query('from'), context.req.query('to'))
    const { data: style } = tablesSchema.safeParse(context.req.query('tables'))
    if (typeof planned === 'string') return context.text(planned, 400)
    const { posts, allDays, events, eventNames, today, asOf } = planned
    const zone = currentZone(planned.zone)
    const preview: Preview = {
      ...isoDays(planned),
      ...{ zone, asOf },
      today: today.toString(),
      ...(eventNames && { words: { one: eventNames.one, many: eventNames.many } }),
      ...(allDays && { allDays: isoDays(allDays) }),
      events: events.map(({ name, start, end }) => ({ name, from: start, to: end })),
      posts: posts.map(({ at, local, kind, title, why, message }) => ({
        at: at.epochMilliseconds,
        day: at.toZonedDateTimeISO(zone).toPlainDate().toString(),
        ...{ local, kind, title, why },
        ...pictures.named({
          discord: renderDiscord(message, style),
          telegram: renderTelegram(message, style),
        }),
      })),
    }
    return context.json(preview)
  }
}

function isoDays({ from, to }: Days) {
  return { from: from.toString(), to: to.toString() }
}
