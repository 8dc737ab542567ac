import { texts } from '../texts.ts'

/** Formats an instant in a zone as "Monday, 23 November 2026, 09:00". Pure. */
export function localDay(at: Temporal.Instant, zone: string): string {
  const local = at.toZonedDateTimeISO(zone)
  const date = local.toPlainDate().toString()
  return texts.settings.day(date, local.dayOfWeek, localTime(at, zone))
}

/** Formats an instant in a zone as "09:00". Pure. */
export function localTime(at: Temporal.Instant, zone: string): string {
  return at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' })
}
