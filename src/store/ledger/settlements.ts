import { type Kysely, sql, type Transaction } from 'kysely'
import type { DialectName } from '../migrations/migrations.ts'
import { jsonRecordset } from '../sql/json-recordset.ts'
import type { Tables } from '../sql/schema.ts'
import type { Broadcast, DeliveryState } from './broadcast.ts'
import { toBroadcast } from './broadcast-row.ts'
import { selectOpen } from './broadcasts.ts'
import { AT_ONCE, type Basis, type DeliveryKey } from './claims.ts'

/** The outcome of one row, to be written into the ledger. */
export interface Settlement extends DeliveryKey {
  /** `pending` if the row may be claimed again, from `nextAt` on. */
  readonly state: Exclude<DeliveryState, 'claimed'>
  readonly nextAt?: Temporal.Instant
  readonly attempts: number
  readonly triedAt?: Temporal.Instant
  readonly repeated: number
  readonly part: number
  readonly revision: number
  readonly revisionSent: number
  readonly messages: readonly string[]
  readonly error?: string
  readonly basis: Basis
}

/** Writes outcomes into the ledger within a transaction of the lease's holder. */
export interface Settlements {
  /**
   * Settles rows that are still claimed in the epoch of their outcome. `isLate` also settles rows that another process
   * has released since, and has not changed. Idempotent. Resolves to all unfinished broadcasts.
   */
  settle(
    transaction: Transaction<Tables>,
    settlements: readonly Settlement[],
    at: number,
    isLate?: boolean,
  ): Promise<Broadcast[]>
}

export function createSettling(dialect: DialectName): Settlements {
  async function write(
    transaction: Transaction<Tables>,
    settlements: readonly Settlement[],
    at: number,
    isLate: boolean,
  ): Promise<void> {
    const rows = settlements.map(each => ({
      b: each.broadcast,
      c: each.chat,
      s: each.state,
      a: each.attempts,
      r: each.repeated,
      n: each.nextAt ? Math.max(AT_ONCE, each.nextAt.epochMilliseconds) : AT_ONCE,
      t: each.triedAt?.epochMilliseconds ?? null,
      p: each.part,
      v: each.revision,
      w: each.revisionSent,
      e: each.error ?? null,
      m: toMessageIds(each.messages),
      d: each.state === 'pending' ? null : at,
      o: each.basis.epoch,
      bp: each.basis.part,
      bv: each.basis.revision,
      bm: toMessageIds(each.basis.messages),
      l: Number(isLate && isProgress(each)),
    }))
    // The outcome of an older revision makes the row pending again if a part has arrived, or was refused.
    const isBehind = sql`(v.v < b.revision and (v.s = 'failed'
      or v.m is not null and v.s in ('sent', 'skipped', 'uncertain')))`
    // No sender works on a finished broadcast, so a late outcome counts there only if it has the newest revision.
    const isReleased = sql`(v.l = 1 and d.revision = v.bv and d.part = v.bp
      and coalesce(d.message_ids, '') = coalesce(v.bm, '')
      and (d.state = 'pending' or d.state = 'uncertain' and v.v = b.revision and v.s <> 'pending'))`
    await sql`
      update deliveries as d set
        state = case when ${isBehind} then 'pending' else v.s end,
        next_at = case when ${isBehind} then 0 else v.n end,
        part = case when ${isBehind} then 0 else v.p end,
        -- Another process may have sent the message again since it released the row.
        repeated = case when d.epoch is null and d.repeated > v.r then d.repeated else v.r end,
        attempts = v.a, tried_at = v.t, revision = v.v, revision_sent = v.w,
        message_ids = v.m, error = v.e, settled_at = v.d, epoch = null, left_at = null
      from ${jsonRecordset(dialect, rows, SETTLED)} join broadcasts as b on b.id = v.b
      where d.broadcast_id = v.b and d.chat_id = v.c
        and (d.state = 'claimed' and d.epoch = v.o or ${isReleased})
    `.execute(transaction)
  }

  /** Marks the edition as seen by each chat that received it. */
  async function markEditionSeen(
    transaction: Transaction<Tables>,
    settlements: readonly Settlement[],
    open: readonly Broadcast[],
  ): Promise<void> {
    const editions = new Map(open.map(({ id, editionId }) => [id, editionId]))
    const rows = settlements.flatMap(({ state, broadcast, chat }) => {
      const edition = state === 'sent' ? editions.get(broadcast) : undefined
      return edition === undefined ? [] : [{ c: chat, e: edition }]
    })
    if (rows.length === 0) return
    await sql`
      update chats set edition_id = v.e
      from ${jsonRecordset(dialect, rows, { c: 'bigint', e: 'bigint' })}
      where chats.id = v.c and chats.state <> 'stopped'
        and (chats.edition_id is null or chats.edition_id < v.e)
        and exists (select 1 from editions where editions.id = v.e)
    `.execute(transaction)
  }

  return {
    async settle(transaction, settlements, at, isLate = false) {
      const query = selectOpen(transaction)
      // Lock the broadcasts: their states and revisions must not change while rows are settled by them.
      const isShared = dialect === 'postgres'
      const open = (await (isShared ? query.forShare() : query).execute()).map(toBroadcast)
      if (settlements.length > 0) await write(transaction, settlements, at, isLate)
      await markEditionSeen(transaction, settlements, open)
      return open
    },
  }
}

/** Whether the lease is held in this epoch. */
export async function holdsLease(
  db: Kysely<Tables>,
  dialect: DialectName,
  { lease, epoch }: { readonly lease: string; readonly epoch: number },
): Promise<boolean> {
  const query = db.selectFrom('lease').select('epoch').where('name', '=', lease)
  // Lock the lease, so that no process acquires it before this transaction ends.
  const row = await (dialect === 'postgres' ? query.forShare() : query).executeTakeFirst()
  return row?.epoch === epoch
}

/** Whether a call advanced its row. After a failed call another process may have a newer outcome. Pure. */
function isProgress({ basis, part, messages }: Settlement): boolean {
  return part !== basis.part || toMessageIds(messages) !== toMessageIds(basis.messages)
}

/** Converts ids of messages to the column `message_ids`. Pure. */
function toMessageIds(messages: readonly string[]): string | null {
  return messages.length > 0 ? JSON.stringify(messages) : null
}

/** The fields of a settled row's record, with their types. */
const SETTLED = {
  b: 'bigint',
  c: 'bigint',
  s: 'text',
  a: 'integer',
  r: 'integer',
  n: 'bigint',
  t: 'bigint',
  p: 'integer',
  v: 'integer',
  w: 'integer',
  e: 'text',
  m: 'text',
  d: 'bigint',
  o: 'bigint',
  bp: 'integer',
  bv: 'integer',
  bm: 'text',
  l: 'integer',
} as const
