import { markDraft } from '../briefing/draft.ts'
import { byStart, isPast } from '../briefing/event-state.ts'
import { eventsActions } from '../briefing/events.ts'
import { writeCalendar } from '../calendar/calendar.ts'
import { calendarUrl } from '../calendar/calendars.ts'
import { type CalendarEvent, EVENTS } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { FILE_BYTES, type Message, message, paragraph } from '../message.ts'
import { revisionsOf } from '../schedule/first-seen.ts'
import { loadRevisions } from '../schedule/load-revisions.ts'
import { texts } from '../texts.ts'
import type { Call } from './command.ts'

const words = texts.events.calendar

/** Resolves to a file of the events that are not over, for the reader's own calendar. Throws {@link StoreError}. */
export async function calendarFile({ edition, registry, store }: Call): Promise<Message> {
  const { eventNames = EVENTS, hasDraftEvents } = edition
  const own = new Map(registry.edition.events.map(event => [event.id, event]))
  // The file has the events as their editor wrote them: the reader's calendar knows the reader's clock.
  const coming = byStart(edition.events.filter(event => !isPast(event))).flatMap(
    ({ id }) => own.get(id) ?? [],
  )
  const actions = eventsActions(edition)
  if (coming.length === 0) {
    return message([paragraph(texts.events.none.upcoming(eventNames))], actions)
  }
  const revisionOf = store ? (await loadRevisions(store.editions)).revisionOf : revisionsOf({})
  const { events, text } = await within(FILE_BYTES, coming, chosen =>
    writeCalendar(registry.edition, chosen, revisionOf),
  )
  const url = registry.publicUrl && calendarUrl(registry.publicUrl)
  const said = message(
    [
      paragraph(words.open(events.length, eventNames)),
      ...(events.length < coming.length ? [paragraph(words.first)] : []),
      ...(url ? [paragraph(...linked(words.subscribe + url))] : []),
    ],
    actions,
  )
  const file = { name: `${fileName(edition.id)}.ics`, type: 'text/calendar', text }
  return { ...markDraft(said, hasDraftEvents && 'wholly'), file }
}

/** Writes the first events, as many as fit into `bytes`. */
async function within(
  bytes: number,
  events: readonly CalendarEvent[],
  write: (events: readonly CalendarEvent[]) => Promise<string>,
): Promise<{ events: readonly CalendarEvent[]; text: string }> {
  const text = await write(events)
  const share = bytes / Buffer.byteLength(text)
  // Events differ in length, so leave some room.
  return share >= 1
    ? { events, text }
    : within(bytes, events.slice(0, Math.floor(events.length * share * 0.95)), write)
}

/** The id of an edition in the characters of a file name. */
function fileName(id: string): string {
  return id.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'calendar'
}
