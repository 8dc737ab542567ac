import type { EventChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import type { Occurrence } from '../content/occurrences.ts'
import { linked } from '../content/plain-links.ts'
import { type Action, heading, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { countdown } from './countdown.ts'
import { changeTitle, describeChange } from './event-changes.ts'
import { addToCalendar, eventFacts, eventsActions, muteAction } from './events.ts'
import { footer } from './footer.ts'

/** The button under a post that leads to the settings. */
export const SETTINGS_ACTION: Action = {
  label: texts.settings.pages.settings,
  command: '/settings',
}

/** Returns the buttons under a post about events. Pure. */
export function eventPostActions(edition: Edition): Action[] {
  return [...eventsActions(edition), SETTINGS_ACTION]
}

/**
 * Returns the message before an event begins, or on its first or last day. `publicUrl` is the base address of links.
 * Pure.
 */
export function reminder(
  edition: Edition,
  event: Occurrence,
  today: Temporal.PlainDate,
  publicUrl?: string,
): Message {
  return message(
    [
      heading(1, event.name, ' ', countdown(event, today, 'title')),
      paragraph(...eventFacts(event)),
      footer(edition, edition.asOf, today),
    ],
    [...addToCalendar(event, publicUrl), muteAction(event.id), ...eventPostActions(edition)],
  )
}

/** Returns the message that replaces a sent reminder whose event has changed. Pure. */
export function correctedReminder(
  edition: Edition,
  change: EventChange,
  today: Temporal.PlainDate,
): Message {
  const said = message(
    [
      heading(1, changeTitle(change)),
      paragraph(strong(texts.corrected), ...linked(` ${describeChange(change)}.`)),
      footer(edition, edition.asOf, today),
    ],
    eventPostActions(edition),
  )
  return { ...said, tone: 'corrected' }
}
