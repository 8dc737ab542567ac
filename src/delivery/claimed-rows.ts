import type { Clock, ClockTrust } from '../clock.ts'
import type { Poster } from '../poster.ts'
import { StoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { ExchangeResult } from '../store/ledger/deliveries.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import { decideBeforeSend, isStill, released, retryForever } from './decisions.ts'
import type { ReadRendered } from './rendered-messages.ts'
import { chatOf, type Work } from './send-step.ts'

export interface ClaimedRowsOptions {
  readonly poster: Pick<Poster, 'publish'>
  readonly rendered: ReadRendered
  readonly clock: Pick<Clock, 'now'>
  readonly finish: (settlement: Settlement) => void
  /** Runs the preparation of a row, so that a fault in it fails that row alone. */
  readonly guarded: (row: Claimed, broadcast: Broadcast, work: () => Promise<void>) => Promise<void>
  /** Pauses a broadcast whose message cannot be rendered. */
  readonly pause: (broadcast: Broadcast, error: unknown) => Promise<void>
  readonly trust?: ClockTrust | undefined
}

/** Claimed rows that wait for their call. */
export interface ClaimedRows {
  readonly works: Work[]
  /** Prepares claimed rows, and gives back prepared ones whose broadcast was paused or changed. */
  take(exchanged: ExchangeResult): Promise<void>
  /** Gives all prepared rows back. */
  giveBack(): void
}

/** Rows of one group, for several of its topics, that are in hand at once. */
const TOPICS = 2

/** How long a further topic waits for each one before it, in milliseconds. */
const TOPIC_MS = 1000

export function createClaimedRows(options: ClaimedRowsOptions): ClaimedRows {
  const { poster, rendered, clock, finish, guarded, pause, trust } = options
  const works: Work[] = []

  /** The parts to send; undefined if the broadcast was corrected, or is damaged and paused. */
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
    const judged = trust?.mayPost() === false ? retryForever(broadcast) : broadcast
    const ended = decideBeforeSend(row, judged, content, clock.now())
    if (ended) return finish(ended)
    const before = works.filter(work => chatOf(work.row) === chatOf(row)).length
    // The topics of one group take turns, so that other chats do not wait for them.
    if (before >= TOPICS) {
      const nextAt = clock.now().add({ milliseconds: before * TOPIC_MS })
      return finish(released(row, { nextAt }))
    }
    works.push({ row, broadcast, content, parts })
  }

  return {
    works,
    async take({ claimed, open }) {
      const known = new Map(open.map(broadcast => [broadcast.id, broadcast]))
      for (const work of works.splice(0)) {
        const isSame = isStill(work.row, work.broadcast, known.get(work.broadcast.id))
        if (isSame) works.push(work)
        else finish(released(work.row))
      }
      for (const row of claimed) {
        const broadcast = known.get(row.broadcast)
        if (broadcast) await guarded(row, broadcast, () => prepare(row, broadcast))
      }
    },
    giveBack() {
      for (const { row } of works.splice(0)) finish(released(row))
    },
  }
}
