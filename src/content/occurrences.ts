import type { RRuleTemporal } from 'rrule-temporal'
import { knownZone } from '../clock.ts'
import type { CalendarEvent, Edition } from './edition.ts'
import { ruleOf, uncounted } from './repeat.ts'

/**
 * An event, or one occurrence of a repeated event, by the clock of a reader: `start` and `end` are ISO dates in the
 * reader's zone, both included.
 */
export interface Occurrence extends CalendarEvent {
  /** IANA zone of the reader. */
  readonly zone: string
  /** The instants of an event with times (RFC 3339); absent if it takes whole days. */
  readonly at?: { readonly start: string; readonly end: string }
  /** Whether its start has come, also after its end. */
  readonly hasBegun: boolean
  /** Whether its end has passed. */
  readonly isOver: boolean
  /** Names the occurrence: the id of its event and, if that repeats, the local start. */
  readonly subject: string
}

/** An edition whose events are by the clock of a reader. */
export type LocalEdition = Edition<Occurrence>

/** Whether an event has times of day. Pure. */
export function isTimed({ start }: Pick<CalendarEvent, 'start'>): boolean {
  return start.includes('T')
}

/**
 * Returns the occurrences of an event that are not over at `from` and begin before `to`, the oldest first. Whole days
 * are days of the zone of `from`. Pure.
 */
export function occurrencesWithin(
  event: CalendarEvent,
  from: Temporal.ZonedDateTime,
  to: Temporal.ZonedDateTime,
): Occurrence[] {
  const { all, first, last } = startsAround(event, from, to)
  const near = event.repeat === undefined ? all : all.filter(each => first <= each && each <= last)
  return near
    .map(start => occurrence(event, start, from))
    .filter(each => !each.isOver && beginsBefore(each, to))
}

/** Most days by which an event may begin or end earlier or later for a reader than by its own clock. */
export const DAYS_APART = { days: 2 } as const

/**
 * Creates a quick check: whether an event may have an occurrence for {@link occurrencesWithin}. It compares texts alone,
 * because most of thousands of events are far away. Pure.
 */
export function createSpanCheck(from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime) {
  const first = from.toPlainDate().subtract(DAYS_APART).toString()
  const last = to.toPlainDate().add(DAYS_APART).toString()
  // Dates and local times sort as text.
  return ({ start, end, repeat }: CalendarEvent) =>
    start <= last && (repeat !== undefined || end >= first)
}

/** Returns the occurrence under way at a moment, or else the next one, or else the last. Pure. */
export function occurrenceAt(event: CalendarEvent, now: Temporal.ZonedDateTime): Occurrence {
  const { rule } = known(event)
  if (!rule) return occurrence(event, event.start, now)
  const { all, first } = startsAround(event, now, now)
  for (const start of all) {
    const each = start < first ? undefined : occurrence(event, start, now)
    if (each && !each.isOver) return each
  }
  const local = inUtc(now).add(DAYS_APART)
  const start = searched(() => rule.next(local)) ?? searched(() => rule.previous(local))
  return occurrence(event, start ? writtenAs(event, start) : event.start, now)
}

/** Returns the occurrence on a day or the next one after it, by the event's own clock. Pure. */
export function occurrenceOn(event: CalendarEvent, day: Temporal.PlainDate): Occurrence {
  return occurrenceAt(event, day.toZonedDateTime(knownZone(event.zone ?? 'UTC')))
}

/** Whether an event takes place at all: its exceptions may name each of its days. Pure. */
export function hasOccurrence(event: CalendarEvent): boolean {
  const { rule } = known(event)
  const first = localStart(event).toZonedDateTime('UTC')
  return !rule || searched(() => rule.next(first, true)) !== undefined
}

/** The editions by the clocks of readers: by the zone and, if events have times, by the minute. */
const localEditions = new WeakMap<Edition, Map<string, LocalEdition>>()

/** Most clocks for which an edition is kept. */
const KEPT = 50

/** Returns an edition by the clock of a reader. Events with times are as of the minute of `now`. Pure. */
export function localEdition(edition: Edition, now: Temporal.ZonedDateTime): LocalEdition {
  const kept = localEditions.get(edition) ?? new Map<string, LocalEdition>()
  localEditions.set(edition, kept)
  const zone = now.timeZoneId
  const key = `${zone} ${clockKey(edition, { now, zone, today: now.toPlainDate() })}`
  const known = kept.get(key)
  if (known) return known
  if (kept.size >= KEPT) kept.clear()
  const local = { ...edition, events: edition.events.map(event => occurrenceAt(event, now)) }
  kept.set(key, local)
  return local
}

/** A moment by the clock of a reader. */
export interface LocalMoment {
  readonly now: Pick<Temporal.Instant, 'epochMilliseconds'>
  /** IANA zone. */
  readonly zone: string
  /** The day of `now` in the zone. */
  readonly today: Temporal.PlainDate
}

/**
 * Returns what answers about an edition depend on: the day and, if events have times, the minute and the zone. Answers
 * with the same key are the same. Pure.
 */
export function clockKey({ events }: Edition, { now, zone, today }: LocalMoment): string {
  if (!events.some(isTimed)) return today.toString()
  return `${zone} ${Math.floor(now.epochMilliseconds / 60_000)}`
}

const localStart = ({ start }: CalendarEvent) => Temporal.PlainDateTime.from(start)

function lengthOf(event: CalendarEvent): Temporal.Duration {
  return localStart(event).until(event.end)
}

function occurrence(event: CalendarEvent, start: string, now: Temporal.ZonedDateTime): Occurrence {
  const subject = event.repeat === undefined ? event.id : `${event.id} ${start}`
  const from = Temporal.PlainDateTime.from(start)
  const to = from.add(lengthOf(event))
  const common = { ...event, zone: now.timeZoneId, subject }
  if (!isTimed(event)) {
    const [end, today] = [to.toPlainDate().toString(), now.toPlainDate().toString()]
    return { ...common, start, end, hasBegun: start <= today, isOver: end < today }
  }
  const zone = knownZone(event.zone ?? 'UTC')
  const [begins, ends] = [from, to].map(local =>
    local.toZonedDateTime(zone).withTimeZone(now.timeZoneId),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime]
  // An event until midnight does not reach into the next day.
  const last = ends.subtract({ nanoseconds: 1 })
  return {
    ...common,
    start: begins.toPlainDate().toString(),
    end: last.toPlainDate().toString(),
    at: { start: begins.toInstant().toString(), end: ends.toInstant().toString() },
    hasBegun: Temporal.ZonedDateTime.compare(begins, now) <= 0,
    isOver: Temporal.ZonedDateTime.compare(ends, now) <= 0,
  }
}

function beginsBefore({ start, at }: Occurrence, to: Temporal.ZonedDateTime): boolean {
  const begins = at
    ? Temporal.Instant.from(at.start)
    : Temporal.PlainDate.from(start).toZonedDateTime(to.timeZoneId).toInstant()
  return Temporal.Instant.compare(begins, to.toInstant()) < 0
}

/** The rule of a repeated event, and its local starts in the months that were asked for. */
interface KnownRule {
  readonly rule: RRuleTemporal | undefined
  readonly months: Map<string, readonly string[]>
}

const knownRules = new WeakMap<CalendarEvent, KnownRule>()

/** Most spans of months for which the starts of an event are kept: those of answers, reminders and a plan. */
const KEPT_MONTHS = 4

function known(event: CalendarEvent): KnownRule {
  const found = knownRules.get(event) ?? {
    rule: ruleOf({ ...event, repeat: uncounted(event) }),
    months: new Map(),
  }
  knownRules.set(event, found)
  return found
}

/** Local starts in the form of the event's own, which sort as text. */
interface Starts {
  /** The occurrences of the months around a span, the oldest first. */
  readonly all: readonly string[]
  /** The first start that may not be over at the beginning of the span, for a reader anywhere. */
  readonly first: string
  /** The last start that may lie before the end of the span, for a reader anywhere. */
  readonly last: string
}

function startsAround(
  event: CalendarEvent,
  from: Temporal.ZonedDateTime,
  to: Temporal.ZonedDateTime,
): Starts {
  const first = inUtc(from).subtract(lengthOf(event)).subtract(DAYS_APART)
  const last = inUtc(to).add(DAYS_APART)
  const edges = { first: writtenAs(event, first), last: writtenAs(event, last) }
  const { rule, months } = known(event)
  if (!rule) return { all: [event.start], ...edges }
  const key = `${edges.first.slice(0, MONTH)} ${edges.last.slice(0, MONTH)}`
  const all = months.get(key) ?? startsOf(event, rule, first, last)
  if (months.size >= KEPT_MONTHS) months.clear()
  months.set(key, all)
  return { all, ...edges }
}

const MONTH = 'YYYY-MM'.length

/** Returns the starts of whole months. */
function startsOf(
  event: CalendarEvent,
  rule: RRuleTemporal,
  first: Temporal.ZonedDateTime,
  last: Temporal.ZonedDateTime,
): string[] {
  const [begin, end] = [first.with({ day: 1 }), last.with({ day: 1 }).add({ months: 1 })].map(
    each => each.startOfDay(),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime]
  const starts = searched(() => rule.between(begin, end, true)) ?? []
  return starts.map(start => writtenAs(event, start))
}

/** Rules calculate with local times as if in UTC, where no hour is missing. */
function inUtc(time: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return time.toPlainDateTime().toZonedDateTime('UTC')
}

/** Writes a start in the form of the event's own. */
function writtenAs(event: CalendarEvent, start: Temporal.ZonedDateTime): string {
  const local = start.toPlainDateTime()
  return isTimed(event)
    ? local.toString({ smallestUnit: 'minute' })
    : local.toPlainDate().toString()
}

/** Returns what a rule finds; undefined if it finds nothing, or gives up because no day fulfils it. */
function searched<T>(search: () => T | null): T | undefined {
  try {
    return search() ?? undefined
  } catch {
    return undefined
  }
}
