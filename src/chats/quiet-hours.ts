/** Local hours of a chat, from which and to which nothing is posted; over midnight where `from` is later. */
export interface Quiet {
  readonly from: number
  readonly to: number
}

/** Whether an hour is one of quiet: `from` is, `to` is not. */
export function isWithin(hour: number, { from, to }: Quiet): boolean {
  return from <= to ? from <= hour && hour < to : from <= hour || hour < to
}

/**
 * The instant itself, or the end of the quiet hours that it falls into. A local time that does not
 * exist, or exists twice, is taken as Temporal's `compatible` takes it. Pure.
 */
export function afterQuiet(at: Temporal.Instant, zone: string, quiet?: Quiet): Temporal.Instant {
  if (!quiet) return at
  const local = at.toZonedDateTimeISO(zone)
  if (!isWithin(local.hour, quiet)) return at
  const day = local.toPlainDate()
  const end = atHour(day, quiet.to, zone)
  return Temporal.Instant.compare(end, at) > 0 ? end : atHour(day.add({ days: 1 }), quiet.to, zone)
}

export function atHour(date: Temporal.PlainDate, hour: number, timeZone: string): Temporal.Instant {
  return date.toZonedDateTime({ timeZone, plainTime: { hour } }).toInstant()
}
