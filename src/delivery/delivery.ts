import type { Reachability } from '../chats/reachability.ts'
import type { Clock, ClockTrust } from '../clock.ts'
import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'
import type { Poster } from '../poster.ts'
import { StoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { createBroadcastRunner } from './broadcast-runner.ts'
import type { Mandate } from './mandate.ts'
import { createOutageBackoff, type OutageBackoff } from './outage-backoff.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { type Checks, createChecks } from './reachability-checks.ts'
import { createRenderedMessages, type Days } from './rendered-messages.ts'
import { createSender, type Sender } from './sender.ts'
import { createUnsavedOutcomes, type UnsavedOutcomes } from './unsaved-outcomes.ts'

export interface DeliveryOptions {
  readonly store: Pick<
    Store,
    'announcements' | 'broadcasts' | 'deliveries' | 'floods' | 'reach' | 'fanOut'
  >
  readonly reachability: Reachability
  readonly clock: Clock
  readonly log: Log
  readonly mandate: Mandate
  /** Facts of the process's earlier terms; by default there are none. */
  readonly unsaved?: UnsavedOutcomes
  readonly posters: readonly Poster[]
  /** By platform. */
  readonly limiters: ReadonlyMap<string, RateLimiter>
  readonly days: Days
  readonly trust?: ClockTrust
  /** How long the ledger keeps what is finished, in milliseconds. */
  readonly retentionMs: number
}

interface Served {
  readonly sender: Sender
  readonly checks: Checks
}

/** Everything that posts by itself, for as long as this process may. */
export interface Delivery {
  /** Until it is stopped or the mandate ends. Rejects with what nobody has foreseen. */
  run(): Promise<void>
  /** Something new is there, or something has changed: it is looked at at once. */
  wake(): void
  /** The state of posting by platform; empty once the term has ended. */
  states(): Readonly<Record<string, PlatformState>>
  /** Ends in order: what is under way is settled. */
  stop(): Promise<void>
}

/** Longest wait at the end for what is under way, in milliseconds. */
const DRAIN_MS = 7000

/** How long the store is waited for before it is asked again, in milliseconds. */
const AGAIN_MS = 1000

export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, reachability, clock, log, mandate, posters, limiters, days, retentionMs, trust } =
    options
  const { unsaved = createUnsavedOutcomes() } = options
  const stopping = new AbortController()
  const signal = AbortSignal.any([mandate.signal, stopping.signal])
  const backoffs = new Map<string, OutageBackoff>()
  let senders: readonly Sender[] = []
  let running: Promise<void> | undefined
  const runner = createBroadcastRunner({
    ...{ store, clock, log, signal, retentionMs, ...(trust && { trust }) },
    onWork: () => {
      for (const sender of senders) sender.wake()
    },
  })

  /** For as long as it takes; nothing where we are stopped meanwhile. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        await clock.pause(AGAIN_MS, signal)
      }
    }
    return undefined
  }

  /**
   * Settles the outcomes that this process knows, and releases the rows that earlier holders had claimed.
   * Resolves to false if another process holds the lease by now.
   */
  async function recover(): Promise<boolean> {
    const { lease, epoch } = mandate
    const { known, own } = unsaved.known()
    const rows = await patiently(() => store.deliveries.recover({ lease, epoch, known, own }))
    if (rows === undefined) return false
    unsaved.begin(epoch)
    const fields = { event: 'delivery.recovered', rows, known: known.length }
    log.info(fields, 'What was under way is taken over.')
    return true
  }

  async function openPlatform(poster: Poster, installation: string): Promise<Served> {
    const { platform } = poster
    const limiter = limiters.get(platform)
    if (!limiter) throw new Error(`There is no rate limiter for ${platform}.`)
    const backoff = createOutageBackoff({ platform, limiter, floods: store.floods, clock, log })
    const flood = await patiently(() => store.floods.until(platform))
    if (flood) backoff.restore(flood)
    const waits = await patiently(() => store.floods.chats(platform, clock.now()))
    for (const { chat, until } of waits ?? []) backoff.restore(until, chat)
    backoffs.set(platform, backoff)
    const rendered = createRenderedMessages(store.broadcasts, poster, days, clock)
    const common = {
      store,
      reachability,
      clock,
      log,
      mandate,
      unsaved,
      trust,
      rendered,
      installation,
    }
    return {
      sender: createSender({ ...common, poster, limiter, backoff, onDone: runner.wake }),
      checks: createChecks({
        ...{ poster, limiter, backoff, reach: store.reach, reachability, clock, signal },
      }),
    }
  }

  async function serve(): Promise<void> {
    if (!(await recover())) return
    const installation = await patiently(store.deliveries.installation)
    if (installation === undefined) return
    const opened = await Promise.all(posters.map(each => openPlatform(each, installation)))
    // Stopped while they were opened.
    if (signal.aborted) return
    senders = opened.map(({ sender }) => sender)
    const parts = opened.flatMap(({ sender, checks }) => [sender.run(), checks.run()])
    await Promise.all([runner.run(), ...parts])
  }

  return {
    run() {
      running = serve()
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
      const patience = new AbortController()
      await Promise.race([settled, clock.pause(DRAIN_MS, patience.signal)])
      patience.abort()
      // What has no answer by now is settled as uncertain.
      for (const poster of posters) poster.close()
      await settled
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running])
    },
  }
}
