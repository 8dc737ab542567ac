import { type Clock, growingMs } from '../clock.ts'
import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'
import type { Failure } from '../poster.ts'
import { StoreError } from '../store/error.ts'
import { chatKey, type Floods } from '../store/floods.ts'
import type { Pace } from './pace.ts'
import { type Consequence, LONGEST_WAIT_MS, PROBE_WAIT_MS } from './step.ts'

export interface TroubleOptions {
  readonly platform: string
  readonly pace: Pace
  readonly floods: Pick<Floods, 'keep' | 'end'>
  readonly clock: Clock
  readonly log: Log
}

/** Holds a platform's posts back after failures in a row or a named wait, and lets single probes out. */
export interface Trouble {
  /**
   * A call leaves next. Returns the number of the hold that it left in: a call that left earlier says nothing
   * of a later hold. In trouble the call is a probe, and the others wait for the next one.
   */
  left(): number
  /** A call failed, and not because of its chat. */
  met(failure: Pick<Failure, 'code'>): void
  /** A call to this chat that left in hold `from` succeeded. */
  over(from: number, chat: string): Promise<void>
  /** The platform named a wait, for this chat or for all, to a call that left in hold `from`. */
  hold(chat: string, hold: NonNullable<Consequence['hold']>, from: number): Promise<void>
  /** Continues a wait that the platform named to an earlier process, for this chat or for all. */
  restore(until: Temporal.Instant, chat?: string): void
  /** Whether so many calls in a row have failed that the fault is the platform's. */
  isFailing(): boolean
  /** The state of posting, for operators. */
  state(): PlatformState
}

/** Failures in a row, of any chats, that count as the platform's fault. */
const IN_A_ROW = 5

/** First and longest pause between two probes, in milliseconds. With the loop's second it stays below 15 s. */
const FIRST_MS = 1000
export const PROBE_MS = 12_000

/** A trouble that begins within this time of the last one is logged only if it lasts as long, in milliseconds. */
const FLAP_MS = 60_000

/** Shortest named wait that is reported as trouble, in milliseconds. */
const LONG_MS = 15_000

/**
 * Longest wait of one chat that is neither logged nor stored, in milliseconds: a chat gets about one message a
 * second anyway, discord.js adds its own offset to a wait of one second, and the wait is over before another process
 * could read it.
 */
const BRIEF_MS = 1500

/** Time without a probe after which trouble is no longer reported, in milliseconds: no row is left to send. */
const UNKNOWN_MS = 60_000

interface Failing {
  readonly since: number
  code: string
  isTold: boolean
}

interface ChatWait {
  readonly until: number
  /** When the next message may leave. */
  readonly nextAt: number
  readonly isKept: boolean
}

interface Named {
  readonly until: number
  readonly isLong: boolean
  readonly isCut: boolean
}

export function createTrouble(options: TroubleOptions): Trouble {
  const { platform, pace, floods, clock, log } = options
  const now = () => clock.now().epochMilliseconds
  const iso = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).round('second').toString()
  const chats = new Map<string, ChatWait>()
  let failures = 0
  let probes = 0
  let number = 0
  let failing: Failing | undefined
  let named: Named | undefined
  let nextAt = 0
  let endedAt = Number.NEGATIVE_INFINITY

  function holdUntil(at: number): void {
    nextAt = Math.max(nextAt, at)
    pace.hold(at, now())
  }

  /** Returns whether the wait is long enough to be logged and stored. */
  function holdChat(chat: string, until: number): boolean {
    const at = now()
    for (const [each, wait] of chats) if (wait.until <= at) chats.delete(each)
    const nextAt = Math.min(until, at + PROBE_WAIT_MS)
    const isBrief = until - at <= BRIEF_MS
    // A longer wait may still be stored.
    const isKept = !isBrief || chats.get(chat)?.isKept === true
    chats.set(chat, { until, nextAt, isKept })
    pace.holdChat(chat, nextAt, at)
    return !isBrief
  }

  /** Whether another chat has to wait as well: then the wait is most likely the platform's. */
  function isShared(chat: string): boolean {
    const at = now()
    return [...chats].some(([each, { until }]) => each !== chat && until > at)
  }

  /** Ends the wait of a chat that takes messages again before its end. */
  async function endChat(chat: string): Promise<void> {
    const wait = chats.get(chat)
    if (!wait || wait.nextAt > now()) return
    chats.delete(chat)
    if (wait.isKept) await write(floods.end(chatKey(platform, chat)))
  }

  function holdForProbe(): void {
    const at = now()
    if (named && named.until > at) holdUntil(Math.min(named.until, at + PROBE_WAIT_MS))
    else holdUntil(at + growingMs(probes + 1, FIRST_MS, PROBE_MS, Math.random()))
  }

  function reasonOf({ code }: Failing): string {
    return `${failures} posts in a row failed (${code}). Next try at ${iso(nextAt)}.`
  }

  function reasonOfWait({ isCut }: Named): string {
    const wait = isCut ? 'for more than a day' : 'before the next post'
    return `${platform} asks to wait ${wait}. Next try at ${iso(nextAt)}.`
  }

  function tell(trouble: Failing): void {
    const at = now()
    const isNew = [endedAt, trouble.since].some(then => Math.abs(at - then) >= FLAP_MS)
    if (trouble.isTold || !isNew) return
    trouble.isTold = true
    const { code } = trouble
    const fields = { event: 'delivery.trouble', platform, failures, code, nextAt: iso(nextAt) }
    log.warn(fields, reasonOf(trouble))
  }

  async function write(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      // Without the kept wait, the next lease holder learns it from the platform.
      if (!(error instanceof StoreError)) throw error
    }
  }

  return {
    left() {
      if (failing || (named && named.until > now())) {
        probes += 1
        holdForProbe()
      }
      return number
    },
    met({ code }) {
      failures += 1
      if (failures < IN_A_ROW) return
      if (!failing) {
        failing = { since: now(), code, isTold: false }
        number += 1
        probes = 0
        holdForProbe()
      }
      failing.code = code
      tell(failing)
    },
    async over(from, chat) {
      await endChat(chat)
      if (!failing && !named) failures = 0
      if (from !== number || (!failing && !named)) return
      const isTold = failing?.isTold === true || named?.isLong === true
      if (failing) endedAt = now()
      const isEarly = nextAt > now()
      const isKept = named !== undefined && isEarly
      failing = undefined
      named = undefined
      failures = 0
      probes = 0
      nextAt = 0
      if (isTold) log.info({ event: 'delivery.restored', platform }, 'Posts arrive again.')
      if (isEarly) pace.release(now())
      if (isKept) await write(floods.end(platform))
    },
    async hold(chat, { until, isAlone, isGuess = false, isCut = false }, from) {
      const at = now()
      const untilMs = until.epochMilliseconds
      if (isAlone && !(isGuess && isShared(chat))) {
        if (!holdChat(chat, untilMs)) return
        const fields = { event: 'delivery.flooded', platform, chat, until: until.toString() }
        log.info(fields, 'A chat asks to wait; the others go on.')
        return write(floods.keep(chatKey(platform, chat), until))
      }
      // Concurrent calls are answered with the same wait: log and store it once.
      const isNews = from === number || untilMs > (named?.until ?? 0) + LONG_MS
      if (isNews) number += 1
      const isLong = untilMs - at >= LONG_MS
      named = { until: Math.max(named?.until ?? 0, untilMs), isLong, isCut }
      holdForProbe()
      if (!isNews) return
      const times = { until: until.toString(), nextAt: iso(nextAt) }
      const fields = { event: 'delivery.flooded', platform, ...times, ...(isCut && { isCut }) }
      log.warn(fields, reasonOfWait(named))
      await write(floods.keep(platform, until))
    },
    restore(until, chat) {
      const at = now()
      const untilMs = until.epochMilliseconds
      // No wait is kept for longer than a day: a clock that was ahead has kept this one.
      if (untilMs <= at || untilMs - at > LONGEST_WAIT_MS) return
      if (chat !== undefined) {
        holdChat(chat, untilMs)
        return
      }
      named = { until: untilMs, isLong: untilMs - at >= LONG_MS, isCut: false }
      holdForProbe()
    },
    isFailing: () => failing !== undefined,
    state() {
      const at = now()
      if (failing && at < nextAt + UNKNOWN_MS) {
        return { status: 'trouble', reason: reasonOf(failing) }
      }
      if (named?.isLong && named.until > at) {
        return { status: 'trouble', reason: reasonOfWait(named) }
      }
      return { status: 'running' }
    },
  }
}
