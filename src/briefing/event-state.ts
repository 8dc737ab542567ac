import type { Occurrence } from '../content/occurrences.ts'
import type { EventState } from '../picture.ts'
import { texts } from '../texts.ts'

/** Whether an event is over. A postponed event is not: it waits for new dates. Pure. */
export function isPast({ isOver, status }: Occurrence): boolean {
  return status !== 'postponed' && isOver
}

/** Returns the state of an event by the clock of its reader. Pure. */
export function stateOf(event: Occurrence): EventState {
  if (event.status !== 'scheduled') return event.status
  if (isPast(event)) return 'past'
  return event.hasBegun ? 'running' : 'upcoming'
}

/** Returns the state of an event in words, such as a countdown. `at`: see {@link Occurrence}. Pure. */
export function stateInWords(
  state: EventState,
  { start, end, at }: Pick<Occurrence, 'start' | 'end' | 'at'>,
  today: Temporal.PlainDate,
): string {
  const untilStart = today.until(start, { largestUnit: 'days' }).days
  if (state === 'upcoming') return texts.status.upcoming(untilStart)
  if (state !== 'running') return texts.status[state]
  const days = Temporal.PlainDate.from(start).until(end, { largestUnit: 'days' }).days + 1
  return at && days === 1 ? texts.status.now : texts.status.underWay(1 - untilStart, days)
}

/** Sorts events by their start, past ones behind the others. Pure. */
export function comingFirst(events: readonly Occurrence[]): Occurrence[] {
  const sorted = byStart(events)
  return [...sorted.filter(event => !isPast(event)), ...sorted.filter(isPast)]
}

/** Sorts events by their start; those of whole days come first on a day. Pure. */
export function byStart<Event extends Pick<Occurrence, 'start' | 'at'>>(
  events: readonly Event[],
): Event[] {
  // ISO dates and instants in UTC sort as text.
  const key = ({ start, at }: Event) => `${start} ${at?.start ?? ''}`
  return events.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? -1 : 1))
}
