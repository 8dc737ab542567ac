import { type Kysely, type RawBuilder, sql } from 'kysely'
import { yieldToEventLoop } from '../../async/yield.ts'
import { instantOrEpoch } from '../instant.ts'
import type { Tables } from '../sql/schema.ts'
import { type Cause, DELIVERY_STATES, type Progress, type Report } from './broadcast.ts'

/** Rows of a batch: a few milliseconds of work. */
const BATCH = 10_000

/**
 * Counts all rows of a broadcast in batches. `revision` is the newest; a row that is due after `at`, in milliseconds
 * since the epoch, counts as later.
 */
export async function countDeliveries(
  db: Kysely<Tables>,
  id: number,
  revision: number,
  at: number,
): Promise<Report> {
  const counts = new Map<string, number>([...DELIVERY_STATES, 'twice'].map(key => [key, 0]))
  const causes = new Map<string, Cause>()
  const reach = { any: 0, newest: 0, fresh: 0 }
  const later = { count: 0, untilMs: 0 }
  const add = (key: string, count: number) => counts.set(key, (counts.get(key) ?? 0) + count)
  let after = 0
  for (;;) {
    const rows = await countedRows(db, { id, after, revision, at }).execute()
    for (const { state, error, last, ...row } of rows) {
      const count = Number(row.count)
      add(state, count)
      add('twice', Number(row.twice))
      reach.any += Number(row.any)
      reach.newest += Number(row.newest)
      reach.fresh += Number(row.fresh)
      later.count += Number(row.later)
      if (row.until !== null) {
        later.untilMs = Math.min(later.untilMs || Number.POSITIVE_INFINITY, Number(row.until))
      }
      after = Math.max(after, Number(last))
      if (!isEnd(state) || error === null) continue
      const counted = causes.get(`${state} ${error}`)?.count ?? 0
      causes.set(`${state} ${error}`, { state, error, count: counted + count })
    }
    if (rows.length === 0) break
    await yieldToEventLoop()
  }
  return {
    progress: Object.fromEntries(counts) as Progress,
    reach,
    causes: [...causes.values()].sort((a, b) => b.count - a.count),
    later: { count: later.count, until: instantOrEpoch(later.untilMs) },
  }
}

interface CountedRange {
  readonly id: number
  readonly after: number
  readonly revision: number
  readonly at: number
}

function countedRows(db: Kysely<Tables>, { id, after, revision, at }: CountedRange) {
  const some = db
    .selectFrom('deliveries')
    .select(['state', 'error', 'chat_id', 'repeated', 'message_ids', 'revision_sent', 'next_at'])
    .where('broadcast_id', '=', id)
    .where('chat_id', '>', after)
    .orderBy('chat_id')
    .limit(BATCH)
    .as('some')
  const sum = (condition: RawBuilder<unknown>) =>
    sql<number>`sum(case when ${condition} then 1 else 0 end)`
  const isLater = sql`state = 'pending' and next_at > ${at}`
  return db
    .selectFrom(some)
    .select(({ fn }) => [
      'state' as const,
      'error' as const,
      fn.countAll<number>().as('count'),
      fn.max('chat_id').as('last'),
      sum(sql`repeated > 0`).as('twice'),
      // A retraction that deletes the message leaves a row without messages, but with `revision_sent`.
      sum(sql`revision_sent > 0 or message_ids is not null`).as('any'),
      sum(sql`state = 'sent' and revision_sent >= ${revision}`).as('newest'),
      sum(sql`state in ('pending', 'claimed') and revision_sent = 0 and message_ids is null`).as(
        'fresh',
      ),
      sum(isLater).as('later'),
      sql<number | null>`min(case when ${isLater} then next_at end)`.as('until'),
    ])
    .groupBy(['state', 'error'])
}

function isEnd(state: string): state is Cause['state'] {
  return ['failed', 'gone', 'skipped', 'uncertain'].includes(state)
}
