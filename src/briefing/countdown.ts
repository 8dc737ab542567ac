import type { PhrasingContent } from 'mdast'
import { visit } from 'unist-util-visit'
import type { Message } from '../message.ts'
import { texts } from '../texts.ts'

/** The two forms of a countdown: "in 3 days", and "starts in 3 days" for a title. */
type Form = true | 'title'

/** Returns the time until calendar dates, as a text that {@link refreshed} updates. Pure. */
export function countdown(
  { start, end }: { readonly start: string; readonly end: string },
  today: Temporal.PlainDate,
  relative: Form = true,
): PhrasingContent {
  return { type: 'time', start, end, relative, value: distance(start, end, today, relative) }
}

/**
 * Rewords the countdowns of a message for another day: "tomorrow" becomes "began yesterday". Pure.
 */
export function refreshed(message: Message, today: Temporal.PlainDate): Message {
  const body = structuredClone(message.body)
  visit(body, 'time', node => {
    if ('start' in node && node.relative) {
      node.value = distance(node.start, node.end, today, node.relative)
    }
  })
  return { ...message, body }
}

function distance(start: string, end: string, today: Temporal.PlainDate, form: Form): string {
  const daysTo = (date: string) => today.until(date, { largestUnit: 'days' }).days
  const { countdown: words } = texts
  const [toStart, toEnd] = [daysTo(start), daysTo(end)]
  const days = toEnd - toStart + 1
  const day = 1 - toStart
  if (toStart > 0) return form === 'title' ? words.starts(toStart) : words.begins(toStart)
  if (toEnd === -1) return words.endedYesterday
  if (toEnd < -1) return words.over
  if (days === 1) return form === 'title' ? words.starts(0) : words.begins(0)
  if (toStart === 0) return words.beginsToday(days)
  if (toEnd === 0) return words.endsToday(days)
  return toStart === -1 ? words.beganYesterday(day, days) : words.underWay(day, days)
}
