import { expect, test } from 'vitest'
import { eventList, eventPages, nextEvent, oneEvent } from '../../src/briefing/events.ts'
import { withLiveCommands } from '../../src/commands/live-commands.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { renderText } from '../../src/render/text.ts'
import { edition as fixture, localOn } from '../content/fixture.ts'

function event(
  name: string,
  start: string,
  end: string,
  more: Partial<CalendarEvent> = {},
): CalendarEvent {
  return { id: name, name, start, end, participants: 'All', status: 'scheduled', ...more }
}

const spring = event('Spring', '2026-03-10', '2026-03-12')
const summer = event('Summer', '2026-06-01', '2026-06-10', { location: 'Tirana' })
const winter = event('Winter', '2026-12-30', '2027-01-02')

function on(day: string, events: readonly CalendarEvent[]) {
  const today = Temporal.PlainDate.from(day)
  const edition = localOn(today, { ...fixture(), events })
  const show = (message: ReturnType<typeof nextEvent>) =>
    renderText({ body: message.body }, { columns: 100, style: 'grid', colour: false })
  return {
    next: () => show(nextEvent(edition, today)).replace(/^.*\n═+\n\n|\n\nSource: [\s\S]*$/g, ''),
    names: (filter: 'upcoming' | 'past' | 'all') =>
      [...show(eventList(edition, filter, today)).matchAll(/^(Spring|Summer|Winter) .*$/gm)].map(
        ([line]) => line.replace(/ {2,}/g, ' | '),
      ),
    none: (filter: 'upcoming' | 'past' | 'all') => show(eventList(edition, filter, today)),
  }
}

test('the next exercise is named with the days to go', () => {
  expect(on('2026-05-20', [winter, summer, spring]).next()).toBe(
    'Summer, 1–10 June 2026 — in 12 days\nAll\nTirana',
  )
  expect(on('2026-05-31', [summer]).next()).toMatch('Summer, 1–10 June 2026 — tomorrow\n')
})

test('of many events at once five are named', () => {
  const many = Array.from({ length: 5000 }, (_, index) =>
    event(`E${index}`, '2026-06-01', '2026-06-02'),
  )
  for (const day of ['2026-05-20', '2026-06-01']) {
    const next = on(day, many).next()
    expect(next.match(/^E\d+/gm)).toHaveLength(5)
    expect(next).toContain('…and 4,995 more: /exercises')
  }
})

test('a command is live in the words of an editor, and not in those of a calendar outside', () => {
  const words = 'Send /stop now'
  const named = (feed?: string) =>
    event(words, '2026-06-01', '2026-06-02', {
      ...{ id: 'e', participants: words, location: words, note: words, feed },
    })
  const today = Temporal.PlainDate.from('2026-05-20')
  const live = (each: CalendarEvent) => {
    const edition = localOn(today, { ...fixture(), events: [each] })
    return [
      eventList(edition, 'all', today),
      nextEvent(edition, today),
      oneEvent(edition, 'e', today) ?? { body: { type: 'root', children: [] } },
    ].map(answer => {
      const { body } = withLiveCommands(answer, name => name === 'stop')
      return JSON.stringify(body).includes('"type":"command"')
    })
  }
  expect(live(named())).toEqual([true, true, true])
  expect(live(named('f'))).toEqual([false, false, false])
})

test('days are counted over a change of clocks and over a year', () => {
  expect(on('2025-03-10', [spring]).next()).toMatch('in 365 days')
  expect(on('2024-02-28', [event('Leap', '2024-03-01', '2024-03-01')]).next()).toMatch(
    'Leap, 1 March 2024 — in 2 days',
  )
})

test('one that runs is shown with its day, and the one after it too', () => {
  expect(on('2026-06-01', [summer, winter]).next()).toBe(
    [
      ...['Happening now', '─────────────', ''],
      ...['Summer, 1–10 June 2026 — under way (day 1 of 10)', 'All', 'Tirana', ''],
      ...[
        'Up next',
        '───────',
        '',
        'Winter, 30 December 2026 – 2 January 2027 — in 212 days',
        'All',
      ],
    ].join('\n'),
  )
  expect(on('2026-06-10', [summer]).next()).toMatch('day 10 of 10')
})

test('all that run stand under one heading, and all that start next are named', () => {
  const twin = { ...summer, id: 'twin', name: 'Twin' }
  const shown = on('2026-06-02', [summer, twin, winter, { ...winter, name: 'Other' }]).next()
  expect(shown.match(/Happening now/g)).toHaveLength(1)
  for (const name of ['Summer', 'Twin', 'Winter', 'Other']) expect(shown).toMatch(`${name}, `)
})

test('the place of an exercise is in the list, and its note and source stand below', () => {
  const noted = { ...summer, note: 'Rain expected', source: 'https://x.org' }
  const shown = on('2026-05-20', [noted, spring]).none('all')
  expect(shown).toMatch(/^Event .* Place$/m)
  expect(shown).toMatch(/^Summer .* Tirana$/m)
  expect(shown).toMatch('Summer: Rain expected; https://x.org')
  expect(on('2026-05-20', [spring]).none('all')).not.toMatch('Place')
})

test('a list has five exercises a page, the coming ones first', () => {
  const many = Array.from({ length: 12 }, (_, index) => {
    const month = String(index + 1).padStart(2, '0')
    return event(`No${month}`, `2026-${month}-10`, `2026-${month}-12`)
  })
  const today = Temporal.PlainDate.from('2026-06-01')
  const edition = localOn(today, { ...fixture(), events: many })
  const page = (which: string) => {
    const { body, actions = [] } = eventList(edition, which, today)
    const shown = renderText({ body }, { columns: 100, style: 'grid', colour: false })
    const [first] = actions
    return {
      names: [...shown.matchAll(/^No(\d\d) /gm)].map(([, month]) => Number(month)),
      more: first && 'command' in first ? first.command : '',
    }
  }
  expect(page('all')).toEqual({ names: [6, 7, 8, 9, 10], more: '/exercises all-2' })
  expect(page('all-2')).toEqual({ names: [11, 12, 1, 2, 3], more: '/exercises all-3' })
  expect(page('all-3').names).toEqual([4, 5])
  expect(page('upcoming-2').names).toEqual([11, 12])
  expect(page('past')).toEqual({ names: [1, 2, 3, 4, 5], more: '/exercises upcoming' })
  // The number of events may have changed since the button was shown.
  expect(page('past-3').names).toEqual([1, 2, 3, 4, 5])
  expect(eventPages(edition).map(({ value }) => value)).toContain('all-3')
  expect(eventPages({ events: many.slice(0, 5) })).toEqual([])
})

test('without a coming exercise the answer says so, and names the last one as past', () => {
  expect(on('2026-11-23', [spring, summer]).next()).toBe(
    [
      ...['No upcoming exercises.', '', 'Most recent:', ''],
      ...['Summer, 1–10 June 2026 — past', 'All', 'Tirana'],
    ].join('\n'),
  )
  expect(on('2026-11-23', []).next()).toBe('No upcoming exercises.')
})

test('a cancelled exercise is neither the next one nor the last one', () => {
  const cancelled = { ...summer, status: 'cancelled' as const }
  expect(on('2026-05-20', [spring, cancelled]).next()).toMatch('Spring, 10–12 March 2026 — past')
  expect(on('2026-11-23', [spring, cancelled]).next()).not.toMatch('Summer')
})

test('a postponed exercise is not the next one, but is said to wait for its date', () => {
  const postponed = { ...summer, status: 'postponed' as const }
  expect(on('2026-05-20', [postponed, winter]).next()).toBe(
    [
      ...['Winter, 30 December 2026 – 2 January 2027 — in 224 days', 'All', ''],
      'Postponed, no new date yet: Summer.',
    ].join('\n'),
  )
})

test('the day after its last day an exercise is past, never upcoming', () => {
  expect(on('2026-06-10', [summer]).names('upcoming')).toHaveLength(1)
  expect(on('2026-06-11', [summer]).names('upcoming')).toEqual([])
  expect(on('2026-06-11', [summer]).names('past')).toEqual([
    'Summer | 1–10 June 2026 | All | past | Tirana',
  ])
})

test('the list has the coming ones first, each part in the order of dates, and can be filtered', () => {
  const all = on('2026-06-05', [winter, spring, { ...summer, status: 'cancelled' }])
  expect(all.names('all')).toEqual([
    'Summer | 1–10 June 2026 | All | cancelled | Tirana',
    'Winter | 30 December 2026 – 2 January 2027 | All | in 208 days',
    'Spring | 10–12 March 2026 | All | past',
  ])
  expect(all.names('past')).toHaveLength(1)
  expect(all.names('upcoming')).toHaveLength(2)
})

test('an old postponed exercise still waits; an old cancelled one is past', () => {
  const waiting = { ...spring, status: 'postponed' as const }
  const cancelled = { ...summer, status: 'cancelled' as const }
  const later = on('2026-11-23', [waiting, cancelled])
  expect(later.names('upcoming')).toEqual(['Spring | was 10–12 March 2026 | All | postponed'])
  expect(later.names('past')).toEqual(['Summer | 1–10 June 2026 | All | cancelled | Tirana'])
})

test('an empty list says what is not known', () => {
  expect(on('2026-11-23', []).none('upcoming')).toMatch('No upcoming exercises.')
  expect(on('2026-11-23', []).none('past')).toMatch('No past exercises.')
  expect(on('2026-11-23', []).none('all')).toMatch('No exercises yet.')
})
