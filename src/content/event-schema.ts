import { z } from 'zod'
import {
  type CalendarEvent,
  OPTIONAL_FACT_NAMES,
  OPTIONAL_FACTS,
  type OptionalFact,
  RESERVED_EVENT_IDS,
} from './edition.ts'
import { isEventId } from './event-id.ts'
import { hasOccurrence } from './occurrences.ts'
import { isFulfilled, isRepeat, isTooLong } from './repeat.ts'
import { checked, hyphenated, isDate, leads, text, yearOf, zone } from './schema-parts.ts'

const date = checked(
  isDate,
  value => `\`${value}\` is not a date of the calendar.`,
  value => hyphenated(value) ?? `Write year, month and day, such as ${yearOf(value)}-06-01.`,
)

/** A day, or a local time on it. */
const when = checked(
  value => isDate(value) || isLocalTime(value),
  value =>
    `\`${value}\` is not a ${value.includes(':') ? 'date with a local time' : 'date of the calendar'}.`,
  value =>
    withTime(value) ??
    hyphenated(value) ??
    `Write year, month and day, such as ${yearOf(value)}-06-01${value.includes(':') ? 'T10:00' : ''}.`,
)

const repeat = checked(
  isRepeat,
  value => `\`${value}\` is not a rule that is supported.`,
  value =>
    respelled(value) ??
    'Write a rule such as FREQ=WEEKLY;BYDAY=MO, FREQ=MONTHLY;BYDAY=1MO or FREQ=YEARLY, with INTERVAL, COUNT or UNTIL if needed.',
)

const link = checked(
  value => /^https?:\/\/\S+$/.test(value) && URL.canParse(value) && value.length <= 300,
  value => `\`${value}\` is not a web address of at most 300 characters.`,
  () => 'Write the whole address, such as https://example.org/page.',
)

const optionalFacts = Object.fromEntries(
  OPTIONAL_FACT_NAMES.map(fact => [fact, text(OPTIONAL_FACTS[fact].maxLength).optional()]),
) as Record<OptionalFact, z.ZodOptional<ReturnType<typeof text>>>

const eventSchema = z
  .strictObject({
    id: checked(
      isEventId,
      value => `\`${value}\` cannot be the id of an event.`,
      () =>
        `Use only a–z, 0–9 and -, at most 40 of them, and not ${RESERVED_EVENT_IDS.join(', ')}.`,
    ),
    name: text(100),
    start: when,
    end: when,
    zone: zone.optional(),
    repeat: repeat.optional(),
    except: z.array(date).max(200).optional(),
    reminders: leads,
    participants: text(200),
    status: z.enum(['scheduled', 'postponed', 'cancelled']),
    ...optionalFacts,
    link: link.optional(),
  })
  .refine(({ start, end }) => start !== end || !isLocalTime(start), {
    path: ['end'],
    error: 'The event ends when it starts.',
    params: { fix: 'Write a later time as `end`, or dates without times.' },
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .refine(({ start, end }) => isInOrder(start, end), {
    path: ['end'],
    error: 'The event ends before it starts.',
    params: { fix: 'Swap `start` and `end`, or fix the year.' },
    // Runs even if another key of the event is wrong, so that all problems are reported at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .superRefine((event, { addIssue }) => {
    for (const [key, message, fix] of faultsOf(event)) {
      addIssue({ code: 'custom', path: [key], message, params: { fix }, input: event })
    }
  })
  .refine(event => event.repeat === undefined || !isTooLong(event), {
    path: ['repeat'],
    error: 'The event is too long for this rule: its occurrences would overlap.',
    params: { fix: 'Fix `end`, or repeat the event less often. It may last 100 days at most.' },
  })
  .refine(event => event.repeat === undefined || isFulfilled(event), {
    path: ['repeat'],
    error: 'No day fulfils this rule after the start.',
    params: { fix: 'Fix the days of the rule, or take `repeat` out.' },
  })
  .refine(hasOccurrence, {
    path: ['repeat'],
    error: 'No occurrence of the event is left.',
    params: { fix: 'Fix `repeat`, or take dates out of `except`.' },
  }) satisfies z.ZodType<CalendarEvent>

/** Whether an event does not end before its first day or, with times, before its start; true if one of them is damaged. */
function isInOrder(start: string, end: string): boolean {
  if (isLocalTime(start) && isLocalTime(end)) return start <= end
  const areDates = [start, end].every(each => isDate(each) || isLocalTime(each))
  return !areDates || dayOf(start) <= dayOf(end)
}

/** The last year of an event, as of the schedule preview. The day after the year 9999 has no form in a calendar file. */
const LAST_YEAR = '2999'

/** Yields what is wrong between the keys of an event: the key, the message and the fix. */
function* faultsOf({ start, end, ...event }: CalendarEvent): Generator<[string, string, string]> {
  if (isLocalTime(start) !== isLocalTime(end)) {
    yield [
      'end',
      'Only one of `start` and `end` has a time.',
      'Write a time for both, or for none.',
    ]
  }
  if (end.slice(0, 4) > LAST_YEAR) {
    yield ['end', `The event ends after ${LAST_YEAR}.`, 'Fix the year.']
  }
  if (event.zone !== undefined && isDate(start)) {
    const fix = 'Take the line out, or write times in `start` and `end`.'
    yield ['zone', 'An event of whole days has no zone.', fix]
  }
  if (event.except && event.repeat === undefined) {
    const fix = 'Take the line out, or add the rule of the repetition as `repeat`.'
    yield ['except', 'Only an event that repeats has exceptions.', fix]
  }
}

function dayOf(local: string): string {
  return local.slice(0, 'YYYY-MM-DD'.length)
}

/** The list of events. An empty file is an empty list. */
export const eventsSchema = z.preprocess(value => value ?? [], z.array(eventSchema))

/** Whether a text is a local time with minutes, such as 2027-01-10T10:00. */
function isLocalTime(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const [date = '', time = ''] = value.split('T')
  return isDate(date) && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time)
}

/** Returns the fix for a rule that is written as in a calendar file, or with hyphens in its dates; undefined if there is none. */
function respelled(value: string): string | undefined {
  const rule = value
    .toUpperCase()
    .replace(/^RRULE:|\s|;$/g, '')
    .replace(/(UNTIL=\d{4})-(\d\d)-(\d\d)/, '$1$2$3')
  return isRepeat(rule) ? `Write ${rule}.` : undefined
}

/** Returns the fix for a time that is written in another way; undefined if there is none. */
function withTime(value: string): string | undefined {
  const [, date = '', hour = '', minute] =
    /^(\d{4}-\d{2}-\d{2})(?:\s+|t|T)(\d{1,2})[:.](\d{2})(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?$/.exec(
      value,
    ) ?? []
  const written = `${date}T${hour.padStart(2, '0')}:${minute}`
  if (/^\d{4}-\d{2}-\d{2}T24:00$/.test(written)) return 'Write 00:00 of the next day.'
  return isLocalTime(written)
    ? `Write ${written}, the local time. \`zone\` names its time zone.`
    : undefined
}
