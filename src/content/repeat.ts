import ICAL from 'ical.js'
import { knownZone } from '../clock.ts'

/** The frequencies of a repetition: no event of a briefing repeats within a day. */
const FREQUENCIES: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']

/** The parts of a rule (RFC 5545, 3.3.10) by which days are chosen. Calendars write no others for events of days. */
const PARTS: readonly string[] = ['BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS']

/** Longest interval, in units of the frequency: ten years of months. */
const MOST_INTERVAL = 120

/** Most characters of a rule. */
const LENGTH = 200

/** Most steps of a repetition: 54 years of days. Later occurrences are not found. */
const MOST_STEPS = 20_000

/** Whether a text is a rule of RFC 5545 (`FREQ=MONTHLY;BYDAY=1MO`) with the parts that Sitrep supports. Pure. */
export function isRepeat(text: string): boolean {
  return readRepeat(text) !== undefined
}

/** Reads a rule; undefined if it is damaged or not supported. Pure. */
export function readRepeat(text: string): ICAL.Recur | undefined {
  if (text.length > LENGTH) return undefined
  try {
    const rule = ICAL.Recur.fromString(text)
    const isSupported =
      FREQUENCIES.includes(rule.freq) &&
      rule.interval <= MOST_INTERVAL &&
      Object.keys(rule.parts).every(part => PARTS.includes(part))
    return isSupported ? rule : undefined
  } catch {
    return undefined
  }
}

/**
 * Yields the local starts of a rule in their order, in the form of `start`: ISO dates, or local times with minutes. `zone`
 * is the IANA zone of an end of the rule in UTC. `steps` counts the work, and ends it at `most`. Yields
 * nothing for a damaged rule.
 */
export function* startsOf(
  start: string,
  repeat: string,
  zone = 'UTC',
  steps = { count: 0, most: MOST_STEPS },
): Generator<string> {
  const rule = readRepeat(repeat)
  if (!rule) return
  const isTimed = start.includes('T')
  if (rule.until) rule.until = localUntil(rule.until, zone, isTimed)
  const first = isTimed
    ? ICAL.Time.fromDateTimeString(`${start}:00`)
    : ICAL.Time.fromDateString(start)
  const iterator = rule.iterator(first)
  // A rule that no day fulfils would never return from `next`.
  const check = iterator.check_contracting_rules.bind(iterator)
  iterator.check_contracting_rules = () => {
    if (++steps.count > steps.most) throw new EndlessRule()
    return check()
  }
  try {
    for (let next = iterator.next(); next && next.year < 10_000; next = iterator.next())
      yield next.toString().slice(0, start.length)
  } catch (error) {
    if (!(error instanceof EndlessRule)) throw error
  }
}

class EndlessRule extends Error {}

/** Returns the end of a rule by the clock of the event. A day includes all its times. */
function localUntil(until: ICAL.Time, zone: string, isTimed: boolean): ICAL.Time {
  const [year, month, day] = [until.year, until.month, until.day]
  const local = (data: ConstructorParameters<typeof ICAL.Time>[0]) =>
    new ICAL.Time(data, ICAL.Timezone.localTimezone)
  if (!isTimed) return local({ year, month, day, isDate: true })
  if (until.isDate) return local({ year, month, day, hour: 23, minute: 59, second: 59 })
  if (until.zone !== ICAL.Timezone.utcTimezone) return until
  const at = Temporal.Instant.from(until.toString()).toZonedDateTimeISO(knownZone(zone))
  const { hour, minute, second } = at
  return local({ year: at.year, month: at.month, day: at.day, hour, minute, second })
}
