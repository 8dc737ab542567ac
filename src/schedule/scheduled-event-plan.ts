import { createHash } from 'node:crypto'
import { scheduledEvent } from '../briefing/scheduled-event.ts'
import type { Edition } from '../content/edition.ts'
import type { Occurrence } from '../content/occurrences.ts'
import type { ListedEvent, ServerEvent } from '../poster.ts'
import type { EventServer, KnownEvent } from '../store/schedule/scheduled-events.ts'
import { type ComingEvent, farEvent } from './coming-events.ts'

/** One change of a server's list of events. */
export type EventStep =
  | ({ readonly how: 'create' } & Wanted)
  /** `known` may have the subject of another time of the same day. */
  | ({ readonly how: 'change'; readonly known: OpenEvent } & Wanted)
  | { readonly how: 'cancel'; readonly known: OpenEvent }

/** An event as it should stand in a server's list. */
interface Wanted {
  /** See `Occurrence.subject`. */
  readonly subject: string
  readonly event: ServerEvent
  /** A hash of `event`. */
  readonly digest: string
}

type OpenEvent = KnownEvent & { readonly id: string }

/** Most events of a server at a time. Discord allows 100 for all members together. */
const MOST = 25

/** Least time until the start of an event that is added or changed. A platform refuses a start in the past. */
const MARGIN = { minutes: 1 } as const

/**
 * Lists the changes that a server's list of events needs, given the events that the bot has made there. `near` are those
 * of the next days in the server's zone. An event that has begun is left alone, and one that a person deleted is not made
 * again. Pure.
 */
export function planEvents(
  edition: Edition,
  { zone, isOn }: Pick<EventServer, 'zone' | 'isOn'>,
  near: readonly ComingEvent[],
  known: readonly KnownEvent[],
  now: Temporal.Instant,
): EventStep[] {
  const soon = now.add(MARGIN)
  const isComing = (at: Temporal.Instant) => Temporal.Instant.compare(at, soon) > 0
  const subjects = new Set(near.map(({ occurrence }) => occurrence.subject))
  // An event that was moved far ahead is changed in the list instead of cancelled.
  const far = known
    .filter(each => isOpen(each) && !subjects.has(each.subject))
    .flatMap(({ subject }) => farEvent(edition, subject, now.toZonedDateTimeISO(zone)) ?? [])
  const coming = (isOn ? [...near, ...far] : []).flatMap(({ occurrence, start }) =>
    isComing(start) ? [occurrence] : [],
  )
  const pairs = paired(coming, known)
  const taken = new Set(pairs.values())
  const cancelled = known
    .filter(isOpen)
    .filter(each => isComing(each.startsAt) && !taken.has(each))
    .map(each => ({ how: 'cancel' as const, known: each }))
  const open = [...taken].filter(each => isOpen(each) && isComing(each.startsAt)).length
  let room = MOST - open
  const steps = coming.flatMap((occurrence): EventStep[] => {
    const before = pairs.get(occurrence.subject)
    if (before?.state === 'deleted') return []
    const isThere = before !== undefined && isOpen(before) && isComing(before.startsAt)
    if (!isThere && room <= 0) return []
    const wanted = wantedOf(edition, occurrence)
    const isSame = before?.digest === wanted.digest && before.subject === wanted.subject
    if (isThere) return isSame ? [] : [{ how: 'change', known: before, ...wanted }]
    if (before?.state === 'refused' && isSame) return []
    room -= 1
    return [{ how: 'create', ...wanted }]
  })
  return [...cancelled, ...steps]
}

/**
 * Finds the event in a server's list that a step would create once more, because its first creation was not recorded. A
 * repeated event has the same marker each time, so its start has to match too. Pure.
 */
export function findMade(
  { event, subject }: Wanted,
  listed: readonly ListedEvent[],
  known: readonly KnownEvent[],
): ListedEvent | undefined {
  const ids = new Set(known.map(({ id }) => id))
  const isRepeated = subject.includes(' ')
  return listed.find(
    ({ id, marker, start }) =>
      !ids.has(id) && marker === event.marker && (!isRepeated || start.equals(event.start)),
  )
}

function isOpen(known: KnownEvent): known is OpenEvent {
  return known.state === 'open' && known.id !== undefined
}

/**
 * Finds the known event of each occurrence, by its subject. If the time of a repeated event was changed, the subject has
 * changed, and the known event of the same day counts.
 */
function paired(
  coming: readonly Occurrence[],
  known: readonly KnownEvent[],
): ReadonlyMap<string, KnownEvent> {
  const bySubject = new Map(known.map(each => [each.subject, each]))
  const wanted = new Set(coming.map(({ subject }) => subject))
  const left = known.filter(({ subject }) => !wanted.has(subject))
  const byDay = new Map(left.map(each => [dayOf(each.subject), each]))
  return new Map(
    coming.flatMap(({ subject }) => {
      const day = dayOf(subject)
      const found = bySubject.get(subject) ?? byDay.get(day)
      if (!found) return []
      // Another occurrence of that day must not get the same event.
      if (found.subject !== subject) byDay.delete(day)
      return [[subject, found] as const]
    }),
  )
}

function dayOf(subject: string): string {
  return subject.replace(/T[\d:]+$/, '')
}

function wantedOf(edition: Edition, occurrence: Occurrence): Wanted {
  const event = scheduledEvent(edition, occurrence)
  const digest = createHash('sha256').update(JSON.stringify(event)).digest('hex')
  return { subject: occurrence.subject, event, digest }
}
