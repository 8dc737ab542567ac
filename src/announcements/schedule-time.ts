import { plain, readClock, readDay, readSpan } from '../typed-times.ts'

/** A moment that somebody has typed, by the clock of their zone. */
export interface TypedTime {
  /** `2027-03-28T02:30` */
  readonly local: string
  readonly zone: string
  /** Where a span was typed: what is local may exist twice. RFC 3339. */
  readonly at?: string
}

/** When that is, and what of it would surprise: a time that does not exist, or exists twice. */
export interface ScheduledTime {
  readonly at: Temporal.Instant
  readonly oddity?: 'gap' | 'twice'
}

/**
 * Reads a moment by the clock of `zone`: `2027-03-28 02:30`, `18:00` (today, or tomorrow if that is past),
 * `tomorrow noon`, `9am on friday`, `5 May at 9`, `in 2 hours`; undefined if it is none of these. Pure.
 */
export function readTime(
  typed: string,
  now: Temporal.Instant,
  zone: string,
): TypedTime | undefined {
  const text = plain(typed).replace(/^(\d{4}-\d{2}-\d{2})t(?=\d)/, '$1 ')
  const here = now.toZonedDateTimeISO(zone)
  const [, span] = /^(?:in |\+)(.+)$/.exec(text) ?? []
  const length = span === undefined ? undefined : readSpan(span)
  if (length) {
    const then = here.add(length)
    return { ...chosen(then.toPlainDateTime()), at: then.toInstant().toString() }
  }
  const today = here.toPlainDate()
  // A number alone is no time.
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
      // The midnight of today that has not been, and the one that ends a day.
      const isNext = isMidnight && (/^to(day|night)$/.test(named) || /^(at |@ ?)?24/.test(behind))
      return chosen(day.add({ days: isNext ? 1 : 0 }).toPlainDateTime(time))
    }
  }
  return undefined

  function chosen(local: Temporal.PlainDateTime): TypedTime {
    return { local: local.toString({ smallestUnit: 'minute' }), zone }
  }
}

/** A number needs a word that makes it a time. */
function readTimeOfDay(text: string): Temporal.PlainTime | undefined {
  const clock = /^\d{1,2}\.?$/.test(text) ? undefined : readClock(text)
  return clock && Temporal.PlainTime.from(clock)
}

/**
 * When a chosen time is. One that does not exist moves by the length of its gap, and of one that exists
 * twice it is the first (Temporal's `compatible`), as everywhere here. Pure.
 */
export function scheduledTimeOf({ local, zone, at: instant }: TypedTime): ScheduledTime {
  if (instant !== undefined) return { at: Temporal.Instant.from(instant) }
  const wanted = Temporal.PlainDateTime.from(local)
  const at = wanted.toZonedDateTime(zone)
  const isGap = !at.toPlainDateTime().equals(wanted)
  const isTwice = !isGap && !at.equals(wanted.toZonedDateTime(zone, { disambiguation: 'later' }))
  const oddity = isGap ? 'gap' : isTwice ? 'twice' : undefined
  return { at: at.toInstant(), ...(oddity && { oddity }) }
}
