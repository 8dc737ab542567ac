import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEvent } from '../../src/content/edition.ts'
import { isEventId } from '../../src/content/event-id.ts'
import { occurrenceAt } from '../../src/content/occurrences.ts'
import { nextStateInWorker } from '../../src/feeds/in-worker.ts'
import { nextState } from '../../src/feeds/next-state.ts'
import { readEvents } from '../../src/feeds/state.ts'
import { runs } from '../properties.ts'
import { APPLE, calendar, GOOGLE, OUTLOOK, vevent } from './calendars.ts'

const NOW = '2026-11-30T12:00:00+01:00[Europe/Sarajevo]'

const common = { host: 'example.org', categories: [], now: NOW }

/** Exports with some characters cut out, and others inserted. */
const mutated = fc
  .record({
    text: fc.constantFrom(GOOGLE, OUTLOOK, APPLE),
    edits: fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.nat(30),
        insert: fc.oneof(
          fc.string({ unit: 'binary', maxLength: 10 }),
          fc.constantFrom(
            '\r\n',
            'BEGIN:VEVENT\r\n',
            'END:VEVENT\r\n',
            'Z',
            ';',
            ':',
            '99',
            '-',
            'T',
          ),
        ),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ text, edits }) =>
    edits.reduce((before, { at, length, insert }) => {
      const start = at % before.length
      return before.slice(0, start) + insert + before.slice(start + length)
    }, text),
  )

const anything = fc.oneof(
  mutated,
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes).toString()),
  fc.string({ unit: 'binary' }).map(text => `BEGIN:VCALENDAR\r\n${text}\r\nEND:VCALENDAR\r\n`),
)

test('any text is a failure, or has events that the bot can show', () => {
  fc.assert(
    fc.property(anything, text => {
      const next = nextState({ ...common, text })
      if ('failure' in next) return
      const events = readEvents(next.events) ?? []
      expect(JSON.parse(next.events)).toEqual(events)
      const now = Temporal.ZonedDateTime.from(NOW)
      for (const event of events) {
        expect(isEvent(event) && isEventId(event.id)).toBe(true)
        expect(event.end >= event.start).toBe(true)
        expect(event.name.length).toBeGreaterThan(0)
        expect([...event.name].length).toBeLessThanOrEqual(100)
        expect(`${event.name}${event.note}${event.location}`).not.toMatch(
          /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u,
        )
        expect(occurrenceAt(event, now).start).toMatch(/^\d{4}-\d\d-\d\d$/)
      }
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    }),
    { numRuns: runs(1000) },
  )
})

test('a text that damages a calendar keeps the last good one', () => {
  const good = nextState({ ...common, text: GOOGLE })
  if ('failure' in good) throw new Error(good.failure)
  for (const text of [
    '',
    'BEGIN:VCALENDAR',
    GOOGLE.slice(0, 500),
    GOOGLE.replaceAll('VEVENT', 'VTODO'),
  ]) {
    expect(nextState({ ...common, before: good, text })).toHaveProperty('failure')
  }
})

test('work that exceeds the limit of the worker ends, and the next calendar is read', {
  tags: ['slow'],
}, async () => {
  const { signal } = new AbortController()
  // ical.js expands the rules of a zone to the year 2035: this one has a transition a second.
  const zone = [
    'BEGIN:VTIMEZONE',
    'TZID:X',
    'BEGIN:STANDARD',
    'DTSTART:19000101T000000',
    'TZOFFSETFROM:+0000',
    'TZOFFSETTO:+0000',
    'RRULE:FREQ=SECONDLY',
    'END:STANDARD',
    'END:VTIMEZONE',
  ]
  const bomb = calendar(...zone, vevent('a', 'DTSTART;TZID=X:20270101T100000'))
  const [first, second] = await Promise.allSettled([
    nextStateInWorker({ ...common, text: bomb }, signal, 500),
    nextStateInWorker({ ...common, text: GOOGLE }, signal),
  ])
  expect(first).toMatchObject({ status: 'rejected', reason: { failure: 'too-complex' } })
  expect(second).toMatchObject({ status: 'fulfilled' })
})
