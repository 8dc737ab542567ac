import type { Occurrence } from '../content/occurrences.ts'
import { plainText } from '../content/plain-text.ts'
import { paragraph, type Timeline } from '../message.ts'
import type { DrawnEvent, EventState } from '../picture.ts'
import { texts } from '../texts.ts'
import { eventDates } from './event-dates.ts'
import { byStart, isPast, stateInWords, stateOf } from './event-state.ts'

/** Most events of a timeline: three images, each as tall as a phone. Of more events, a timeline shows one image. */
const [ALL, SOME] = [30, 12]

/**
 * Returns the timeline of the running and the coming events, or of the first of them. The most recent past events
 * take the rest of the room, and at most `past` of them. Empty without events. Pure.
 */
export function timeline(
  events: readonly Occurrence[],
  today: Temporal.PlainDate,
  past = ALL,
): Timeline[] {
  const most = events.length > ALL ? SOME : ALL
  const coming = byStart(events.filter(event => !isPast(event))).slice(0, most)
  const room = Math.min(past, most - coming.length)
  const recent = newestFirst(events.filter(isPast)).slice(0, room)
  const chosen = byStart([...recent, ...coming])
  if (chosen.length === 0) return []
  const drawn = chosen.map(event => {
    const { name, start, end } = event
    const dates = plainText(paragraph(...eventDates(event)))
    const state = stateOf(event)
    return { name, start, end, dates, state, stateText: stateInWords(state, event, today) }
  })
  return [{ type: 'timeline', ...dated(today), events: drawn }]
}

/**
 * Returns a timeline as it reads on another day. It knows the dates of events and no times, so an event of today may
 * still be upcoming. Pure.
 */
export function timelineOn(timeline: Timeline, today: Temporal.PlainDate): Timeline {
  if (timeline.today === today.toString()) return timeline
  const events = timeline.events.map(event => {
    const state = stateOn(event, today.toString())
    return { ...event, state, stateText: stateInWords(state, event, today) }
  })
  return { ...timeline, ...dated(today), events }
}

function stateOn({ state, start, end }: DrawnEvent, today: string): EventState {
  if (state === 'postponed' || state === 'cancelled') return state
  if (end < today) return 'past'
  return start < today ? 'running' : 'upcoming'
}

function dated(today: Temporal.PlainDate): Pick<Timeline, 'today' | 'todayText'> {
  return { today: today.toString(), todayText: texts.events.today(today.toString()) }
}

function newestFirst(events: readonly Occurrence[]): Occurrence[] {
  return events.toSorted((a, b) => (a.end === b.end ? 0 : a.end < b.end ? 1 : -1))
}
