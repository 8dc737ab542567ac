import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import { type Breaker, type CallResult, createBreaker, type Trip } from './breaker.ts'
import type { DeliveryContext } from './context.ts'
import type { PlaceKinds } from './place-kinds.ts'

type Context = Pick<DeliveryContext, 'poster' | 'store' | 'reachability' | 'log'>

export interface BreakerActionsOptions extends Context {
  /** Shared by all platforms. */
  readonly kinds: PlaceKinds
}

/** Acts on a tripped breaker: pauses the broadcast and restores chats that were marked gone by mistake. */
export interface BreakerActions {
  /** Counts the result of a call. `code` is the platform's, or {@link FAULT}. */
  record(result: CallResult, row: Claimed, broadcast: Broadcast, code?: string): void
  /** Records that a chat has the whole message. */
  accepted(row: Claimed, broadcast: Broadcast): void
  /** Whether a broadcast has tripped its breaker. Its chats are then not marked as gone. */
  isTripped(broadcast: number): boolean
  /** Returns the settlement. Replaces its state `gone` by `pending` if the breaker of its broadcast has tripped. */
  withoutGone(settlement: Settlement): Settlement
  /** Forgets breakers of finished broadcasts, and trips of broadcasts that were resumed. */
  sync(open: readonly Broadcast[]): void
  /** Whether a pause is not stored yet. */
  isWaiting(): boolean
  /** Stores the pauses; after a failure, the next call retries. Throws {@link StoreError}. */
  flush(): Promise<void>
}

/** Log messages by the note of the pause: see `pausedBecause` in `texts/reasons.ts`. */
const SENTENCES = {
  gone: (id: number) =>
    `Paused broadcast ${id} because over half of its chats were unreachable, which suggests an outage. No chat was marked unreachable. When the platform recovers, run bin/sitrep broadcast --resume ${id}`,
  rejected: (id: number) => `Chats of different kinds reject a message’s content. ${pausedFor(id)}`,
  refused: (id: number) =>
    `No chat accepted a message, and several reject its content. ${pausedFor(id)}`,
  fault: (id: number) =>
    `Paused broadcast ${id} because its rows can’t be handled. Report the lines above. Continue with bin/sitrep broadcast --resume ${id}, or stop it with --cancel ${id}.`,
} as const

function pausedFor(id: number): string {
  return `Paused broadcast ${id}. Fix it with bin/sitrep broadcast --correct ${id} --text "…" and --resume ${id}, or stop it with --cancel ${id}. Please report this.`
}

/** A trip whose pause is not stored yet. */
type PendingTrip = Trip<Claimed> & { readonly code: string | undefined; isLogged: boolean }

/** The code of a row whose handling threw. No platform uses it. */
export const FAULT = 'fault'

export function createBreakerActions(options: BreakerActionsOptions): BreakerActions {
  const { poster, store, reachability, log, kinds } = options
  const { platform } = poster
  /** By broadcast, because the failures of one broadcast say nothing about another. */
  const breakers = new Map<number, Breaker<Claimed>>()
  const tripped = new Set<number>()
  const waiting: PendingTrip[] = []

  /** Pauses the broadcast, and restores its gone chats. Throws {@link StoreError}. */
  async function act(trip: PendingTrip): Promise<void> {
    const { why, of, code } = trip
    const [first] = of
    if (!first) return
    const { broadcast } = first
    let note: keyof typeof SENTENCES = code === FAULT ? 'fault' : why
    if (note === 'rejected') {
      await kinds.read(store.broadcasts, broadcast)
      // If only places of one kind refuse the message, the other kinds may still accept it.
      if (!kinds.isMessageAtFault(broadcast)) return untrip(trip, broadcast)
      if (kinds.isSingle(broadcast)) note = 'refused'
    }
    if (!trip.isLogged) {
      const fields = { event: 'delivery.tripped', platform, why, code, broadcast }
      log.error(fields, SENTENCES[note](broadcast))
    }
    trip.isLogged = true
    await store.broadcasts.pauseForFault(broadcast, note)
    const paused = await store.broadcasts.find(broadcast)
    // A cancelled broadcast cannot be paused: only chats that have it are still corrected.
    if (paused?.state !== 'paused') tripped.delete(broadcast)
    if (why !== 'gone' || !tripped.has(broadcast)) return
    await reachability.returned(
      platform,
      of.map(({ place }) => place.address),
    )
    await store.deliveries.reopen(of)
  }

  /** Lets the broadcast continue. Its failures still count. */
  function untrip({ why, of }: Trip<Claimed>, id: number): void {
    for (const row of of) breakers.get(id)?.record(why, row, false)
    tripped.delete(id)
  }

  return {
    record(result, row, broadcast, code) {
      // A moderator or operator has resumed the broadcast after a trip.
      if (broadcast.isBreakerOverridden) return
      const breaker = breakers.get(row.broadcast) ?? createBreaker<Claimed>()
      breakers.set(row.broadcast, breaker)
      const isOfContent = result === 'rejected' && code !== FAULT
      if (isOfContent) kinds.refused(broadcast, row.place)
      const mayTrip = !isOfContent || kinds.isMessageAtFault(broadcast.id) !== false
      const trip = breaker.record(result, row, mayTrip)
      if (!trip) return
      tripped.add(broadcast.id)
      waiting.push({ ...trip, code, isLogged: false })
    },
    accepted: ({ place }, broadcast) => kinds.accepted(broadcast, place),
    isTripped: broadcast => tripped.has(broadcast),
    withoutGone: settlement =>
      settlement.state === 'gone' && tripped.has(settlement.broadcast)
        ? { ...settlement, state: 'pending' }
        : settlement,
    sync(open) {
      for (const id of breakers.keys()) {
        if (!open.some(broadcast => broadcast.id === id)) breakers.delete(id)
      }
      kinds.keep(open)
      if (waiting.length > 0) return
      // All pauses are stored here, so a broadcast that is not paused was resumed, or never needed the pause.
      for (const id of tripped) {
        if (open.find(broadcast => broadcast.id === id)?.state !== 'paused') tripped.delete(id)
      }
    },
    isWaiting: () => waiting.length > 0,
    async flush() {
      for (let [trip] = waiting; trip; [trip] = waiting) {
        await act(trip)
        waiting.shift()
      }
    },
  }
}
