import { atMost } from '../async/at-most.ts'
import { retry } from '../async/retry.ts'
import type { Reachability } from '../chats/reachability.ts'
import type { Clock, ClockTrust } from '../clock.ts'
import type { Log } from '../log.ts'
import type { LeaseTerm, PlatformState } from '../platform.ts'
import type { Poster } from '../poster.ts'
import { isStoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { createBroadcastRunner } from './broadcast-runner.ts'
import type { DeliveryContext } from './context.ts'
import { createOutageBackoff, type OutageBackoff } from './outage-backoff.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { createChecks } from './reachability-checks.ts'
import { createRenderedMessages, type Days } from './rendered-messages.ts'
import { createSender, type Sender } from './sender.ts'
import type { UnsavedOutcomes } from './unsaved-outcomes.ts'

export interface DeliveryOptions extends Pick<DeliveryContext, 'onSettled'> {
  readonly store: Pick<
    Store,
    'announcements' | 'broadcasts' | 'deliveries' | 'floods' | 'reach' | 'fanOut'
  >
  readonly reachability: Reachability
  readonly clock: Clock
  readonly log: Log
  readonly term: LeaseTerm
  /** Outcomes of earlier terms of the process. */
  readonly unsaved: UnsavedOutcomes
  readonly posters: readonly Poster[]
  /** By platform. */
  readonly limiters: ReadonlyMap<string, RateLimiter>
  readonly days: Days
  readonly trust: ClockTrust
  /** How long the ledger keeps finished broadcasts, in milliseconds. */
  readonly retentionMs: number
}

/** Sends broadcasts for one lease term: enqueues their audiences, and runs one sender for each platform. */
export interface Delivery {
  /** Recovers the ledger, then sends until `stop` is called or the term ends. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Looks for new and changed broadcasts now. */
  wake(): void
  /** Returns the state of posting by platform; empty once the term has ended. */
  states(): Readonly<Record<string, PlatformState>>
  /** Stops sending, and settles calls under way, for at most {@link DRAIN_MS}. */
  stop(): Promise<void>
}

/** Longest wait at the end for calls under way, in milliseconds. */
const DRAIN_MS = 7000

/** Pause after the store has failed, in milliseconds. */
const RETRY_MS = 1000

export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, clock, log, term, posters, limiters, days, unsaved } = options
  const stopping = new AbortController()
  const signal = AbortSignal.any([term.signal, stopping.signal])
  const backoffs = new Map<string, OutageBackoff>()
  let senders: readonly Sender[] = []
  let running: Promise<void> | undefined
  const runner = createBroadcastRunner({
    ...options,
    signal,
    onWork: () => {
      for (const sender of senders) sender.wake()
    },
  })

  /** Retries a query until the store answers. Rejects with {@link StoreError} if delivery stops before that. */
  const untilAnswered = <T>(ask: () => Promise<T>): Promise<T> =>
    retry(ask, { clock, signal, mayPass: isStoreError, pauseMs: () => RETRY_MS })

  /**
   * Settles the outcomes that this process knows, then releases the rows that earlier lease holders had claimed.
   * Resolves to false if another process holds the lease.
   */
  async function recover(): Promise<boolean> {
    const { lease, epoch } = term
    const { known, own } = unsaved.known()
    const rows = await untilAnswered(() => store.deliveries.recover({ lease, epoch, known, own }))
    if (rows === undefined) return false
    unsaved.begin(epoch)
    const fields = { event: 'delivery.recovered', rows, known: known.length }
    log.info(
      fields,
      rows > 0 ? 'Took over unfinished deliveries.' : 'No unfinished deliveries to take over.',
    )
    return true
  }

  async function openPlatform(poster: Poster, installation: string) {
    const { platform } = poster
    const limiter = limiters.get(platform)
    if (!limiter) throw new Error(`There is no rate limiter for ${platform}.`)
    const backoff = createOutageBackoff({ platform, limiter, floods: store.floods, clock, log })
    const flood = await untilAnswered(() => store.floods.until(platform))
    if (flood) backoff.restore(flood)
    const waits = await untilAnswered(() => store.floods.chats(platform, clock.now()))
    for (const { chat, until } of waits) backoff.restore(until, chat)
    backoffs.set(platform, backoff)
    const rendered = createRenderedMessages(store.broadcasts, poster, days, clock)
    const context = { ...options, poster, limiter, backoff, installation }
    return {
      sender: createSender({ ...context, rendered, onDone: runner.wake }),
      checks: createChecks({ ...context, signal }),
    }
  }

  async function serve(): Promise<void> {
    if (!(await recover())) return
    const installation = await untilAnswered(store.deliveries.installation)
    const opened = await Promise.all(posters.map(each => openPlatform(each, installation)))
    // Stopped while the platforms were opened.
    if (signal.aborted) return
    senders = opened.map(({ sender }) => sender)
    const parts = opened.flatMap(({ sender, checks }) => [sender.run(), checks.run()])
    await Promise.all([runner.run(), ...parts])
  }

  return {
    run() {
      // If delivery stops while the store is down, the next lease holder recovers the ledger.
      running = serve().catch(error => {
        if (!signal.aborted || !isStoreError(error)) throw error
      })
      return running
    },
    wake: runner.wake,
    states() {
      if (signal.aborted) return {}
      return Object.fromEntries([...backoffs].map(([name, backoff]) => [name, backoff.state()]))
    },
    async stop() {
      stopping.abort()
      const settled = Promise.allSettled(senders.map(sender => sender.stop()))
      await atMost(DRAIN_MS, settled, clock)
      // Calls without an answer by now end as uncertain.
      for (const poster of posters) poster.close()
      await settled
      // `run` already reports a failure.
      await Promise.allSettled([running])
    },
  }
}
