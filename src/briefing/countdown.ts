import type { PhrasingContent } from 'mdast'
import { visit } from 'unist-util-visit'
import type { Message } from '../message.ts'
import { texts } from '../texts.ts'

/** Returns the time until calendar dates, as a text that {@link refreshed} updates. Pure. */
export function countdown(start: string, end: string, today: Temporal.PlainDate): PhrasingContent {
  return { type: 'time', start, end, relative: true, value: distance(start, end, today) }
}

/**
 * Rewords the countdowns of a message for another day: "tomorrow" becomes "began yesterday". Pure.
 */
export function refreshed(message: Message, today: Temporal.PlainDate): Message {
  const body = structuredClone(message.body)
  visit(body, 'time', node => {
    if ('start' in node && node.relative) node.value = distance(node.start, node.end, today)
  })
  return { ...message, body }
}

function distance(start: string, end: string, today: Temporal.PlainDate): string {
  const daysTo = (date: string) => today.until(date, { largestUnit: 'days' }).days
  const { countdown: words } = texts
  const [toStart, toEnd] = [daysTo(start), daysTo(end)]
  const days = toEnd - toStart + 1
  const day = 1 - toStart
  if (toStart > 1) return words.begins(toStart)
  if (toStart === 1) return words.tomorrow
  if (toEnd === -1) return words.endedYesterday
  if (toEnd < -1) return words.over
  if (days === 1) return words.today
  if (toStart === 0) return words.beginsToday(days)
  if (toEnd === 0) return words.endsToday(days)
  return toStart === -1 ? words.beganYesterday(day, days) : words.underWay(day, days)
}
