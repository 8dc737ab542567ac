import { expect } from 'vitest'
import { createReachability, type Reachability } from '../../src/chats/reachability.ts'
import { type BreakerActions, createBreakerActions } from '../../src/delivery/breaker-actions.ts'
import { decideBeforeSend } from '../../src/delivery/decisions.ts'
import { createPlaceKinds } from '../../src/delivery/place-kinds.ts'
import { createRateLimiter } from '../../src/delivery/rate-limiter.ts'
import { type Checks, createChecks } from '../../src/delivery/reachability-checks.ts'
import { createSendStep } from '../../src/delivery/send-step.ts'
import type { Log } from '../../src/log.ts'
import type { ChatRef } from '../../src/platform.ts'
import type { Failure, Outcome, Poster } from '../../src/poster.ts'
import type { Broadcast } from '../../src/store/ledger/broadcast.ts'
import type { Claimed } from '../../src/store/ledger/claims.ts'
import type { Settlement } from '../../src/store/ledger/settlements.ts'
import type { Store } from '../../src/store/store.ts'
import { testClock } from '../platforms/pauses.ts'
import { WISH } from '../store/stores.ts'
import { announcement, saying } from './scene.ts'

/** Hours from a refused try to the next, as they are promised. */
const PROMISED_HOURS = [1, 6, 24, 168]

/** Time between two searches of the bot for tries that are due, in minutes. */
const LOOK_MINUTES = 60

/** A chat as the platform sees it. */
interface Member {
  readonly place: ChatRef
  /** Whether a check can tell that the bot may post. */
  readonly tells: boolean
  mayPost: boolean
  /** Whether the platform says in so many words that the bot is out. */
  isSure: boolean
  /** Refused tries since the chat last let the bot post or gave a sign, and the instant of the last. */
  refusals: number
  refusedAt: number
  /** Whether the bot was told that it is out, and no sign came since. */
  isOut: boolean
  readonly got: string[]
}

/** The outcome of one post for one chat that would have let the bot post. */
interface Missed {
  readonly chat: string
  readonly post: string
}

/** State of a chat that is known to be reachable. */
const HEALED = { refusals: 0, refusedAt: 0, isOut: false }

/** A platform in memory, over a real store, with everything that decides who is posted to. */
export class World {
  readonly store: Store
  readonly members = new Map<string, Member>()
  /** Posts that could have arrived, and did not. */
  readonly lost: Missed[] = []
  /** Posts that a chat missed before the time that is promised to it. */
  waited = 0
  arrived = 0
  /** Number of posts so far. */
  posts = 0
  /** The chats to which the post goes that is under way. */
  #inHand: ReadonlySet<Member> = new Set()
  now = Temporal.Instant.from('2026-12-01T08:00:00Z')
  isAway = false
  readonly #log: Log
  readonly #epoch: number
  #reachability!: Reachability
  #checks!: Checks
  #trips!: BreakerActions
  #fly!: ReturnType<typeof createSendStep>

  constructor(store: Store, log: Log, epoch: number) {
    this.store = store
    this.#log = log
    this.#epoch = epoch
    this.restart()
  }

  get reachability(): Reachability {
    return this.#reachability
  }

  readonly #clock = testClock(() => this.now)

  /** Restarts the bot: it forgets its state in memory. */
  restart(): void {
    const { store } = this
    const log = this.#log
    const clock = this.#clock
    const reachability = createReachability({ store, now: clock.now, log })
    const poster = this.#poster()
    const breakerActions = createBreakerActions({
      ...{ poster, store, reachability, log, kinds: createPlaceKinds() },
    })
    this.#reachability = reachability
    this.#trips = breakerActions
    this.#fly = createSendStep({
      poster,
      reachability,
      breakerActions,
      clock,
      installation: 'test',
    })
    this.#checks = createChecks({
      ...{ poster, reachability, clock, store, signal: new AbortController().signal },
      limiter: createRateLimiter({ rate: Number.POSITIVE_INFINITY, limits: poster.limits }, clock),
      backoff: { isFailing: () => false },
    })
  }

  async add(address: string, tells: boolean): Promise<void> {
    const [group] = address.split('/')
    const within = group !== undefined && group !== address ? { within: group } : {}
    const place = { platform: 'telegram', address, kind: 'group' as const, ...within }
    await this.store.chats.update(place, () => WISH)
    const state = { mayPost: true, isSure: false, refusals: 0, refusedAt: 0, isOut: false }
    this.members.set(address, { place, tells, ...state, got: [] })
  }

  member(address: string): Member {
    const found = this.members.get(address)
    if (!found) throw new Error('There is no such chat.')
    return found
  }

  /** Returns the answer of the platform to a call about a chat; counts a refusal as a try. */
  #ask(address: string, isPost: boolean): Failure | undefined {
    if (this.isAway) return { next: 'retry', code: '502' }
    const member = this.member(address)
    if (member.mayPost) {
      if (isPost || member.tells) Object.assign(member, HEALED)
      return undefined
    }
    // Never before its time: a chat that refuses is not hammered. What was in hand already may still leave.
    const isInTime = this.#isDue(member) || (isPost && this.#inHand.has(member))
    expect(isInTime, `${address} is tried before its time`).toBe(true)
    member.refusals += 1
    member.refusedAt = this.now.epochMilliseconds
    for (const each of this.members.values()) {
      if (each === member || each.place.within === address) each.isOut ||= member.isSure
    }
    const { isSure } = member
    return { next: 'gone', code: '403', why: isSure ? 'removed' : 'forbidden', isSure }
  }

  /** A chat, with its topics, is known to be there. */
  #heal(address: string): void {
    for (const member of this.members.values()) {
      const { place } = member
      if (place.address !== address && place.within !== address) continue
      Object.assign(member, HEALED)
    }
  }

  /** Whether the bot has promised to try the chat by now. */
  #isDue({ refusals, refusedAt, isOut }: Member): boolean {
    if (isOut) return false
    if (refusals === 0) return true
    const hours = PROMISED_HOURS[Math.min(refusals, PROMISED_HOURS.length) - 1] ?? 0
    return this.now.epochMilliseconds >= refusedAt + hours * 3_600_000
  }

  #poster(): Poster {
    const answer = <T>(failure: Failure | undefined, value: T): Outcome<T> =>
      failure ? { ok: false, failure } : { ok: true, value }
    return {
      platform: 'telegram',
      limits: { ceiling: Number.POSITIVE_INFINITY, chat: () => [], knownMs: 0 },
      render: () => [],
      send: async ({ address }, part) => {
        const failure = this.#ask(address, true)
        if (!failure) this.member(address).got.push(String((part as { text: string }).text))
        return answer(failure, '1')
      },
      edit: async () => answer(undefined, ''),
      remove: async () => answer(undefined, ''),
      probe: async ({ address }) => answer(this.#ask(address, false), this.member(address).tells),
      close: () => {},
    }
  }

  /** Rights change; the platform tells the bot only where `isTold`. */
  async change(address: string, mayPost: boolean, isSure: boolean, isTold: boolean): Promise<void> {
    const member = this.member(address)
    const { within } = member.place
    Object.assign(member, { mayPost, isSure })
    for (const other of this.members.values()) {
      // A bot that is out of a group is out of its topics, and in a topic only if it is in the group.
      if (other.place.within === address && !mayPost && isSure) {
        Object.assign(other, { mayPost, isSure })
      }
      if (other.place.address === within && mayPost) other.isSure = false
    }
    if (!isTold) return
    if (mayPost) return this.sign(address)
    await this.reachability.left(member.place, isSure ? 'removed' : 'forbidden', true, { isSure })
    if (!isSure && member.refusals > 0 && !this.#isDue(member)) return
    if (!isSure && member.isOut) return
    member.refusals += 1
    member.refusedAt = this.now.epochMilliseconds
    member.isOut ||= isSure
  }

  /** An update comes from a chat. */
  async sign(address: string): Promise<void> {
    const group = address.split('/')[0] ?? address
    await this.reachability.seen('telegram', [group])
    this.#heal(group)
  }

  /** Time passes in which the bot runs, or is down. */
  async pass(minutes: number, isUp: boolean): Promise<void> {
    const end = this.now.add({ minutes })
    while (isUp && Temporal.Instant.compare(this.now.add({ minutes: LOOK_MINUTES }), end) < 0) {
      this.now = this.now.add({ minutes: LOOK_MINUTES })
      await this.check()
    }
    this.now = end
    if (isUp) await this.check()
  }

  /** The checks that are due, as many looks as it takes. */
  async check(): Promise<void> {
    // A check that fails leaves its chat due.
    if (this.isAway) return this.#checks.tick()
    while ((await this.store.reach.due('telegram', this.now, 1)).length > 0)
      await this.#checks.tick()
  }

  /** Posts to all, and looks who has got it. */
  async post(): Promise<void> {
    this.posts += 1
    const post = `Post ${this.posts}`
    this.#inHand = new Set([...this.members.values()].filter(each => this.#isDue(each)))
    const owed = [...this.#inHand].filter(({ mayPost }) => mayPost)
    const early = [...this.members.values()].filter(each => each.mayPost && !owed.includes(each))
    const { store } = this
    const { id } = await store.broadcasts.create(announcement({ message: saying(post) }))
    while (!(await store.fanOut.enqueue(id, 1000)).isDone);
    const wasAway = this.isAway
    await this.#deliver(post)
    if (wasAway) {
      // The outage ends: what waits is sent, and nothing is lost.
      this.isAway = false
      this.now = this.now.add({ minutes: 10 })
      await this.#deliver(post)
    }
    await store.fanOut.finish(id)
    for (const { place, got } of owed) {
      const count = got.filter(text => text === post).length
      if (count === 1) this.arrived += 1
      else this.lost.push({ chat: place.address, post: `${post}: ${count}` })
    }
    for (const { got } of early) if (!got.includes(post)) this.waited += 1
    for (const { got } of this.members.values()) expect(new Set(got).size).toBe(got.length)
  }

  async #deliver(post: string): Promise<void> {
    let settle: Settlement[] = []
    for (;;) {
      const exchanged = await this.store.deliveries.exchange({
        ...{ platform: 'telegram', epoch: this.#epoch, lease: 'active', knownMs: 0 },
        ...{ most: 100, settle: settle.map(this.#trips.withoutGone) },
      })
      if (!exchanged) throw new Error('The lease is lost.')
      if (exchanged.claimed.length === 0) return
      settle = []
      for (const row of exchanged.claimed) {
        const broadcast = exchanged.open.find(({ id }) => id === row.broadcast)
        if (!broadcast) throw new Error('A row has its broadcast.')
        settle.push(await this.#send(row, broadcast, post))
      }
    }
  }

  async #send(row: Claimed, broadcast: Broadcast, post: string): Promise<Settlement> {
    const content = { revision: broadcast.revision, parts: 1, isPublished: false }
    const ended = decideBeforeSend(row, broadcast, content, this.now)
    if (ended) return ended
    const { settlement } = await this.#fly({ row, broadcast, content, parts: [{ text: post }] })
    const { nextAt } = settlement
    // A delivery that is to be retried waits for the end of an outage.
    return nextAt ? { ...settlement, nextAt: this.now.add({ minutes: 5 }) } : settlement
  }
}
