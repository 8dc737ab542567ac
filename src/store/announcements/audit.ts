import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import { instantOrEpoch } from '../instant.ts'
import { objectOf } from '../json.ts'
import type { Tables } from '../sql/schema.ts'

/** The append-only record of actions and their actors. Everything throws {@link StoreError} if the store fails. */
export interface Audit {
  /** Appends an entry with the current time. */
  note(entry: NewEntry): Promise<void>
  /** Lists up to `most` entries with ids below `before`, the newest first. */
  list(most: number, before?: number): Promise<Entry[]>
  /** Lists entries like `list`, but only those of people: Sitrep's own entries are left out. */
  acts(most: number, before?: number): Promise<Entry[]>
}

export interface NewEntry {
  /** `telegram:42` */
  readonly actor: string
  readonly action: string
  /** Ids and numbers that the action concerned; never names or texts. */
  readonly details?: Details
}

type Details = Readonly<Record<string, string | number>>

interface Entry extends NewEntry {
  readonly details: Details
  readonly id: number
  readonly at: Temporal.Instant
}

export function createAudit(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): Audit {
  const entries = (most: number, before = Number.MAX_SAFE_INTEGER) =>
    db.selectFrom('audit').selectAll().where('id', '<', before).orderBy('id', 'desc').limit(most)

  return {
    note: entry => insertNote(db, entry, clock.now().epochMilliseconds),
    list: async (...page) => (await entries(...page).execute()).map(toEntry),
    acts: async (...page) =>
      (
        await entries(...page)
          .where('actor', '<>', SITREP)
          .execute()
      ).map(toEntry),
  }
}

/** The actor of entries that Sitrep makes itself, such as the outcome of a broadcast. */
export const SITREP = 'sitrep'

function toEntry({ id, at, actor, action, details }: Selectable<Tables['audit']>): Entry {
  return { id, actor, action, details: readDetails(details), at: instantOrEpoch(at) }
}

/** Reads the details of an entry; empty if the text is damaged. */
function readDetails(text: string): Details {
  const details = Object.entries(objectOf(text) ?? {})
  const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number'
  return Object.fromEntries(details.filter(([, value]) => isPlain(value))) as Details
}

/** Inserts an entry about a broadcast within the caller's transaction. */
export function insertBroadcastNote(
  transaction: Transaction<Tables>,
  { details, ...entry }: NewEntry,
  broadcast: number,
  at: number,
): Promise<void> {
  return insertNote(transaction, { ...entry, details: { ...details, broadcast } }, at)
}

/** Inserts an entry, also within a caller's transaction. */
export async function insertNote(
  db: Kysely<Tables>,
  { actor, action, details = {} }: NewEntry,
  at: number,
): Promise<void> {
  const entry = { at, actor, action, details: JSON.stringify(details) }
  await db.insertInto('audit').values(entry).execute()
}
