import type { EventChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import type { FirstSeen } from './first-seen.ts'

/** Hours in which updates about events of calendars are counted. */
const WINDOW_HOURS = 24

/** Changes after which the next change of one event waits for a moderator, and updates after which all changes do. */
const MOST = { changes: 3, updates: 12 } as const

/**
 * Whether an update has changes of calendars outside the content that changed too often in the last day: an event with at
 * least three changes before, or twelve updates about any of their events. A calendar that flips back and forth at each
 * fetch would notify subscribers all day. Pure.
 *
 * @param before the published edition, and what is known of its events.
 */
export function isRestless(
  changes: readonly EventChange[],
  before: { readonly edition: Pick<Edition, 'events'>; readonly firstSeen: FirstSeen },
  now: Temporal.Instant,
): boolean {
  const idsOf = (events: Edition['events']) =>
    events.filter(({ feed }) => feed !== undefined).map(({ id }) => id)
  const since = now.subtract({ hours: WINDOW_HOURS })
  const known = new Map(Object.entries(before.firstSeen))
  const recent = (ids: readonly string[]) =>
    ids.flatMap(id => {
      const shown = known.get(id)?.shown
      return shown && Temporal.Instant.compare(shown.at, since) > 0 ? [shown] : []
    })
  const changed = idsOf(changes.map(({ after, before }) => after ?? before))
  if (changed.length === 0) return false
  const updates = new Set(recent(idsOf(before.edition.events)).map(({ at }) => at))
  return (
    updates.size > MOST.updates || recent(changed).some(({ revision }) => revision >= MOST.changes)
  )
}
