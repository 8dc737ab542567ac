import type { PhrasingContent } from 'mdast'
import { visit } from 'unist-util-visit'
import type { Occurrence } from '../content/occurrences.ts'
import type { Message } from '../message.ts'
import { texts } from '../texts.ts'
import { localTime } from './local-time.ts'
import { timelineOn } from './timeline.ts'

/** The two forms of a countdown: "in 3 days", and "starts in 3 days" for a title. */
type Form = true | 'title'

/** Days, and the time of the start if an event has times. */
type Days = Pick<Occurrence, 'start' | 'end'> & Partial<Pick<Occurrence, 'at' | 'zone'>>

/** Returns the time until calendar dates, as a text that {@link refreshed} updates. Pure. */
export function countdown(
  { start, end, at, zone = 'UTC' }: Days,
  today: Temporal.PlainDate,
  relative: Form = true,
): PhrasingContent {
  const clock = at && localTime(Temporal.Instant.from(at.start), zone)
  const node = { type: 'time' as const, start, end, relative, ...(clock && { clock }) }
  return { ...node, value: distance(node, today) }
}

/**
 * Rewords the countdowns and the timelines of a message for another day: "tomorrow" becomes "began yesterday". Pure.
 */
export function refreshed(message: Message, today: Temporal.PlainDate): Message {
  const body = structuredClone(message.body)
  visit(body, 'time', node => {
    if ('start' in node && node.relative) {
      node.value = distance({ ...node, relative: node.relative }, today)
    }
  })
  visit(body, 'timeline', node => void Object.assign(node, timelineOn(node, today)))
  return { ...message, body }
}

interface Countdown {
  readonly start: string
  readonly end: string
  readonly relative: Form
  readonly clock?: string
}

function distance({ start, end, relative, clock }: Countdown, today: Temporal.PlainDate): string {
  const daysTo = (date: string) => today.until(date, { largestUnit: 'days' }).days
  const { countdown: words } = texts
  const [toStart, toEnd] = [daysTo(start), daysTo(end)]
  const days = toEnd - toStart + 1
  const day = 1 - toStart
  const at = clock === undefined ? '' : words.at(clock)
  const starts = relative === 'title' ? words.starts : words.begins
  if (toStart > 0) return starts(toStart) + (toStart === 1 ? at : '')
  if (toEnd === -1) return words.endedYesterday
  if (toEnd < -1) return words.over
  if (days === 1) return starts(0) + at
  if (toStart === 0) return clock === undefined ? words.beginsToday(days) : words.starts(0) + at
  if (toEnd === 0) return words.endsToday(days)
  return toStart === -1 ? words.beganYesterday(day, days) : words.underWay(day, days)
}
