import { plain, readClock, readDay, readSpan } from '../parse-time.ts'

/** A time as the user typed it. */
export interface TypedTime {
  /** Local date and time: `2027-03-28T02:30`. */
  readonly local: string
  /** IANA zone. */
  readonly zone: string
  /** The instant, if the user typed a duration: the local time may exist twice. RFC 3339. */
  readonly at?: string
}

/** Matches a bare hour beside a near day. Beside a weekday, it may be a day of the month: "friday 9". */
const NEAR_HOUR = /^(today|(?:the day after )?tomorrow) (\d{1,2})$/

/** The instant of a typed time. `oddity`: the local time does not exist, or exists twice. */
export interface ScheduledTime {
  readonly at: Temporal.Instant
  readonly oddity?: 'gap' | 'twice'
}

/**
 * Reads a local time in `zone` (IANA): `2027-03-28 02:30`, `18:00` (today, or tomorrow if that is past),
 * `tomorrow 9`, `tomorrow noon`, `9am on friday`, `5 May at 9`, `in 2 hours`. Returns undefined for any other text. Pure.
 */
export function readTime(
  typed: string,
  now: Temporal.Instant,
  zone: string,
): TypedTime | undefined {
  const text = plain(typed)
    .replace(/^(\d{4}-\d{2}-\d{2})t(?=\d)/, '$1 ')
    .replace(NEAR_HOUR, '$1 $2:00')
  const here = now.toZonedDateTimeISO(zone)
  const [, span] = /^(?:in |\+)(.+)$/.exec(text) ?? []
  const length = span === undefined ? undefined : readSpan(span)
  if (length) {
    const then = here.add(length)
    return { ...chosen(then.toPlainDateTime()), at: then.toInstant().toString() }
  }
  const today = here.toPlainDate()
  // A single number is not a time of day.
  const alone = /^(?:at )?\d{1,2}$/.test(text) ? undefined : readTimeOfDay(text)
  if (alone) {
    const local = today.toPlainDateTime(alone)
    const isPast = Temporal.PlainDateTime.compare(local, here.toPlainDateTime()) <= 0
    return chosen(isPast ? local.add({ days: 1 }) : local)
  }
  // In "5 May 2027" no part is a time.
  if (readDay(text, today)) return undefined
  const words = text.split(' ')
  for (const index of words.keys()) {
    const parts = [words.slice(0, index), words.slice(index)].map(part =>
      part.join(' ').replace(/,$/, ''),
    )
    for (const [named = '', behind = ''] of [parts, parts.toReversed()]) {
      const day = readDay(named, today)
      const time = readTimeOfDay(behind)
      if (!day || !time) continue
      const isMidnight = time.hour === 0 && time.minute === 0
      // "Midnight today" and "24:00" mean the midnight at the end of the day.
      const isNext = isMidnight && (/^to(day|night)$/.test(named) || /^(at |@ ?)?24/.test(behind))
      return chosen(day.add({ days: isNext ? 1 : 0 }).toPlainDateTime(time))
    }
  }
  return undefined

  function chosen(local: Temporal.PlainDateTime): TypedTime {
    return { local: local.toString({ smallestUnit: 'minute' }), zone }
  }
}

/** Reads a time of day; a single number is none. */
function readTimeOfDay(text: string): Temporal.PlainTime | undefined {
  const clock = /^\d{1,2}\.?$/.test(text) ? undefined : readClock(text)
  return clock && Temporal.PlainTime.from(clock)
}

/**
 * Returns the instant of a typed time. A local time that does not exist moves by the length of its gap, and one that
 * exists twice means the first (Temporal's `compatible`), as everywhere in Sitrep. Pure.
 */
export function scheduledTimeOf({ local, zone, at: instant }: TypedTime): ScheduledTime {
  if (instant !== undefined) return { at: Temporal.Instant.from(instant) }
  const typed = Temporal.PlainDateTime.from(local)
  const at = typed.toZonedDateTime(zone)
  const isGap = !at.toPlainDateTime().equals(typed)
  const isTwice = !isGap && !at.equals(typed.toZonedDateTime(zone, { disambiguation: 'later' }))
  const oddity = isGap ? 'gap' : isTwice ? 'twice' : undefined
  return { at: at.toInstant(), ...(oddity && { oddity }) }
}
