import { knownZone } from '../clock.ts'
import type { Exercise } from '../content/edition.ts'
import { readInstant } from '../store/instant.ts'
import { hasStrings, objectOf } from '../store/json.ts'

/** When an exercise is reminded of: so many days before it begins, on its first day, on its last. */
export type ReminderLead = number | 'start' | 'end'

/** How reminders are set. */
export interface ReminderSettings {
  readonly moments: readonly ReminderLead[]
  /** Local time, in each zone. */
  readonly time: Temporal.PlainTime
}

/** One reminder in one zone. */
export interface Reminder {
  /** The same for as long as the dates of the exercise are. */
  readonly key: string
  /** The begin of `key`, which is the same in every zone. */
  readonly momentKey: string
  readonly at: Temporal.Instant
  readonly exercise: Exercise
  readonly moment: ReminderLead
  /** IANA zone. */
  readonly zone: string
}

/** Since when the dates of each exercise are known, by its id. */
export type FirstSeen = Readonly<Record<string, KnownDates>>

interface KnownDates {
  readonly start: string
  readonly end: string
  readonly status: string
  /** RFC 3339. */
  readonly since: string
}

/** Reads since when dates are known; without the entries that are damaged. Pure. */
export function readKnown(json: string): FirstSeen {
  const entries = Object.entries(objectOf(json) ?? {})
  return Object.fromEntries(
    entries.filter((entry): entry is [string, KnownDates] => isKnown(entry[1])),
  )
}

function isKnown(value: unknown): value is KnownDates {
  if (!hasStrings(value, ['start', 'end', 'status', 'since'])) return false
  return readInstant((value as KnownDates).since) !== undefined
}

/** What is known at `now`, since then or since earlier. Pure. */
export function firstSeenAt(
  before: FirstSeen,
  exercises: readonly Exercise[],
  now: Temporal.Instant,
): FirstSeen {
  return Object.fromEntries(
    exercises.map(({ id, start, end, status }) => {
      const was = before[id]
      const isSame = was?.start === start && was.end === end && was.status === status
      return [id, isSame ? was : { start, end, status, since: now.toString() }]
    }),
  )
}

/** A clock that is wrong by less than this is set back by summer time, or by hand; in hours. */
const AHEAD_HOURS = 24

/** The same, but for what is known since a day that has not come yet: that is known since now. Pure. */
export function asOfNow(known: FirstSeen, now: Temporal.Instant): FirstSeen {
  const latest = now.add({ hours: AHEAD_HOURS })
  const isAhead = ({ since }: KnownDates) => Temporal.Instant.compare(since, latest) > 0
  if (!Object.values(known).some(isAhead)) return known
  const entries = Object.entries(known).map(([id, each]) => [
    id,
    isAhead(each) ? { ...each, since: now.toString() } : each,
  ])
  return Object.fromEntries(entries)
}

/**
 * The reminders of a zone after `after`, up to `until` and that included, the oldest first: of exercises
 * that are to take place, and whose dates were known before. A local time that does not exist, or exists
 * twice, is taken as Temporal's `compatible` takes it. Pure.
 */
export function remindersIn(
  zone: string,
  exercises: readonly Exercise[],
  known: FirstSeen,
  { moments, time }: ReminderSettings,
  after: Temporal.Instant,
  until: Temporal.Instant,
): Reminder[] {
  // By its name it is asked for, whether this runtime knows it or not.
  const timeZone = knownZone(zone)
  const last = until.toZonedDateTimeISO(timeZone).toPlainDate()
  const found: Reminder[] = []
  let date = after.toZonedDateTimeISO(timeZone).toPlainDate()
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const at = date.toZonedDateTime({ timeZone, plainTime: time }).toInstant()
    const isWithin =
      Temporal.Instant.compare(at, after) > 0 && Temporal.Instant.compare(at, until) <= 0
    if (!isWithin) continue
    const day = date
    const starts = moments.map(moment =>
      typeof moment === 'number' ? day.add({ days: moment }).toString() : undefined,
    )
    for (const exercise of exercises) {
      const moment = moments.find((each, index) =>
        isOn(exercise, each, day.toString(), starts[index], moments),
      )
      const since = known[exercise.id]?.since
      if (moment === undefined || since === undefined) continue
      if (Temporal.Instant.compare(since, at) >= 0) continue
      const momentKey = keyOf(exercise, moment)
      found.push({ key: `${momentKey}${zone}`, momentKey, at, exercise, moment, zone })
    }
  }
  return found
}

/** Whether one of the moments falls on a date; `inDays` is the date that a number of days leads to. */
function isOn(
  { start, end, status }: Exercise,
  moment: ReminderLead,
  date: string,
  inDays: string | undefined,
  moments: readonly ReminderLead[],
): boolean {
  if (status !== 'scheduled') return false
  // An exercise of one day is not told of twice on that day.
  if (moment === 'end') return date === end && (start !== end || !moments.includes('start'))
  return start === (moment === 'start' ? date : inDays)
}

function keyOf({ id, start, end }: Exercise, moment: ReminderLead): string {
  const name = typeof moment === 'number' ? `${moment}d` : moment
  return `reminder ${id} ${start} ${end} ${name} `
}
