/** A moment that somebody has typed, by the clock of their zone. */
export interface ChosenTime {
  /** `2027-03-28T02:30` */
  readonly local: string
  readonly zone: string
  /** Where a span was typed: what is local may exist twice. RFC 3339. */
  readonly at?: string
}

/** When that is, and what of it would surprise: a time that does not exist, or exists twice. */
export interface Moment {
  readonly at: Temporal.Instant
  readonly oddity?: 'gap' | 'twice'
}

const DATE = /^(\d{4}-\d{2}-\d{2})[ t](\d{1,2}):(\d{2})$/
const DAY = /^(?:(today|tomorrow) )?(?:at )?(\d{1,2}):(\d{2})$/
const SPAN = /^(?:in |\+)(\d{1,3}) ?(m|min|h|d)$/

const UNITS = { m: 'minutes', min: 'minutes', h: 'hours', d: 'days' } as const

/**
 * Reads `2027-03-28 02:30`, `18:00` (today, or tomorrow where that is past), `tomorrow 09:00`, `in 2h`;
 * nothing where it is none of these. Pure.
 */
export function readTime(
  typed: string,
  now: Temporal.Instant,
  zone: string,
): ChosenTime | undefined {
  const text = typed.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const here = now.toZonedDateTimeISO(zone)
  const chosen = (local: Temporal.PlainDateTime) => ({
    local: local.toString({ smallestUnit: 'minute' }),
    zone,
  })
  const [, span, unit] = SPAN.exec(text) ?? []
  if (unit) {
    const then = here.add({ [UNITS[unit as 'h']]: Number(span) })
    return { ...chosen(then.toPlainDateTime()), at: then.toInstant().toString() }
  }
  const [, date, ...dated] = DATE.exec(text) ?? []
  const [, day, ...timed] = DAY.exec(text) ?? []
  try {
    const [hour, minute] = (date ? dated : timed).map(Number)
    if (hour === undefined) return undefined
    const time = Temporal.PlainTime.from({ hour, minute: minute ?? 0 }, { overflow: 'reject' })
    if (date) return chosen(Temporal.PlainDate.from(date).toPlainDateTime(time))
    const today = here.toPlainDate().toPlainDateTime(time)
    const isPast = Temporal.PlainDateTime.compare(today, here.toPlainDateTime()) <= 0
    const isTomorrow = day === 'tomorrow' || (day === undefined && isPast)
    return chosen(isTomorrow ? today.add({ days: 1 }) : today)
  } catch {
    // 2027-02-30, 25:00: no day or hour that there is.
    return undefined
  }
}

/**
 * When a chosen time is. One that does not exist moves by the length of its gap, and of one that exists
 * twice it is the first (Temporal's `compatible`), as everywhere here. Pure.
 */
export function momentOf({ local, zone, at: instant }: ChosenTime): Moment {
  if (instant !== undefined) return { at: Temporal.Instant.from(instant) }
  const wanted = Temporal.PlainDateTime.from(local)
  const at = wanted.toZonedDateTime(zone)
  const isGap = !at.toPlainDateTime().equals(wanted)
  const isTwice = !isGap && !at.equals(wanted.toZonedDateTime(zone, { disambiguation: 'later' }))
  const oddity = isGap ? 'gap' : isTwice ? 'twice' : undefined
  return { at: at.toInstant(), ...(oddity && { oddity }) }
}
