import { texts } from '../texts.ts'

/** "Monday, 23 November 2026, 09:00", by the clock of a zone. */
export function localDay(at: Temporal.Instant, zone: string): string {
  const local = at.toZonedDateTimeISO(zone)
  const date = local.toPlainDate().toString()
  return texts.settings.day(date, local.dayOfWeek, localTime(at, zone))
}

/** "09:00", by the clock of a zone. */
export function localTime(at: Temporal.Instant, zone: string): string {
  return at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' })
}
