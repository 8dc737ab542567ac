import { StoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { ExchangeResult } from '../store/ledger/deliveries.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { DeliveryContext } from './context.ts'
import { decideBeforeSend, isStillDue, released, withoutExpiry } from './decisions.ts'
import type { ReadRendered } from './rendered-messages.ts'
import { chatOf, type PreparedRow } from './send-step.ts'

export interface ClaimedRowsOptions extends Pick<DeliveryContext, 'poster' | 'clock' | 'trust'> {
  /** Receives the prepared rows: see `RowsInHand`. */
  readonly ready: PreparedRow[]
  readonly rendered: ReadRendered
  /** Receives the outcome of a row that is not prepared. */
  readonly finish: (settlement: Settlement) => void
  /** Runs the preparation of a row, and fails that row alone if the preparation throws. */
  readonly guarded: (row: Claimed, broadcast: Broadcast, work: () => Promise<void>) => Promise<void>
  /** Pauses a broadcast whose message cannot be rendered. */
  readonly pause: (broadcast: Broadcast, error: unknown) => Promise<void>
}

/** Prepares claimed rows for their call. */
export interface ClaimedRows {
  /** Prepares claimed rows, and releases ready rows whose broadcast has changed. Throws {@link StoreError}. */
  take(exchanged: ExchangeResult): Promise<void>
  /** Releases all ready rows. */
  releaseAll(): void
}

/** Most ready rows of one group, for several of its topics. */
const TOPICS = 2

/** Time that a further topic waits for each ready row of its group, in milliseconds. */
const TOPIC_MS = 1000

export function createClaimedRows(options: ClaimedRowsOptions): ClaimedRows {
  const { poster, ready, rendered, clock, finish, guarded, pause, trust } = options

  /** Returns the parts to send; undefined if the broadcast was corrected, or is damaged and now paused. */
  async function partsOf({ tableStyle, zone }: Claimed, broadcast: Broadcast) {
    try {
      return (await rendered(broadcast, zone))?.parts(tableStyle)
    } catch (error) {
      // A cancelled broadcast cannot be paused, so its rows fail.
      if (error instanceof StoreError || broadcast.state === 'cancelled') throw error
      await pause(broadcast, error)
      return undefined
    }
  }

  async function prepare(row: Claimed, broadcast: Broadcast): Promise<void> {
    if (row.isUnreadable) throw new TypeError('This row of the ledger is damaged.')
    const { revision, isRetracted } = broadcast
    const parts = await partsOf(row, broadcast)
    if (!parts) return finish(released(row))
    const isPublished = broadcast.publish && poster.publish !== undefined
    const content = { revision, parts: isRetracted ? 0 : parts.length, isPublished }
    const current = trust.mayPost() ? broadcast : withoutExpiry(broadcast)
    const ended = decideBeforeSend(row, current, content, clock.now())
    if (ended) return finish(ended)
    const before = ready.filter(each => chatOf(each.row) === chatOf(row)).length
    // The topics of one group take turns, so that other chats do not wait for them.
    if (before >= TOPICS) {
      const nextAt = clock.now().add({ milliseconds: before * TOPIC_MS })
      return finish(released(row, { nextAt }))
    }
    ready.push({ row, broadcast, content, parts })
  }

  return {
    async take({ claimed, open }) {
      const broadcasts = new Map(open.map(broadcast => [broadcast.id, broadcast]))
      for (const prepared of ready.splice(0)) {
        const { row, broadcast } = prepared
        if (isStillDue(row, broadcast, broadcasts.get(broadcast.id))) ready.push(prepared)
        else finish(released(row))
      }
      for (const row of claimed) {
        const broadcast = broadcasts.get(row.broadcast)
        if (broadcast) await guarded(row, broadcast, () => prepare(row, broadcast))
      }
    },
    releaseAll() {
      for (const { row } of ready.splice(0)) finish(released(row))
    },
  }
}
