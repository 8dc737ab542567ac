import { type Kysely, type Selectable, sql } from 'kysely'
import { knownZone } from '../../clock.ts'
import { instantOrEpoch } from '../instant.ts'
import { isCount } from '../ledger/broadcast-row.ts'
import type { Tables } from '../sql/schema.ts'

/**
 * The servers whose own lists of events the bot fills, and the events there. Everything throws {@link StoreError} if
 * the store fails.
 */
export interface ScheduledEvents {
  /** Reads a server; undefined if its events were never turned on. */
  find(key: ServerKey): Promise<EventServer | undefined>
  /**
   * Turns the events of a server on, or tries a server anew that refused them. With `refused`, a refusal that is known
   * already, the next pass is due at `nextAt`.
   */
  turnOn(key: ServerKey, zone: string, refused?: Refused): Promise<void>
  /** Turns the events of a server off. The next pass cancels those to come. Does nothing if they were never on. */
  turnOff(key: ServerKey): Promise<void>
  /**
   * Finds the server whose pass has been due for the longest time: its time has come, or it has not had this edition. A
   * time over two days ahead counts as come, because a clock that was ahead wrote it.
   */
  due(platform: string, edition: number, now: Temporal.Instant): Promise<EventServer | undefined>
  /** Ends a pass over a server, unless an admin has changed or erased the server since it began. */
  passed(server: EventServer, pass: Pass): Promise<void>
  /** Lists the events of a server. */
  events(key: ServerKey): Promise<KnownEvent[]>
  /** Stores an event in place of the `former` subject, unless its server was erased. */
  record(key: ServerKey, event: KnownEvent, former?: string): Promise<void>
  /** Erases the events of all servers that ended before an instant. */
  erase(before: Temporal.Instant): Promise<void>
  /** Erases a server with its events, because the bot left it. */
  forget(key: ServerKey): Promise<void>
  /** Counts the servers whose events are on, by the reason of their refusal: null, which comes first, if there is none. */
  count(): Promise<{ readonly refused: string | null; readonly servers: number }[]>
}

export interface ServerKey {
  readonly platform: string
  /** The server's id on the platform. */
  readonly server: string
}

export interface EventServer extends ServerKey {
  readonly isOn: boolean
  /** IANA zone of events that take whole days. */
  readonly zone: string
  /** `rights` if a right is missing, or the platform's own words. */
  readonly refused?: string
  /** Failed passes in a row. */
  readonly tries: number
  /** Grows with each change by an admin; absent if it is damaged. */
  readonly revision?: number
}

interface Refused {
  readonly refused: string
  readonly nextAt: Temporal.Instant
}

/** The result of a pass. */
interface Pass {
  readonly nextAt: Temporal.Instant
  /** The edition of a complete pass; absent if the pass failed. */
  readonly edition?: number
  readonly refused?: string
}

/** An event in a server's list, as the bot last left it. */
export interface KnownEvent {
  /** See `Occurrence.subject`. */
  readonly subject: string
  /** The platform's id; absent if the platform refused to make the event. */
  readonly id?: string
  /** A hash of the facts that the platform has; empty if they are not known. */
  readonly digest: string
  /** `deleted`: a person deleted it in the server. `refused`: the platform does not accept its facts. */
  readonly state: 'open' | 'cancelled' | 'deleted' | 'refused'
  readonly startsAt: Temporal.Instant
  readonly endsAt: Temporal.Instant
}

const STATES = ['open', 'cancelled', 'deleted', 'refused'] as const

/** Longest reason of a refusal that is stored, in UTF-16 units. */
const REASON_LENGTH = 200

/** Longest plausible time until the next pass, in milliseconds. */
const LONGEST_MS = 2 * 86_400_000

/** Erases a server with its events within the caller's transaction. Resolves to whether there was one. */
export async function forgetServer(
  transaction: Kysely<Tables>,
  { platform, server }: ServerKey,
): Promise<boolean> {
  let count = 0n
  for (const table of ['scheduled_events', 'event_servers'] as const) {
    const { numDeletedRows } = await transaction
      .deleteFrom(table)
      .where('platform', '=', platform)
      .where('server', '=', server)
      .executeTakeFirst()
    count += numDeletedRows
  }
  return count > 0n
}

export function createScheduledEvents(db: Kysely<Tables>): ScheduledEvents {
  const select = (from: Kysely<Tables>, { platform, server }: ServerKey) =>
    from
      .selectFrom('event_servers')
      .selectAll()
      .where('platform', '=', platform)
      .where('server', '=', server)

  const update = ({ platform, server }: ServerKey) =>
    db.updateTable('event_servers').where('platform', '=', platform).where('server', '=', server)

  return {
    async find(key) {
      const row = await select(db, key).executeTakeFirst()
      return row && toServer(row)
    },
    async turnOn({ platform, server }, zone, known) {
      const row = {
        is_on: 1,
        zone,
        refused: known?.refused ?? null,
        tries: known ? 1 : 0,
        next_at: known?.nextAt.epochMilliseconds ?? 0,
        edition_id: null,
      }
      await db
        .insertInto('event_servers')
        .values({ platform, server, ...row, revision: 1 })
        .onConflict(conflict =>
          conflict
            .columns(['platform', 'server'])
            .doUpdateSet({ ...row, revision: sql`event_servers.revision + 1` }),
        )
        .execute()
    },
    async turnOff(key) {
      await update(key)
        .set({ is_on: 0, refused: null, tries: 0, next_at: 0, edition_id: null })
        .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
        .execute()
    },
    async due(platform, edition, now) {
      const ms = now.epochMilliseconds
      const row = await db
        .selectFrom('event_servers')
        .selectAll()
        .where('platform', '=', platform)
        .where(({ or, and, eb }) =>
          or([
            eb('next_at', '<=', ms),
            eb('next_at', '>', ms + LONGEST_MS),
            and([
              eb('tries', '=', 0),
              or([eb('edition_id', 'is', null), eb('edition_id', '<>', edition)]),
            ]),
          ]),
        )
        .orderBy('next_at')
        .orderBy('server')
        .limit(1)
        .executeTakeFirst()
      return row && toServer(row)
    },
    async passed(server, { nextAt, edition, refused }) {
      const isWhole = edition !== undefined
      const { revision } = server
      const asRead = update(server)
      // No value equals a damaged revision, so the server would stay due for ever.
      const unchanged = revision === undefined ? asRead : asRead.where('revision', '=', revision)
      await unchanged
        .set({
          ...(revision === undefined && { revision: 0 }),
          next_at: nextAt.epochMilliseconds,
          refused: refused?.slice(0, REASON_LENGTH) ?? null,
          tries: isWhole ? 0 : server.tries + 1,
          ...(isWhole && { edition_id: edition }),
        })
        .execute()
    },
    async events({ platform, server }) {
      const rows = await db
        .selectFrom('scheduled_events')
        .selectAll()
        .where('platform', '=', platform)
        .where('server', '=', server)
        .orderBy('subject')
        .execute()
      return rows.map(toEvent)
    },
    async record(key, { subject, id = null, digest, state, startsAt, endsAt }, former) {
      const { platform, server } = key
      const row = {
        ...{ event_id: id, digest, state },
        starts_at: startsAt.epochMilliseconds,
        ends_at: endsAt.epochMilliseconds,
      }
      await db.transaction().execute(async transaction => {
        if (!(await select(transaction, key).executeTakeFirst())) return
        if (former !== undefined && former !== subject) {
          await transaction
            .deleteFrom('scheduled_events')
            .where('platform', '=', platform)
            .where('server', '=', server)
            .where('subject', '=', former)
            .execute()
        }
        await transaction
          .insertInto('scheduled_events')
          .values({ platform, server, subject, ...row })
          .onConflict(conflict =>
            conflict.columns(['platform', 'server', 'subject']).doUpdateSet(row),
          )
          .execute()
      })
    },
    async erase(before) {
      await db
        .deleteFrom('scheduled_events')
        .where('ends_at', '<', before.epochMilliseconds)
        .execute()
    },
    async forget(key) {
      await db.transaction().execute(transaction => forgetServer(transaction, key))
    },
    async count() {
      const rows = await db
        .selectFrom('event_servers')
        .select('refused')
        .select(sql<number>`count(*)`.as('servers'))
        .where('is_on', '=', 1)
        .groupBy('refused')
        // The databases differ in where they sort null.
        .orderBy(sql`refused is not null`)
        .orderBy('refused')
        .execute()
      return rows.map(({ refused, servers }) => ({ refused, servers: Number(servers) }))
    },
  }
}

function toServer(row: Selectable<Tables['event_servers']>): EventServer {
  const { platform, server, zone, refused, tries, revision } = row
  return {
    ...{ platform, server },
    ...(isCount(revision) && { revision }),
    isOn: row.is_on !== 0,
    zone: knownZone(zone),
    ...(refused !== null && { refused: String(refused) }),
    // A damaged number of tries must not make the pauses endless.
    tries: isCount(tries) ? tries : 0,
  }
}

function toEvent(row: Selectable<Tables['scheduled_events']>): KnownEvent {
  const { event_id: id } = row
  return {
    // SQLite accepts any value in any column.
    ...{ subject: String(row.subject), digest: String(row.digest) },
    ...(id !== null && { id: String(id) }),
    // An event in an unknown state is left alone.
    state: STATES.find(state => state === row.state) ?? 'deleted',
    startsAt: instantOrEpoch(row.starts_at),
    endsAt: instantOrEpoch(row.ends_at),
  }
}
