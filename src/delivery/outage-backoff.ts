import { backoffMs } from '../async/backoff.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'
import type { Failure } from '../poster.ts'
import { ignoreStoreError } from '../store/error.ts'
import { chatKey, type FloodWaits } from '../store/ledger/flood-waits.ts'
import { type Consequence, LONGEST_WAIT_MS, PROBE_WAIT_MS } from './decisions.ts'
import type { RateLimiter } from './rate-limiter.ts'

export interface OutageBackoffOptions {
  readonly platform: string
  readonly limiter: RateLimiter
  readonly floods: Pick<FloodWaits, 'keep' | 'end'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Slows or stops sending on a platform after repeated failures or a named wait (429). During such a block, single
 * calls leave as probes. Blocks are numbered: a call that left before a block began says nothing about that block.
 */
export interface OutageBackoff {
  /**
   * Records that a call leaves next, and returns the number of the newest block. During a block the call is a probe,
   * and the other calls wait for the next probe.
   */
  onSend(): number
  /** Counts a failed call for which the platform is at fault. */
  onFailure(failure: Pick<Failure, 'code'>): void
  /** Ends the wait of the chat, and the newest block if the successful call left during it. */
  onSuccess(block: number, chat: string): Promise<void>
  /** Blocks this chat or all chats for the wait that the platform has named to a call of `block`. */
  blockUntil(chat: string, wait: NonNullable<Consequence['wait']>, block: number): Promise<void>
  /** Continues a stored wait, of this chat or of all chats. */
  restore(until: Temporal.Instant, chat?: string): void
  /** Whether {@link IN_A_ROW} calls in a row have failed, so that the platform is at fault. */
  isFailing(): boolean
  /** Returns the state of posting, for operators. */
  state(): PlatformState
}

/** Failures in a row, of any chats, after which the platform is at fault. */
const IN_A_ROW = 5

/**
 * First and longest pause between two probes, in milliseconds. With the sender's sleep of at most 1 s, a probe leaves
 * at least every 15 s.
 */
const FIRST_MS = 1000
export const PROBE_MS = 12_000

/** An outage that begins within this time of the last one is logged only if it lasts as long, in milliseconds. */
const FLAP_MS = 60_000

/** Shortest named wait that `state` reports, in milliseconds. */
const LONG_MS = 15_000

/**
 * Longest wait of one chat that is neither logged nor stored, in milliseconds. A chat gets about one message a second
 * in any case, discord.js adds its own offset to a wait of one second, and another process could not read the wait
 * before its end.
 */
const BRIEF_MS = 1500

/** Time without a probe after which an outage is no longer reported, in milliseconds: no row is left to send. */
const UNKNOWN_MS = 60_000

/** An outage of the platform. */
interface Outage {
  /** In elapsed milliseconds. */
  readonly since: number
  code: string
  isLogged: boolean
}

/** A wait of one chat. Times are in elapsed milliseconds. */
interface ChatWait {
  readonly until: number
  /** When the next message may leave. */
  readonly nextAt: number
  readonly isStored: boolean
}

/** A wait that the platform has named for all chats. `until` is in elapsed milliseconds. */
interface PlatformWait {
  readonly until: number
  readonly isLong: boolean
  readonly isCut: boolean
}

export function createOutageBackoff(options: OutageBackoffOptions): OutageBackoff {
  const { platform, limiter, floods, clock, log } = options
  const now = clock.elapsed
  const msUntil = (at: Temporal.Instant) => clock.now().until(at).total('milliseconds')
  const chats = new Map<string, ChatWait>()
  let failures = 0
  let probes = 0
  let newestBlock = 0
  let outage: Outage | undefined
  let named: PlatformWait | undefined
  /** When the next probe may leave, and when the last outage ended, in elapsed milliseconds. */
  let nextAt = 0
  let endedAt = Number.NEGATIVE_INFINITY

  function blockAllUntil(at: number): void {
    nextAt = Math.max(nextAt, at)
    limiter.block(at - now())
  }

  /** Returns the wall time of the next probe, for logs and operators. */
  function nextTry(): string {
    const waitMs = Math.round(nextAt - now())
    return clock.now().add({ milliseconds: waitMs }).round('second').toString()
  }

  /** Blocks a chat. Returns whether the wait is long enough to be logged and stored. */
  function blockChatUntil(chat: string, until: number): boolean {
    const at = now()
    for (const [each, wait] of chats) if (wait.until <= at) chats.delete(each)
    const nextAt = Math.min(until, at + PROBE_WAIT_MS)
    const isBrief = until - at <= BRIEF_MS
    // An earlier, longer wait may still be stored.
    const isStored = !isBrief || chats.get(chat)?.isStored === true
    chats.set(chat, { until, nextAt, isStored })
    limiter.blockChat(chat, nextAt - at)
    return !isBrief
  }

  /** Whether another chat has to wait as well: then the wait most likely applies to the platform. */
  function isShared(chat: string): boolean {
    const at = now()
    return [...chats].some(([each, { until }]) => each !== chat && until > at)
  }

  /** Ends the wait of a chat that has accepted a probe. */
  async function endChat(chat: string): Promise<void> {
    const wait = chats.get(chat)
    if (!wait || wait.nextAt > now()) return
    chats.delete(chat)
    if (wait.isStored) await floods.end(chatKey(platform, chat)).catch(ignoreStoreError)
  }

  function blockUntilProbe(): void {
    const at = now()
    if (named && named.until > at) blockAllUntil(Math.min(named.until, at + PROBE_WAIT_MS))
    else blockAllUntil(at + backoffMs(probes + 1, { firstMs: FIRST_MS, longestMs: PROBE_MS }))
  }

  function reasonOf({ code }: Outage): string {
    return `${failures} posts in a row failed (${code}). Next try at ${nextTry()}.`
  }

  function reasonOfWait({ isCut }: PlatformWait): string {
    const wait = isCut ? 'for more than a day' : 'before the next post'
    return `${platform} asks to wait ${wait}. Next try at ${nextTry()}.`
  }

  function logOnce(outage: Outage): void {
    const at = now()
    const isNew = [endedAt, outage.since].some(then => at - then >= FLAP_MS)
    if (outage.isLogged || !isNew) return
    outage.isLogged = true
    const { code } = outage
    const fields = { event: 'delivery.trouble', platform, failures, code, nextAt: nextTry() }
    log.warn(fields, reasonOf(outage))
  }

  /** Stores a wait. If the store fails, the platform will name the wait to the next lease holder too. */
  const keep = (key: string, until: Temporal.Instant) =>
    floods.keep(key, until).catch(ignoreStoreError)

  return {
    onSend() {
      if (outage || (named && named.until > now())) {
        probes += 1
        blockUntilProbe()
      }
      return newestBlock
    },
    onFailure({ code }) {
      failures += 1
      if (failures < IN_A_ROW) return
      if (!outage) {
        outage = { since: now(), code, isLogged: false }
        newestBlock += 1
        probes = 0
        blockUntilProbe()
      }
      outage.code = code
      logOnce(outage)
    },
    async onSuccess(block, chat) {
      await endChat(chat)
      if (!outage && !named) failures = 0
      if (block !== newestBlock || (!outage && !named)) return
      const isLogged = outage?.isLogged === true || named?.isLong === true
      if (outage) endedAt = now()
      const isEarly = nextAt > now()
      const isStored = named !== undefined && isEarly
      outage = undefined
      named = undefined
      failures = 0
      probes = 0
      nextAt = 0
      if (isLogged) log.info({ event: 'delivery.restored', platform }, 'Posts arrive again.')
      if (isEarly) limiter.unblock()
      if (isStored) await floods.end(platform).catch(ignoreStoreError)
    },
    async blockUntil(chat, { until, isAlone, isGuess = false, isCut = false }, block) {
      const at = now()
      const waitMs = msUntil(until)
      const untilMs = at + waitMs
      if (isAlone && !(isGuess && isShared(chat))) {
        if (!blockChatUntil(chat, untilMs)) return
        const fields = { event: 'delivery.flooded', platform, chat, until: until.toString() }
        log.info(fields, 'One chat asks to wait. The others continue.')
        return keep(chatKey(platform, chat), until)
      }
      // Concurrent calls are answered with the same wait: log and store it once.
      const isNews = block === newestBlock || !named || untilMs > named.until + LONG_MS
      if (isNews) newestBlock += 1
      const isLong = waitMs >= LONG_MS
      named = { until: Math.max(named?.until ?? 0, untilMs), isLong, isCut }
      blockUntilProbe()
      if (!isNews) return
      const times = { until: until.toString(), nextAt: nextTry() }
      const fields = { event: 'delivery.flooded', platform, ...times, ...(isCut && { isCut }) }
      log.warn(fields, reasonOfWait(named))
      await keep(platform, until)
    },
    restore(until, chat) {
      const waitMs = msUntil(until)
      // A stored wait lasts a day at most. A clock that was ahead has stored this one, so it is ignored.
      if (waitMs <= 0 || waitMs > LONGEST_WAIT_MS) return
      if (chat !== undefined) {
        blockChatUntil(chat, now() + waitMs)
        return
      }
      named = { until: now() + waitMs, isLong: waitMs >= LONG_MS, isCut: false }
      blockUntilProbe()
    },
    isFailing: () => outage !== undefined,
    state() {
      const at = now()
      if (outage && at < nextAt + UNKNOWN_MS) {
        return { status: 'trouble', reason: reasonOf(outage) }
      }
      if (named?.isLong && named.until > at) {
        return { status: 'trouble', reason: reasonOfWait(named) }
      }
      return { status: 'running' }
    },
  }
}
