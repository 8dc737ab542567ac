import { createWakeTimer } from '../async/wake-timer.ts'
import { yieldToEventLoop } from '../async/yield.ts'
import type { Reachability } from '../chats/reachability.ts'
import type { Clock, ClockTrust } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Poster } from '../poster.ts'
import { StoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed, DeliveryKey } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { Store } from '../store/store.ts'
import { createBreakerActions, FAULT } from './breaker-actions.ts'
import { createCallResults } from './call-results.ts'
import { createClaimedRows } from './claimed-rows.ts'
import { pauseDamaged } from './damaged-broadcast.ts'
import { faulty, released } from './decisions.ts'
import type { Mandate } from './mandate.ts'
import type { OutageBackoff } from './outage-backoff.ts'
import { createPossiblySent } from './possibly-sent.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { ReadRendered } from './rendered-messages.ts'
import { chatOf, createSendStep, type ReadyWork } from './send-step.ts'
import type { UnsavedOutcomes } from './unsaved-outcomes.ts'

export interface SenderOptions {
  readonly poster: Poster
  readonly limiter: RateLimiter
  readonly backoff: OutageBackoff
  readonly store: Pick<Store, 'broadcasts' | 'deliveries'>
  readonly reachability: Reachability
  readonly clock: Clock
  readonly log: Log
  readonly mandate: Mandate
  readonly trust?: ClockTrust | undefined
  readonly unsaved: UnsavedOutcomes
  readonly rendered: ReadRendered
  /** See `Deliveries.installation`. */
  readonly installation: string
  /** Told when what there was is done: perhaps that was all. */
  readonly onDone: () => void
}

export interface Sender {
  /** Sends until it is stopped or the mandate ends. Rejects with what nobody has foreseen. */
  run(): Promise<void>
  /** There is something new, or something has changed. */
  wake(): void
  /** Sends nothing more; settles what it has in hand. */
  stop(): Promise<void>
}

/** Rows that are claimed and not settled: so many may be sent twice by whoever takes over. */
const MOST = 32

/** Rows that are done before the ledger is told; the others are under way meanwhile. */
const BATCH = 24

/** Done rows wait at most so long for others to be settled with, in milliseconds. */
const FLUSH_MS = 200

/** What has to wait longer than this gives its place to others, in milliseconds. */
const PATIENCE_MS = 3000

/** How long is slept where nobody wakes, and after the store has failed, in milliseconds. */
const IDLE_MS = 1000

/** Tries to settle at the end, a second apart: outcomes are lost when the process ends. */
const LAST_TRIES = 5

/**
 * Sends to one platform what the ledger has for it, as fast as its pace allows: claims, sends, settles.
 * Whatever is in hand when the process dies is taken over by whoever comes next.
 */
export function createSender(options: SenderOptions): Sender {
  const { poster, limiter, backoff, store, reachability, clock, log, mandate, unsaved } = options
  const { platform } = poster
  const tripping = { platform, store, reachability, log, kinds: unsaved.kinds }
  const breakerActions = unsaved.breakerActions(platform, () => createBreakerActions(tripping))
  const sendStep = createSendStep({
    poster,
    reachability,
    breakerActions,
    clock,
    installation: options.installation,
  })
  const onResult = createCallResults({ platform, limiter, backoff, clock, log, finish })
  const claimedRows = createClaimedRows({
    ...{ poster, rendered: options.rendered, clock, finish, guarded },
    pause: ({ id }, error) => pauseDamaged(store.broadcasts, log, id, error),
    trust: options.trust,
  })
  const possiblySent = createPossiblySent({
    ...{ deliveries: store.deliveries, epoch: mandate.epoch, clock, signal: mandate.signal },
    ...{ depart, watched },
    giveBack({ row }) {
      finish(released(row))
      wakeTimer.wake()
    },
  })
  const callsInFlight = new Set<Promise<void>>()
  const inFlight = new Set<Claimed>()
  const done = unsaved.outcomes(platform)
  let doneSince = 0
  let mayHaveMore = true
  let isCalled = false
  let isUnconfirmed = false
  let hasSettled = false
  let isStopped = false
  let exchanging: Promise<void> | undefined
  let running: Promise<void> | undefined
  let fault: { readonly error: unknown } | undefined
  const wakeTimer = createWakeTimer(clock, mandate.signal)

  const now = () => clock.now().epochMilliseconds
  const after = (ms: number) => clock.now().add({ milliseconds: Math.ceil(ms) })
  const isOver = () => mandate.signal.aborted || !mandate.holds()

  function wake(): void {
    mayHaveMore = true
    // Something may have been stopped, or corrected: what is in hand is looked at again.
    isCalled = true
    wakeTimer.wake()
  }

  function finish(settlement: Settlement): void {
    if (done.length === 0) doneSince = now()
    done.push(settlement)
  }

  const inHand = () => claimedRows.works.length + possiblySent.rows().length + callsInFlight.size

  /** Whether it is time to talk to the ledger: about what is done, or because little is left to do. */
  function isDue(at: number): boolean {
    if (exchanging) return false
    if (breakerActions.isWaiting()) return true
    const underWay = inHand()
    // A quarter stays under way meanwhile: each talk costs the disk as much as several rows.
    const isFull = done.length >= BATCH || at - doneSince >= FLUSH_MS
    if (done.length > 0 && (underWay === 0 || isFull)) return true
    if (isCalled && underWay > 0) return true
    return underWay <= MOST - BATCH && done.length === 0 && mayClaim(at)
  }

  /** What nobody may be sent for a while is not in hand: others may take over meanwhile. */
  function mayClaim(at: number): boolean {
    return mayHaveMore && !breakerActions.isWaiting() && limiter.wait(at) <= PATIENCE_MS
  }

  async function exchange(wanted: number): Promise<void> {
    const settling = done.splice(0)
    isCalled = false
    try {
      const { epoch, lease } = mandate
      if (isUnconfirmed)
        await store.deliveries.release(platform, epoch, [...keysInHand(), ...settling])
      isUnconfirmed = false
      const exchanged = await store.deliveries.exchange({
        ...{ platform, epoch, lease, most: wanted, knownMs: poster.limits.knownMs },
        settle: settling.map(breakerActions.withoutGone),
        leavesAtOnce: limiter.isUnlimited && limiter.wait(now()) === 0,
      })
      if (!exchanged) {
        // Another process holds the lease. Our outcomes are settled in our next term.
        done.unshift(...settling)
        isStopped = true
        return
      }
      hasSettled ||= settling.length > 0
      if (wanted > 0) mayHaveMore = exchanged.claimed.length === wanted
      breakerActions.sync(exchanged.open)
      // Settled, whatever fails from here on.
      settling.length = 0
      await claimedRows.take(exchanged)
      await breakerActions.flush()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // Whether it was written nobody knows: settled again, it is the same; claimed, it is given free.
      done.unshift(...settling)
      isUnconfirmed = true
      await clock.pause(IDLE_MS, mandate.signal)
    }
    // SQLite answers at once: whoever else has something to do comes in between.
    await yieldToEventLoop()
  }

  function keysInHand(): DeliveryKey[] {
    return [
      ...claimedRows.works.map(({ row }) => row),
      ...possiblySent.rows(),
      ...inFlight,
      ...done,
    ]
  }

  /** Runs the work of a row, and ends that row alone if it throws. Throws {@link StoreError}. */
  async function guarded(row: Claimed, broadcast: Broadcast, work: () => Promise<void>) {
    try {
      await work()
    } catch (err) {
      if (err instanceof StoreError) throw err
      const fields = { event: 'delivery.faulty', platform, broadcast: row.broadcast }
      log.error({ ...fields, chat: row.chat, err }, 'A row of the ledger cannot be handled.')
      breakerActions.record('rejected', row, broadcast, FAULT)
      finish(faulty(row, inFlight.has(row)))
    }
  }

  /** Lets the first go whose chat is free; how long to wait where there is none. */
  function launch(at: number): number {
    let waitMs = IDLE_MS
    for (const [index, work] of claimedRows.works.entries()) {
      if (breakerActions.isTripped(work.broadcast.id)) {
        claimedRows.works.splice(index, 1)
        finish(released(work.row, { nextAt: after(IDLE_MS) }))
        return 0
      }
      const chatMs = limiter.chatWait(chatOf(work.row), at)
      if (chatMs > PATIENCE_MS) {
        claimedRows.works.splice(index, 1)
        finish(released(work.row, { nextAt: after(chatMs) }))
        return 0
      }
      if (chatMs > 0) {
        waitMs = Math.min(waitMs, chatMs)
        continue
      }
      const platformMs = limiter.wait(at)
      if (platformMs > PATIENCE_MS) {
        // No post leaves for a while, so rows that only wait are given back.
        claimedRows.giveBack()
        return Math.min(platformMs, IDLE_MS)
      }
      if (platformMs > 0) return Math.min(waitMs, platformMs)
      claimedRows.works.splice(index, 1)
      limiter.post(chatOf(work.row), at)
      // Before the departure is recorded: a probe holds the other rows back from now on.
      possiblySent.add({ ...work, hold: backoff.onSend() })
      return 0
    }
    return waitMs
  }

  function depart(work: ReadyWork, lateMs: number): void {
    const { row } = work
    if (isStopped || isOver()) {
      finish(released(row))
      return
    }
    limiter.late(chatOf(row), lateMs)
    inFlight.add(row)
    const leftAt = now()
    const made = async () => onResult(work, await sendStep(work), leftAt)
    const flight = watched(guarded(row, work.broadcast, made)).finally(() => {
      callsInFlight.delete(flight)
      inFlight.delete(row)
      wakeTimer.wake()
    })
    callsInFlight.add(flight)
  }

  /** What nobody has foreseen ends the loop, which throws it. */
  function watched(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      fault ??= { error }
      wakeTimer.wake()
    })
  }

  function rest(): void {
    limiter.idle(now())
    if (!hasSettled || done.length > 0 || exchanging) return
    hasSettled = false
    options.onDone()
  }

  async function loop(): Promise<void> {
    while (!isStopped && !isOver()) {
      if (fault) throw fault.error
      const at = now()
      if (isDue(at)) {
        exchanging = watched(exchange(mayClaim(at) ? MOST - inHand() : 0)).finally(() => {
          exchanging = undefined
          wakeTimer.wake()
        })
      }
      const waitMs = launch(at)
      if (waitMs === 0) continue
      if (inHand() === 0) rest()
      await wakeTimer.sleep(done.length > 0 ? Math.min(waitMs, FLUSH_MS) : waitMs)
    }
  }

  return {
    run() {
      running = loop()
      return running
    },
    wake,
    async stop() {
      isStopped = true
      wakeTimer.wake()
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running, possiblySent.close()])
      await Promise.all(callsInFlight)
      await exchanging
      claimedRows.giveBack()
      // The memory keeps unsettled outcomes for the next term of this process.
      for (let tries = 0; done.length > 0 && tries < LAST_TRIES && !isOver(); tries++) {
        await exchange(0)
      }
    },
  }
}
