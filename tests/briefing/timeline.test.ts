import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refreshed } from '../../src/briefing/countdown.ts'
import { digest } from '../../src/briefing/digest.ts'
import { eventList } from '../../src/briefing/events.ts'
import { timeline } from '../../src/briefing/timeline.ts'
import { NOTHING_CHANGED } from '../../src/content/diff.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { type Message, message, type Timeline } from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { edition as fixture, localOn } from '../content/fixture.ts'

const TODAY = Temporal.PlainDate.from('2026-06-03')

function event(id: string, start: string, end = start, more: Partial<CalendarEvent> = {}) {
  return { id, name: id, start, end, participants: 'All', status: 'scheduled' as const, ...more }
}

/** An event that starts some days after {@link TODAY}. */
const inDays = (id: string, days: number, more: Partial<CalendarEvent> = {}) =>
  event(id, TODAY.add({ days }).toString(), undefined, more)

const local = (events: readonly CalendarEvent[], today = TODAY) =>
  localOn(today, { ...fixture(), events })

const drawn = (events: readonly CalendarEvent[], past?: number) =>
  timeline(local(events).events, TODAY, past)[0]

/** The block below the title of a message, if that is a timeline. */
function leadOf({ body }: Message): Timeline | undefined {
  const second = body.children[1]
  return second?.type === 'timeline' ? second : undefined
}

const namesIn = (node: Timeline | undefined) => node?.events.map(({ name }) => name)

test('a timeline has every state in words, the dates in words, and today', () => {
  expect(
    drawn([
      event('Past', '2026-05-01', '2026-05-03'),
      event('Now', '2026-06-01', '2026-06-10'),
      event('Soon', '2026-06-06'),
      event('Later', '2026-07-01', '2026-07-02', { status: 'postponed' }),
      event('Never', '2026-08-01', '2026-08-02', { status: 'cancelled' }),
    ]),
  ).toEqual({
    type: 'timeline',
    ...{ today: '2026-06-03', todayText: 'Today, 3 June 2026' },
    events: [
      {
        ...{ name: 'Past', start: '2026-05-01', end: '2026-05-03', dates: '1–3 May 2026' },
        ...{ state: 'past', stateText: 'past' },
      },
      {
        ...{ name: 'Now', start: '2026-06-01', end: '2026-06-10', dates: '1–10 June 2026' },
        ...{ state: 'running', stateText: 'under way (day 3 of 10)' },
      },
      {
        ...{ name: 'Soon', start: '2026-06-06', end: '2026-06-06', dates: '6 June 2026' },
        ...{ state: 'upcoming', stateText: 'in 3 days' },
      },
      {
        ...{ name: 'Later', start: '2026-07-01', end: '2026-07-02' },
        ...{ dates: 'was 1–2 July 2026', state: 'postponed', stateText: 'postponed' },
      },
      {
        ...{ name: 'Never', start: '2026-08-01', end: '2026-08-02', dates: '1–2 August 2026' },
        ...{ state: 'cancelled', stateText: 'cancelled' },
      },
    ],
  })
})

test('an event with times has the times of the reader’s clock, with the zone', () => {
  const at = { zone: 'Europe/Sarajevo' }
  const node = drawn([event('Talk', '2026-06-04T10:00', '2026-06-04T11:30', at)])
  expect(node?.events).toMatchObject([
    { start: '2026-06-04', end: '2026-06-04', dates: 'Thu 4 Jun 2026, 08:00–09:30 (UTC)' },
  ])
})

test('an edition without events has no timeline', () => {
  expect(drawn([])).toBeUndefined()
  expect(leadOf(eventList(local([]), 'all', TODAY))).toBeUndefined()
})

test('of many events those ahead come first, then the newest past ones; the order is that of their starts', () => {
  const day = fc.integer({ min: -400, max: 400 })
  fc.assert(
    fc.property(fc.array(day, { maxLength: 60 }), days => {
      const events = days.map((each, index) => inDays(`E${index}`, each))
      const shown = drawn(events)?.events ?? []
      expect(shown).toHaveLength(Math.min(30, days.length))
      const starts = shown.map(({ start }) => start)
      expect(starts).toEqual(starts.toSorted())
      const left = events.filter(({ id }) => !shown.some(({ name }) => name === id))
      const today = TODAY.toString()
      const most = starts.at(-1) ?? ''
      const [least = ''] = starts
      // An event that is left out is later than all others, or over for longer than all others.
      for (const { start } of left)
        expect(start >= today ? start >= most : start <= least).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('a list of events leads with the timeline of its filter, on its first page alone', () => {
  const events = Array.from({ length: 12 }, (_, index) => inDays(`E${index}`, index - 6))
  const edition = local(events)
  const lead = (which: string) => namesIn(leadOf(eventList(edition, which, TODAY)))
  expect(lead('all')).toEqual(events.map(({ id }) => id))
  expect(lead('past')).toEqual(events.slice(0, 6).map(({ id }) => id))
  expect(lead('upcoming')).toEqual(events.slice(6).map(({ id }) => id))
  expect(lead('all-2')).toBeUndefined()
})

const digestOf = (events: readonly CalendarEvent[], today = TODAY) =>
  digest({ edition: local(events, today), changes: NOTHING_CHANGED, today, turn: 0 })

test('a digest leads with the events of its list and those around them', () => {
  const past = [-40, -30, -20].map(days => inDays(`past ${days}`, days))
  const near = [2, 4].map(days => inDays(`near ${days}`, days))
  const far = Array.from({ length: 12 }, (_, index) => inDays(`far ${index}`, 100 + index))
  expect(namesIn(leadOf(digestOf([...far, ...near, ...past])))).toEqual([
    ...['past -30', 'past -20', 'near 2', 'near 4'],
    ...far.slice(0, 6).map(({ id }) => id),
  ])
  // Every listed event is in the timeline, also below many postponed ones.
  const waiting = Array.from({ length: 20 }, (_, index) =>
    inDays(`waiting ${index}`, -index, { status: 'postponed' }),
  )
  expect(namesIn(leadOf(digestOf([...waiting, ...near])))).toEqual(
    expect.arrayContaining(['near 2', 'near 4']),
  )
})

test('a digest that lists no events has no timeline', () => {
  expect(leadOf(digestOf([inDays('far', 31), inDays('past', -2)]))).toBeUndefined()
})

test('a message that is sent on another day has the timeline of that day', () => {
  const before = digestOf([
    event('Now', '2026-06-02', '2026-06-03'),
    event('Soon', '2026-06-04', '2026-06-10'),
    event('Later', '2026-06-05'),
    event('Off', '2026-06-05', '2026-06-06', { status: 'cancelled' }),
  ])
  const after = refreshed(before, TODAY.add({ days: 2 }))
  expect(leadOf(after)).toMatchObject({
    ...{ today: '2026-06-05', todayText: 'Today, 5 June 2026' },
    events: [
      { name: 'Now', state: 'past', stateText: 'past' },
      { name: 'Soon', state: 'running', stateText: 'under way (day 2 of 7)' },
      { name: 'Later', state: 'upcoming', stateText: 'today' },
      { name: 'Off', state: 'cancelled', stateText: 'cancelled' },
    ],
  })
  expect(leadOf(before)?.today).toBe('2026-06-03')
  expect(refreshed(before, TODAY).body).toEqual(before.body)
})

test.each(['grid', 'cards'] as const)(
  'a chat with tables as %s gets the same words as before',
  style => {
    const events = [inDays('Soon', 2), inDays('Past', -2)]
    for (const whole of [eventList(local(events), 'all', TODAY), digestOf(events)]) {
      const without = message(whole.body.children.filter(({ type }) => type !== 'timeline'))
      expect(without.body.children.length).toBe(whole.body.children.length - 1)
      const shown = { ...without, actions: whole.actions ?? [] }
      expect(renderTelegram(whole, style)).toEqual(renderTelegram(shown, style))
      expect(renderDiscord(whole, style)).toEqual(renderDiscord(shown, style))
      const text = { columns: 80, style, colour: false }
      expect(renderText(whole, text)).toBe(renderText(shown, text))
    }
  },
)

test('text of the styles with images has the words of a timeline', () => {
  const whole = eventList(local([inDays('Soon', 2), inDays('Past', -2)]), 'upcoming', TODAY)
  for (const style of ['picture', 'dark-picture'] as const) {
    expect(renderText(whole, { columns: 80, style, colour: false })).toMatch(
      'Today, 3 June 2026\n\n• Soon: 5 June 2026, in 2 days\n\n',
    )
  }
})
