import { dayAndTime } from '../texts/dates.ts'

/** Formats an instant in a zone as "Mon 23 Nov, 09:00", with the year unless that is the year of `now`. Pure. */
export function localDay(at: Temporal.Instant, zone: string, now?: Temporal.Instant): string {
  const local = at.toZonedDateTimeISO(zone)
  return dayAndTime(local.toPlainDateTime(), local.year === now?.toZonedDateTimeISO(zone).year)
}

/** Formats an instant in a zone as "09:00". Pure. */
export function localTime(at: Temporal.Instant, zone: string): string {
  return at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' })
}
