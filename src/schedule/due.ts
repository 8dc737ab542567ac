/** When somebody wants their digest. */
export interface Rhythm {
  /** IANA zone. */
  readonly zone: string
  readonly cadence: 'daily' | 'weekly'
  /** 0–23, local. */
  readonly hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  readonly weekday: number
  /** Local hours from which and to which nothing is posted; over midnight where `from` is later. */
  readonly quiet?: { readonly from: number; readonly to: number }
}

/**
 * The first digest after `after`. A local time that does not exist, or exists twice, is taken as
 * Temporal's `compatible` takes it; one within quiet hours waits until they end. Pure.
 */
export function nextDigest(rhythm: Rhythm, after: Temporal.Instant): Temporal.Instant {
  const { zone, cadence, hour, weekday } = rhythm
  const today = after.toZonedDateTimeISO(zone).toPlainDate()
  // From yesterday, whose digest may have waited for the end of quiet hours, to a week from now.
  for (let days = -1; days <= 8; days++) {
    const date = today.add({ days })
    if (cadence === 'weekly' && date.dayOfWeek !== weekday) continue
    const at = afterQuiet(atHour(date, hour, zone), rhythm)
    if (Temporal.Instant.compare(at, after) > 0) return at
  }
  throw new RangeError('Every week has every weekday.')
}

function atHour(date: Temporal.PlainDate, hour: number, timeZone: string): Temporal.Instant {
  return date.toZonedDateTime({ timeZone, plainTime: { hour } }).toInstant()
}

function afterQuiet(at: Temporal.Instant, { zone, quiet }: Rhythm): Temporal.Instant {
  if (!quiet || !isWithin(at.toZonedDateTimeISO(zone).hour, quiet)) return at
  const { hour, day } = { hour: quiet.to, day: at.toZonedDateTimeISO(zone).toPlainDate() }
  const end = atHour(day, hour, zone)
  return Temporal.Instant.compare(end, at) > 0 ? end : atHour(day.add({ days: 1 }), hour, zone)
}

/** Whether an hour is one of quiet: `from` is, `to` is not. */
export function isWithin(hour: number, { from, to }: { from: number; to: number }): boolean {
  return from <= to ? from <= hour && hour < to : from <= hour || hour < to
}
