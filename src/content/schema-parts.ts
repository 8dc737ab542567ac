import { z } from 'zod'
import { readLead } from '../reminder-leads.ts'
import { findForbidden, isVisible, withoutDirection } from './characters.ts'
import { inWords } from './validate.ts'

/** An IANA zone. */
export const zone = checked(
  value => zoneOf(value) !== undefined,
  value => `\`${value}\` is not a time zone.`,
  () => 'Write a name such as Europe/Sarajevo.',
).transform(value => zoneOf(value) ?? value)

const lead = checked(
  value => readLead(value) !== undefined,
  value => `\`${value}\` is not a time of a reminder.`,
  () => 'Write 14d, 1w, 2h, start or end.',
).transform(value => readLead(value) ?? 'start')

/** The leads of reminders, each once. */
export const leads = z
  .array(lead)
  .max(10)
  .transform(each => [...new Set(each)])
  .optional()

/** A schema of one line of text of at most `limit` characters (code points). */
export function text(limit: number) {
  return z
    .string()
    .transform(value => withoutDirection(value).replace(/\s+/g, ' ').trim())
    .check(({ value, issues }) => {
      const length = [...value].length
      const add = (message: string, fix: string) =>
        issues.push({ code: 'custom', input: value, message, params: { fix, ofKey: true } })
      const forbidden = findForbidden(value)
      if (forbidden) add(`has a character that cannot be shown (${forbidden.code}).`, 'Delete it.')
      else if (!isVisible(value)) add('is empty.', 'Write some text.')
      if (length > limit) {
        add(`has ${length} characters; ${limit} is the most.`, `Shorten it by ${length - limit}.`)
      }
    })
}

/** A schema of a text that `accepts` takes. For any other value, the problem names a text that is accepted. */
export function checked(
  accepts: (value: string) => boolean,
  message: (value: string) => string,
  fix: (value: string) => string,
) {
  return z
    .unknown()
    .check(({ value: input, issues }) => {
      const words = inWords(input)
      const add = (message: string, fix: string) =>
        issues.push({ code: 'custom', input, message, params: { fix, ofKey: true } })
      if (input === undefined) issues.push({ code: 'invalid_type', expected: 'string', input })
      else if (input === null) add('is empty.', fix(words))
      else if (!accepts(words)) {
        issues.push({
          code: 'custom',
          input,
          message: message(words),
          params: { fix: fix(words) },
        })
      } else if (typeof input === 'object')
        add('must be text.', `Write ${words}, without brackets.`)
      else if (typeof input !== 'string') add('must be text.', 'Put it in quotes.')
    })
    .transform(value => String(value))
}

/** The year that a mistyped date begins with, for the example in a fix. */
export function yearOf(value: string): string {
  return /^[12]\d{3}/.exec(value)?.[0] ?? '2026'
}

/** Returns the fix for a date with other dashes, dots or slashes, or a month; undefined if it is none with hyphens either. */
export function hyphenated(value: string): string | undefined {
  const [, year, month = '', day] =
    /^[“"']?(\d{4})[‐‑‒–—−./](\d{1,2})(?:[‐‑‒–—−./](\d{1,2}))?[”"']?$/.exec(value) ?? []
  if (year === undefined) return undefined
  const parts = [year, month.padStart(2, '0'), ...(day ? [day.padStart(2, '0')] : [])]
  const written = parts.join('-')
  return isDate(day ? written : `${written}-01`) ? `Write ${written}, with hyphens.` : undefined
}

export function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  try {
    Temporal.PlainDate.from(value)
    return true
  } catch {
    return false
  }
}

/** Returns a zone as IANA writes it; undefined if this runtime does not know it, or it is an offset. */
export function zoneOf(value: string): string | undefined {
  try {
    return /^[a-z]/i.test(value) ? new Temporal.ZonedDateTime(0n, value).timeZoneId : undefined
  } catch {
    return undefined
  }
}
