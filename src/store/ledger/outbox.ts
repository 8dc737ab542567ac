import { type Kysely, sql } from 'kysely'
import type { Tables } from '../sql/schema.ts'

/** The rows of the ledger that no sender has claimed. Throws {@link StoreError} if the store fails. */
export interface Outbox {
  /** Counts the pending rows by platform. A platform without such rows is left out. */
  read(now: Temporal.Instant): Promise<readonly OutboxDepth[]>
}

/** The pending rows of one platform. */
export interface OutboxDepth {
  readonly platform: string
  /** Rows that may be claimed now. */
  readonly due: number
  /** Rows whose broadcast or next try is later, such as those of quiet hours. */
  readonly later: number
  /** Rows of paused broadcasts. */
  readonly paused: number
  /**
   * How long the oldest due row has waited, in seconds: since its broadcast was created, should start, or should be
   * tried again. 0 if no row is due. The rows of a correction do not count, because the ledger does not store when it was
   * made.
   */
  readonly oldestS: number
}

export function createOutbox(db: Kysely<Tables>): Outbox {
  return {
    async read(instant) {
      const now = instant.epochMilliseconds
      // Grouped in the order of the index `deliveries_due`, which has all columns: the rows are not read.
      const { rows } = await sql<GroupRow>`
        select d.platform, d.rows, d.due, d.first, b.state, b.revision, b.created_at as created,
          b.starts_at as starts
        from (
          select broadcast_id, platform, count(*) as rows,
            sum(case when next_at <= ${now} then 1 else 0 end) as due, min(next_at) as first
          from deliveries where state = 'pending' group by broadcast_id, platform
        ) as d join broadcasts as b on b.id = d.broadcast_id
        where b.finished_at is null
      `.execute(db)
      const groups = rows.map(row => toDepth(row, now))
      const platforms = Map.groupBy(groups, ({ platform }) => platform)
      return [...platforms.values()].map(of => of.reduce(added))
    },
  }
}

/** The pending rows of one broadcast on one platform. PostgreSQL returns counts and instants as texts. */
interface GroupRow {
  readonly platform: string
  readonly rows: number | string
  readonly due: number | string
  /** The earliest `next_at`. */
  readonly first: number | string
  readonly state: string
  readonly revision: number
  readonly created: number | string
  readonly starts: number | string | null
}

function toDepth(row: GroupRow, now: number): OutboxDepth {
  const { platform, state, revision } = row
  const [rows, startsAt] = [Number(row.rows), Number(row.starts ?? 0)]
  const none = { platform, due: 0, later: 0, paused: 0, oldestS: 0 }
  if (state === 'paused') return { ...none, paused: rows }
  if (startsAt > now) return { ...none, later: rows }
  const due = Number(row.due)
  const since = Math.max(startsAt, Number(row.created), Number(row.first))
  const isAged = due > 0 && revision === 1
  return {
    ...none,
    due,
    later: rows - due,
    oldestS: isAged ? Math.max(0, (now - since) / 1000) : 0,
  }
}

function added(a: OutboxDepth, b: OutboxDepth): OutboxDepth {
  return {
    platform: a.platform,
    due: a.due + b.due,
    later: a.later + b.later,
    paused: a.paused + b.paused,
    oldestS: Math.max(a.oldestS, b.oldestS),
  }
}
