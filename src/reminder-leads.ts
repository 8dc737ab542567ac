/**
 * When a reminder goes out: a number of days before an event begins, a number of hours (`2h`; for events with times
 * alone), when it starts, or on its last day.
 */
export type ReminderLead = number | `${number}h` | 'start' | 'end'

/** The forms of a lead: up to 999 days, weeks or hours. */
const LEAD = /^(?:[1-9]\d{0,2}[dwh]|start|end)$/

/** Reads `14d`, `1w`, `2h`, `start` or `end`; undefined for anything else. Pure. */
export function readLead(text: string): ReminderLead | undefined {
  if (!LEAD.test(text)) return undefined
  if (text === 'start' || text === 'end') return text
  const number = Number.parseInt(text, 10)
  if (text.endsWith('h')) return `${number}h`
  return number * (text.endsWith('w') ? 7 : 1)
}

/** Returns the hours of a lead in hours; undefined for any other lead. Pure. */
export function hoursOf(lead: ReminderLead): number | undefined {
  return typeof lead === 'string' && lead.endsWith('h') ? Number.parseInt(lead, 10) : undefined
}
