import { createHash } from 'node:crypto'
import { BoundedMap } from '../async/bounded-map.ts'
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

/** Most calendars in memory. */
const KEPT = 100

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
        written = { of, by: by.key, calendars: new BoundedMap(KEPT) }
      }
      const key = name ?? ''
      const known = written.calendars.get(key)
      if (known) return known
      const calendar = write(of, found, by.revisionOf)
      written.calendars.set(key, calendar)
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
