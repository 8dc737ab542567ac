import ICAL from 'ical.js'
import { FeedError } from './error.ts'

/** The parts of a file of calendars. A file may hold several. */
interface CalendarParts {
  /** The calendars without their events. */
  readonly calendars: readonly ICAL.Component[]
  readonly events: readonly ICAL.Component[]
  /** The number of events that are damaged. */
  readonly damaged: number
}

/**
 * Parses the calendars of a text. Each event is parsed apart from the others, so that a damaged one hides no other.
 * Throws {@link FeedError} if the calendar around them is damaged or has no end. Pure.
 */
export function parseComponents(text: string): CalendarParts {
  const rest: string[] = []
  const blocks: string[][] = []
  let block: string[] | undefined
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (/^BEGIN:VEVENT\s*$/i.test(line)) {
      // An event within an event: the outer one has no end.
      if (block) throw new FeedError('no-calendar')
      block = []
      blocks.push(block)
    }
    if (block) block.push(line)
    else if (line.trim() !== '') rest.push(line)
    if (/^END:VEVENT\s*$/i.test(line)) block = undefined
  }
  const calendars = parse(rest)
  const isWhole = calendars?.every(({ name }) => name === 'vcalendar')
  if (!calendars || !isWhole || block) throw new FeedError('no-calendar')
  const events = blocks.map(lines => parse(lines)?.[0]).filter(event => event !== undefined)
  return { calendars, events, damaged: blocks.length - events.length }
}

/** Parses components; undefined if they are damaged. */
function parse(lines: readonly string[]): ICAL.Component[] | undefined {
  try {
    const parsed = ICAL.parse(lines.join('\r\n')) as unknown[]
    const roots = typeof parsed[0] === 'string' ? [parsed] : parsed
    return roots.map(root => new ICAL.Component(root as unknown[]))
  } catch {
    return undefined
  }
}

/** Returns the text of a property; undefined if the component has none. */
export function textOf(component: ICAL.Component, name: string): string | undefined {
  const value = component.getFirstProperty(name)?.jCal[3]
  return typeof value === 'string' ? value : undefined
}
