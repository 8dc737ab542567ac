import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Bot, Term } from '../platform.ts'
import type { Failure, Outcome, Part, Poster } from '../poster.ts'
import type { Broadcast } from '../store/broadcast.ts'
import type { Claimed, DeliveryKey, Exchanged, Settlement } from '../store/deliveries.ts'
import { StoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { createBreaker, type Trip } from './breaker.ts'
import { type Contents, createContents } from './contents.ts'
import type { Pace } from './pace.ts'
import { advanced, considered, failed, nextStep, type Step, settled, untried } from './step.ts'

/** Where the bot is shown out and let in again: see `commands/presence.ts`. */
export type Presence = Pick<Bot, 'left' | 'moved'> & {
  /** Chats that do not count as gone any more. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
}

/** The right to send: a term, and what the store knows it by. */
export interface Mandate extends Term {
  readonly epoch: number
  /** The lease's name. */
  readonly lease: string
}

export interface SenderOptions {
  readonly poster: Poster
  readonly pace: Pace
  readonly store: Pick<Store, 'broadcasts' | 'deliveries'>
  readonly presence: Presence
  readonly clock: Clock
  readonly log: Log
  readonly mandate: Mandate
  /** See `Deliveries.installation`. */
  readonly installation: string
  /** Most rows in hand. */
  readonly most: number
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

/** Done rows wait so long for others to be settled with, in milliseconds. */
const FLUSH_MS = 200

/** A chat whose own limits want a longer wait than this gives its place to others, in milliseconds. */
const PATIENCE_MS = 3000

/** How long is slept where nobody wakes, and after the store has failed, in milliseconds. */
const IDLE_MS = 1000

/** A row in hand. */
interface Work {
  readonly row: Claimed
  readonly broadcast: Broadcast
  readonly contents: Contents
  readonly parts: readonly Part[]
}

/**
 * Sends to one platform what the ledger has for it, as fast as its pace allows: claims, sends, settles.
 * Whatever is in hand when the process dies is taken over by whoever comes next.
 */
export function createSender(options: SenderOptions): Sender {
  const { poster, pace, store, presence, clock, log, mandate, installation, most, onDone } = options
  const { platform } = poster
  const breaker = createBreaker<Claimed>()
  const contents = createContents(store.broadcasts, poster)
  const ready: Work[] = []
  const flying = new Set<Promise<void>>()
  const inFlight = new Set<DeliveryKey>()
  let done: Settlement[] = []
  let doneSince = 0
  let mayHaveMore = true
  let isLost = false
  let hasSettled = false
  let exchanging: Promise<void> | undefined
  let isStopped = false
  let running: Promise<void> | undefined
  let fault: { readonly error: unknown } | undefined
  let awake = Promise.withResolvers<void>()

  const now = () => clock.now().epochMilliseconds
  const isOver = () => mandate.signal.aborted || !mandate.holds()

  mandate.signal.addEventListener('abort', () => awake.resolve())

  function wake(): void {
    mayHaveMore = true
    awake.resolve()
  }

  function finish(settlement: Settlement): void {
    if (done.length === 0) doneSince = now()
    done.push(settlement)
  }

  /** Whether it is time to talk to the ledger: about what is done, or because little is left to do. */
  function isDue(at: number): boolean {
    if (exchanging) return false
    const underWay = ready.length + flying.size
    const isIdle = underWay === 0
    // A quarter stays under way meanwhile: each talk costs the disk as much as several rows.
    const isFull = done.length >= (3 * most) / 4 || at - doneSince >= FLUSH_MS
    if (done.length > 0 && (isIdle || isFull)) return true
    return underWay <= most / 4 && done.length === 0 && mayClaim(at)
  }

  /** What nobody may be sent for a while is left to others, should they take over. */
  function mayClaim(at: number): boolean {
    return mayHaveMore && pace.wait(at) <= PATIENCE_MS
  }

  async function exchange(wanted: number): Promise<void> {
    const settling = done
    done = []
    try {
      const { epoch, lease } = mandate
      if (isLost) await store.deliveries.release(platform, epoch, [...keysInHand(), ...settling])
      isLost = false
      const exchanged = await store.deliveries.exchange({
        ...{ platform, epoch, lease, settle: settling, most: wanted },
        knownMs: poster.limits.knownMs,
      })
      // Somebody else has the say: what we held, they have taken over.
      if (!exchanged) {
        isStopped = true
        return
      }
      hasSettled ||= settling.length > 0
      if (wanted > 0) mayHaveMore = exchanged.claimed.length === wanted
      await take(exchanged)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // Whether it was written nobody knows: settled again, it is the same; claimed, it is given free.
      done = [...settling, ...done]
      isLost = true
      await clock.pause(IDLE_MS, mandate.signal)
    }
  }

  function keysInHand(): DeliveryKey[] {
    return [...ready.map(({ row }) => row), ...inFlight, ...done]
  }

  /** What was claimed is made ready; what is in hand already, and shall rest or change, is given back. */
  async function take({ claimed, open }: Exchanged): Promise<void> {
    const known = new Map(open.map(broadcast => [broadcast.id, broadcast]))
    for (const work of ready.splice(0)) {
      const broadcast = known.get(work.broadcast.id)
      const isSame = broadcast?.state === 'active' && broadcast.revision === work.contents.revision
      if (isSame) ready.push(work)
      else finish(untried(work.row))
    }
    for (const row of claimed) {
      const broadcast = known.get(row.broadcast)
      if (broadcast) await prepare(row, broadcast)
    }
  }

  async function prepare(row: Claimed, broadcast: Broadcast): Promise<void> {
    const ended = considered(row, broadcast, clock.now())
    if (ended) return finish(ended)
    const content = await contents(broadcast.id, broadcast.revision)
    if (!content) return finish(untried(row))
    const parts = content.parts(row.tableStyle)
    ready.push({ row, broadcast, contents: content, parts })
  }

  /** Lets the first go whose chat is free; how long to wait where there is none. */
  function launch(at: number): number {
    let waitMs = IDLE_MS
    for (const [index, work] of ready.entries()) {
      const chatMs = pace.chatWait(chatOf(work.row), at)
      if (chatMs > PATIENCE_MS) {
        ready.splice(index, 1)
        const nextAt = clock.now().add({ milliseconds: Math.ceil(chatMs) })
        finish(untried(work.row, { nextAt }))
        return 0
      }
      if (chatMs > 0) {
        waitMs = Math.min(waitMs, chatMs)
        continue
      }
      const platformMs = pace.wait(at)
      if (platformMs > PATIENCE_MS) {
        giveBack()
        return Math.min(platformMs, IDLE_MS)
      }
      if (platformMs > 0) return Math.min(waitMs, platformMs)
      ready.splice(index, 1)
      pace.post(chatOf(work.row), at)
      start(work)
      return 0
    }
    return waitMs
  }

  /** Nobody is sent anything for a while: what is only waiting is not in hand. */
  function giveBack(): void {
    for (const { row } of ready.splice(0)) finish(untried(row))
  }

  function start(work: Work): void {
    const key = work.row
    inFlight.add(key)
    const flight = watched(fly(work)).finally(() => {
      flying.delete(flight)
      inFlight.delete(key)
      awake.resolve()
    })
    flying.add(flight)
  }

  /** What nobody has foreseen ends the loop, which throws it. */
  function watched(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      fault ??= { error }
    })
  }

  async function fly(work: Work): Promise<void> {
    const { row, contents: content, broadcast, parts } = work
    const { isRetracted } = broadcast
    const about = { revision: content.revision, parts: parts.length, isRetracted }
    const step = nextStep(row, about)
    const startedAt = clock.now()
    const outcome = await perform(step, row, parts)
    if (!outcome.ok && outcome.failure.next !== 'done') {
      return suffer(row, step, outcome.failure, startedAt)
    }
    breaker.record('arrived', row)
    const id = outcome.ok ? String(outcome.value) : ''
    const next = advanced(row, step, about, id)
    if (nextStep(next, about).do !== 'end') {
      // On record before more is sent: at no time is more than one part of a row uncertain.
      const waitMs = pace.chatWait(chatOf(row), now())
      return finish(
        settled(next, 'pending', { nextAt: clock.now().add({ milliseconds: Math.ceil(waitMs) }) }),
      )
    }
    const error = step.do === 'send' ? await publish(next, broadcast) : undefined
    const { revision: revisionSent } = content
    finish(settled(next, 'sent', { revisionSent, ...(error && { error }) }))
  }

  async function perform(
    step: Step,
    { place, broadcast, chat }: Claimed,
    parts: readonly Part[],
  ): Promise<Outcome<unknown>> {
    switch (step.do) {
      case 'send': {
        const { replyTo, as } = step
        const key = keyOf(installation, broadcast, chat, as.part, as.revision)
        return poster.send(place, partOf(parts, step.part), { key, ...(replyTo && { replyTo }) })
      }
      case 'edit':
        return poster.edit(place, step.id, partOf(parts, step.part))
      case 'remove': {
        const removed = await poster.remove(place, step.id)
        const isStuck = !removed.ok && removed.failure.next === 'lost'
        // What is too old to be deleted says at least that it was taken back.
        return isStuck ? poster.edit(place, step.id, partOf(parts, 0)) : removed
      }
      case 'end':
        return { ok: true, value: '' }
    }
  }

  /** Why it was not passed on to those who follow the channel, where it was to be. */
  async function publish(row: Claimed, broadcast: Broadcast): Promise<string | undefined> {
    if (!broadcast.publish || !poster.publish) return undefined
    for (const id of row.messages) {
      const outcome = await poster.publish(row.place, id)
      if (!outcome.ok && outcome.failure.next !== 'done')
        return `unpublished ${outcome.failure.code}`
    }
    return undefined
  }

  async function suffer(
    row: Claimed,
    step: Step,
    failure: Failure,
    startedAt: Temporal.Instant,
  ): Promise<void> {
    const { settlement, hold } = failed(row, step, failure, startedAt, clock.now(), Math.random())
    try {
      if (hold) await wait(row, hold)
      if (failure.next === 'moved') {
        await presence.moved(platform, chatOf(row), failure.to)
      } else if (failure.next === 'gone') {
        await presence.left(row.place, failure.why, failure.topic === true)
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // Told when it is met again.
      return finish(settled(row, 'pending', { nextAt: clock.now().add({ seconds: 1 }) }))
    }
    finish(settlement)
    const fields = { event: 'delivery.failed', platform, ...keyFields(row), code: failure.code }
    log.debug({ ...fields, next: failure.next }, 'A message has not arrived.')
    const signal = SIGNALS[failure.next]
    if (signal) await heed(breaker.record(signal, row), failure)
  }

  async function wait(
    { place }: Claimed,
    { until, alone }: { readonly until: Temporal.Instant; readonly alone: boolean },
  ): Promise<void> {
    const at = until.epochMilliseconds
    if (alone) return pace.holdChat(chatOf({ place }), at, now())
    // Others that are under way are told the same.
    if (pace.wait(now()) < at - now()) {
      const fields = { event: 'delivery.flooded', platform, until: until.toString() }
      log.warn(fields, 'The platform asks us to wait; nothing is posted there until then.')
    }
    pace.hold(at, now())
    await store.deliveries.flood(platform, until)
  }

  /** Many have failed: stops what they were sent for, takes back what came of it, and tells. */
  async function heed(trip: Trip<Claimed> | undefined, { code }: Failure): Promise<void> {
    if (!trip) return
    const fields = { event: 'delivery.tripped', platform, why: trip.why, code }
    log.error(fields, TRIPS[trip.why])
    if (trip.why === 'refused') return
    for (const id of new Set(trip.of.map(row => row.broadcast))) {
      await store.broadcasts.pause(id, trip.why)
    }
    if (trip.why !== 'gone') return
    const addresses = trip.of.map(({ place }) => place.address)
    await presence.returned(platform, addresses)
    // Some of them are not settled yet.
    const isOf = (key: DeliveryKey) =>
      trip.of.some(row => row.broadcast === key.broadcast && row.chat === key.chat)
    done = done.map(each =>
      each.state === 'gone' && isOf(each) ? { ...each, state: 'pending' as const } : each,
    )
    await exchanging
    await store.deliveries.reopen(trip.of)
  }

  function rest(): void {
    pace.rest(now())
    if (!hasSettled || done.length > 0 || exchanging) return
    hasSettled = false
    onDone()
  }

  async function sleep(ms: number): Promise<void> {
    const over = new AbortController()
    await Promise.race([awake.promise, clock.pause(ms, over.signal)])
    // With a reason of its own: the usual one is an error, which takes time to make.
    over.abort(null)
    awake = Promise.withResolvers()
  }

  async function loop(): Promise<void> {
    while (!isStopped && !isOver()) {
      if (fault) throw fault.error
      const at = now()
      if (isDue(at)) {
        const inHand = ready.length + flying.size
        exchanging = watched(exchange(mayClaim(at) ? most - inHand : 0)).finally(() => {
          exchanging = undefined
          awake.resolve()
        })
      }
      const waitMs = launch(at)
      if (waitMs === 0) continue
      if (ready.length === 0 && flying.size === 0) rest()
      await sleep(done.length > 0 ? Math.min(waitMs, FLUSH_MS) : waitMs)
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
      awake.resolve()
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running, ...flying])
      await exchanging
      giveBack()
      if (done.length > 0 && !isOver()) await exchange(0)
    },
  }
}

const SIGNALS = { gone: 'gone', rejected: 'rejected', stop: 'refused' } as Readonly<
  Record<string, Trip<unknown>['why'] | undefined>
>

const TRIPS = {
  gone: 'Over half of the chats could not be reached: their broadcast is paused, and none of them counts as gone. Look at the platform, then resume it.',
  rejected:
    'The platform refuses this message again and again: its broadcast is paused. Report it; correct it or cancel it.',
  refused: 'The platform refuses the token: nothing is posted there until it is right again.',
} as const

/** A group's topics share its limits. */
function chatOf({ place: { address } }: Pick<Claimed, 'place'>): string {
  return address.split('/', 1)[0] ?? address
}

function keyFields({ broadcast, chat }: DeliveryKey) {
  return { broadcast, chat }
}

function partOf(parts: readonly Part[], index: number): Part {
  const part = parts[index]
  if (!part) throw new RangeError('A message has at least one part.')
  return part
}

/** Discord takes 25 characters, and compares them among all that one bot has sent. */
function keyOf(...of: readonly (string | number)[]): string {
  return createHash('sha256').update(of.join(' ')).digest('base64url').slice(0, 25)
}
