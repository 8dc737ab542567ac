import type { Reachability } from '../chats/reachability.ts'
import type { Log } from '../log.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { Store } from '../store/store.ts'
import { type Breaker, type CallResult, createBreaker, type Trip } from './breaker.ts'
import type { PlaceKinds } from './place-kinds.ts'

export interface BreakerActionsOptions {
  readonly platform: string
  readonly store: Pick<Store, 'broadcasts' | 'deliveries'>
  readonly reachability: Reachability
  readonly log: Log
  /** One for all platforms. */
  readonly kinds: PlaceKinds
}

/** What follows when the breaker has tripped: broadcasts rest, and what it was wrong to do is taken back. */
export interface BreakerActions {
  record(signal: CallResult, row: Claimed, broadcast: Broadcast, code?: string): void
  /** A chat has the whole message. */
  took(row: Claimed, broadcast: Broadcast): void
  /** Whether a broadcast has tripped it and rests: no chat of it counts as gone for now. */
  isTripped(broadcast: number): boolean
  /** The settlement, unless it would let a chat count as gone that may well be there. */
  withoutGone(settlement: Settlement): Settlement
  /** Looks who goes on: a person has resumed what had tripped. */
  sync(open: readonly Broadcast[]): void
  /** Whether something that follows is not written down yet. */
  isWaiting(): boolean
  /** Writes down what follows; again, where that has failed. Throws {@link StoreError}. */
  flush(): Promise<void>
}

/** The log's sentences, by the note of the pause: see `pausedBecause` in `texts/reasons.ts`. */
const SENTENCES = {
  gone: (id: number) =>
    `Over half of the chats could not be reached: broadcast ${id} is paused, and none of them counts as gone. When the platform is well: npm run -s broadcast -- --resume ${id}`,
  rejected: (id: number) =>
    `Places of different kinds refuse what a message holds: ${pausedFor(id)}`,
  refused: (id: number) =>
    `No place has taken a message, and several refuse what it holds: ${pausedFor(id)}`,
  fault: (id: number) =>
    `Rows of broadcast ${id} cannot be handled: it is paused. Report the lines before. npm run -s broadcast -- --resume ${id}, or --cancel ${id}.`,
} as const

function pausedFor(id: number): string {
  return `broadcast ${id} is paused. npm run -s broadcast -- --correct ${id} --text "…", then --resume ${id}; or --cancel ${id}. And report it.`
}

/** A tripped breaker whose pause is not stored yet. `isTold`: the log has it. */
type Waiting = Trip<Claimed> & { readonly code: string | undefined; isTold: boolean }

/** The code of a row whose handling threw; no platform answers it. */
export const FAULT = 'fault'

export function createBreakerActions({
  platform,
  store,
  reachability,
  log,
  kinds,
}: BreakerActionsOptions): BreakerActions {
  /** One a broadcast: what is wrong with one says nothing of the others. */
  const breakers = new Map<number, Breaker<Claimed>>()
  const tripped = new Set<number>()
  const waiting: Waiting[] = []

  async function follow(trip: Waiting): Promise<void> {
    const { why, of, code } = trip
    const [first] = of
    if (!first) return
    const { broadcast } = first
    let note: keyof typeof SENTENCES = code === FAULT ? 'fault' : why
    if (note === 'rejected') {
      await kinds.read(store.broadcasts, broadcast)
      // Places of one kind alone may refuse what all others take.
      if (!kinds.isOfMessage(broadcast)) return spare(trip, broadcast)
      if (kinds.isSingle(broadcast)) note = 'refused'
    }
    if (!trip.isTold) {
      const fields = { event: 'delivery.tripped', platform, why, code, broadcast }
      log.error(fields, SENTENCES[note](broadcast))
    }
    trip.isTold = true
    await store.broadcasts.pause(broadcast, note)
    const paused = await store.broadcasts.find(broadcast)
    // One that was stopped, and is only corrected where it stands, need not rest.
    if (paused?.state !== 'paused') tripped.delete(broadcast)
    if (why !== 'gone' || !tripped.has(broadcast)) return
    await reachability.returned(
      platform,
      of.map(({ place }) => place.address),
    )
    await store.deliveries.reopen(of)
  }

  /** The broadcast goes on; what was counted still counts. */
  function spare({ why, of }: Trip<Claimed>, id: number): void {
    for (const row of of) breakers.get(id)?.record(why, row, false)
    tripped.delete(id)
  }

  return {
    record(signal, row, broadcast, code) {
      // A person has looked, and wants it sent all the same.
      if (broadcast.isBreakerOverridden) return
      const breaker = breakers.get(row.broadcast) ?? createBreaker<Claimed>()
      breakers.set(row.broadcast, breaker)
      const isOfContent = signal === 'rejected' && code !== FAULT
      if (isOfContent) kinds.refused(broadcast, row.place)
      const mayTrip = !isOfContent || kinds.isOfMessage(broadcast.id) !== false
      const trip = breaker.record(signal, row, mayTrip)
      if (!trip) return
      tripped.add(broadcast.id)
      waiting.push({ ...trip, code, isTold: false })
    },
    took: ({ place }, broadcast) => kinds.took(broadcast, place),
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
      // It rests once that is written down. Goes on, then somebody has resumed it; or it needs no rest.
      if (waiting.length > 0) return
      for (const id of tripped) {
        if (open.find(broadcast => broadcast.id === id)?.state !== 'paused') tripped.delete(id)
      }
    },
    isWaiting: () => waiting.length > 0,
    async flush() {
      for (let [trip] = waiting; trip; [trip] = waiting) {
        await follow(trip)
        waiting.shift()
      }
    },
  }
}
