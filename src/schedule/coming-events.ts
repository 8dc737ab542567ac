import { yieldToEventLoop } from '../async/yield.ts'
import { spanOf } from '../briefing/scheduled-event.ts'
import type { Edition } from '../content/edition.ts'
import { createSpanCheck, type Occurrence, occurrencesWithin } from '../content/occurrences.ts'

/** An occurrence, with the instant of its start. */
export interface ComingEvent {
  readonly occurrence: Occurrence
  readonly start: Temporal.Instant
}

/** Days ahead for which events are added to a server's list. */
const AHEAD = { days: 60 } as const

/** Most days ahead of an event that was added before: Discord accepts events of the next five years. */
const FURTHEST = { years: 4 } as const

/** Events between two yields: a daily one takes a few milliseconds. */
const BATCH = 10

/** Lists the scheduled occurrences that are not over at `from` and begin in the next 60 days, the soonest first. */
export async function comingEvents(
  { events }: Pick<Edition, 'events'>,
  from: Temporal.ZonedDateTime,
): Promise<readonly ComingEvent[]> {
  const to = from.add(AHEAD)
  const mayOverlap = createSpanCheck(from, to)
  const near = events.filter(event => event.status === 'scheduled' && mayOverlap(event))
  const found: ComingEvent[] = []
  for (const [index, event] of near.entries()) {
    found.push(...occurrencesWithin(event, from, to).map(withStart))
    if (index % BATCH === BATCH - 1) await yieldToEventLoop()
  }
  return found.sort((a, b) => Temporal.Instant.compare(a.start, b.start))
}

/** Returns the only occurrence of an event that begins more than 60 days ahead; undefined if there is none. Pure. */
export function farEvent(
  { events }: Pick<Edition, 'events'>,
  id: string,
  from: Temporal.ZonedDateTime,
): ComingEvent | undefined {
  const event = events.find(each => each.id === id)
  if (event?.status !== 'scheduled' || event.repeat !== undefined) return undefined
  return occurrencesWithin(event, from, from.add(FURTHEST)).map(withStart)[0]
}

function withStart(occurrence: Occurrence): ComingEvent {
  return { occurrence, start: spanOf(occurrence).start }
}
