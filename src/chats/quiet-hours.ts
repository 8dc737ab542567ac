/** Local hours (0–23) between which nothing is posted to a chat; they span midnight if `from` is later than `to`. */
export interface Quiet {
  readonly from: number
  readonly to: number
}

/** Tells whether an hour is quiet: `from` inclusive, `to` exclusive. */
export function isWithin(hour: number, { from, to }: Quiet): boolean {
  return from <= to ? from <= hour && hour < to : from <= hour || hour < to
}

/**
 * Returns the instant, or the end of the quiet hours that contain it. Resolves a local time that does not exist, or
 * exists twice, by Temporal's `compatible`. Pure.
 */
export function afterQuiet(at: Temporal.Instant, zone: string, quiet?: Quiet): Temporal.Instant {
  if (!quiet) return at
  const local = at.toZonedDateTimeISO(zone)
  if (!isWithin(local.hour, quiet)) return at
  const day = local.toPlainDate()
  const end = atHour(day, quiet.to, zone)
  return Temporal.Instant.compare(end, at) > 0 ? end : atHour(day.add({ days: 1 }), quiet.to, zone)
}

/** Returns the start of a local hour. Resolves a local time as {@link afterQuiet} does. Pure. */
export function atHour(date: Temporal.PlainDate, hour: number, timeZone: string): Temporal.Instant {
  return date.toZonedDateTime({ timeZone, plainTime: { hour } }).toInstant()
}
