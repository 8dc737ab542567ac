import { createHash } from 'node:crypto'
import { writeCalendar } from '../calendar/calendar.ts'
import { type CalendarContent, findCalendar } from '../calendar/calendars.ts'
import type { Clock } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import type { Revisions } from '../schedule/first-seen.ts'
import { type LoadedRevisions, loadRevisions } from '../schedule/load-revisions.ts'
import type { CalendarSource, ServedCalendar } from '../server/calendars.ts'
import { ignoreStoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'

/** How long revisions are used before the store is asked again, in milliseconds. */
const FRESH_MS = 15_000

export interface CalendarSourceOptions {
  /** Returns the edition in use, without drafts. */
  readonly edition: () => Edition | undefined
  readonly store: Pick<Store, 'editions'>
  readonly clock: Pick<Clock, 'elapsed'>
}

/** Writes the calendars of the edition in use. Requests share the work, and ask the store at most once in 15 seconds. */
export function createCalendarSource(options: CalendarSourceOptions): CalendarSource {
  const { edition, store, clock } = options
  let revisions: LoadedRevisions | undefined
  let loading: Promise<void> | undefined
  let loadedAt = Number.NEGATIVE_INFINITY
  /** The calendars of all events, by their title. */
  let written:
    | { of: Edition; by: string; calendars: Map<string, Promise<ServedCalendar>> }
    | undefined

  /** Resolves to the last known revisions if the store fails. */
  async function current(): Promise<LoadedRevisions | undefined> {
    if (clock.elapsed() - loadedAt >= FRESH_MS) {
      loading ??= loadRevisions(store.editions)
        .then(loaded => {
          revisions = loaded
          // A new bot stores its first edition a moment after its start.
          if (loaded.isPublished) loadedAt = clock.elapsed()
        })
        .catch(ignoreStoreError)
        .finally(() => {
          loading = undefined
        })
      await loading
    }
    return revisions
  }

  return {
    async find(name) {
      const of = edition()
      const found = of && findCalendar(of, name)
      if (!found) return undefined
      const by = await current()
      if (!by) return 'unavailable'
      if (written?.of !== of || written.by !== by.key) {
        written = { of, by: by.key, calendars: new Map() }
      }
      const known = written.calendars.get(found.title)
      if (known && found.events === of.events) return known
      const calendar = write(of, found, by.revisionOf)
      // One event is written quickly, and there may be thousands of them.
      if (found.events === of.events) written.calendars.set(found.title, calendar)
      return calendar
    },
  }
}

async function write(
  edition: Edition,
  { title, events }: CalendarContent,
  revisionOf: Revisions,
): Promise<ServedCalendar> {
  const text = await writeCalendar(edition, events, revisionOf, title)
  return { text, digest: createHash('sha256').update(text).digest('base64url') }
}
