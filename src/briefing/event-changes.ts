import type { PhrasingContent } from 'mdast'
import { changedExceptions } from '../content/changed-exceptions.ts'
import type { EventChange } from '../content/diff.ts'
import { type CalendarEvent, SHOWN_FACTS } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { strong } from '../message.ts'
import { texts } from '../texts.ts'
import { datesInWords } from './event-dates.ts'

const words = texts.changes.event
const titles = texts.update

/** Describes a change of an event: "Defender 2023: moved from 1–10 June to 3–12 June 2023". */
export function eventLine(change: EventChange): (string | PhrasingContent)[] {
  return [strong(nameOf(change)), ...linked(`: ${describeChange(change)}`)]
}

/** Returns the name of a changed event. Pure. */
function nameOf(change: EventChange): string {
  return change.kind === 'removed' ? change.before.name : change.after.name
}

/** Returns the title of an update about one event: "Winter 2027 moved to 3–12 December 2027". Pure. */
export function changeTitle(change: EventChange): string {
  const name = nameOf(change)
  if (change.kind === 'removed') return titles.removed(name)
  const { kind, before, after } = change
  const to = datesInWords(after)
  switch (kind) {
    case 'added':
      return after.status === 'scheduled'
        ? titles.added(name, to)
        : titles.addedResting(name, texts.status[after.status])
    case 'moved':
      return titles.moved(name, to)
    case 'postponed':
      return titles.postponed(name)
    case 'cancelled':
      return titles.cancelled(name)
    case 'revived':
      return isRescheduled(before, after) ? titles.newDates(name, to) : titles.afterAll(name, to)
    case 'changed': {
      const exceptions = exceptionsInWords(change)
      return exceptions.length > 0
        ? titles.exceptions(name, exceptions.join('; '))
        : titles.changed(name)
    }
  }
}

/** Describes a change of an event without its name: "moved from 1–10 June to 3–12 June 2023". */
export function describeChange(change: EventChange): string {
  if (change.kind === 'removed') return words.removed
  const { kind, before, after } = change
  const to = datesInWords(after)
  if (kind === 'added') {
    return after.status === 'scheduled' ? words.added(to) : words.addedResting[after.status](to)
  }
  const from = datesInWords(before)
  switch (kind) {
    case 'moved':
      return words.moved(withoutYear(before, after.end), to)
    case 'postponed':
      return words.postponed(from)
    case 'cancelled':
      return words.cancelled(from)
    case 'revived':
      return isRescheduled(before, after) ? words.newDates(to) : words.afterAll(to)
    case 'changed':
      return [...exceptionsInWords(change), ...changedFacts(before, after)].join('; ')
  }
}

/** Formats the dates of an event, without its year if the date `next`, which follows in the text, has the same year. */
function withoutYear(event: CalendarEvent, next: string): string {
  const year = next.slice(0, 4)
  const isOnce = event.repeat === undefined
  const isSame = isOnce && event.start.startsWith(year) && event.end.startsWith(year)
  return isSame ? datesInWords(event).replace(` ${year}`, '') : datesInWords(event)
}

const FACTS = ['participants', ...SHOWN_FACTS] as const

/** Names the dates on which a repeated event no longer takes place, and those on which it does again. */
function exceptionsInWords(change: EventChange): string[] {
  const { removed, restored } = changedExceptions(change)
  return [
    ...(removed.length > 0 ? [words.notOn(removed)] : []),
    ...(restored.length > 0 ? [words.againOn(restored)] : []),
  ]
}

function changedFacts(before: CalendarEvent, after: CalendarEvent): string[] {
  const { renamed, dates, fact } = words
  return [
    ...(before.name === after.name ? [] : [renamed(before.name)]),
    ...(datesInWords(before) === datesInWords(after) ? [] : [dates(datesInWords(after))]),
    ...FACTS.filter(name => before[name] !== after[name]).map(name => fact[name](after[name])),
  ]
}

/** Whether a postponed event has new dates. It may be scheduled again for its former ones. */
function isRescheduled(before: CalendarEvent, after: CalendarEvent): boolean {
  return before.status === 'postponed' && datesInWords(before) !== datesInWords(after)
}
