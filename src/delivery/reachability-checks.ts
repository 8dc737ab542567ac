import { loop } from '../async/loop.ts'
import type { ChatRef } from '../platform.ts'
import { isStoreError } from '../store/error.ts'
import type { DeliveryContext } from './context.ts'
import { chatOf } from './send-step.ts'

type Context = Pick<DeliveryContext, 'poster' | 'limiter' | 'reachability' | 'clock'>

export interface ChecksOptions extends Context {
  readonly backoff: Pick<DeliveryContext['backoff'], 'isFailing'>
  readonly store: Pick<DeliveryContext['store'], 'reach'>
  /** Ends the checks. */
  readonly signal: AbortSignal
}

/** Checks suspected chats that are due, by a call that posts nothing. */
export interface Checks {
  /** Checks once a minute until the signal aborts. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Checks the chats that are due now, at most {@link MOST}. Throws {@link StoreError}. */
  tick(): Promise<void>
}

/** Time between two rounds of checks, in milliseconds. */
const ROUND_MS = 60_000

/** Most checks in one round: the limits of the platform are for posts and replies. */
const MOST = 30

/** Checks without an answer in a row after which the platform is at fault, and not the chats. */
const MOST_UNANSWERED = 3

/** Longest pause before the rate limiter is asked again, in milliseconds. */
const PATIENCE_MS = 5000

export function createChecks(options: ChecksOptions): Checks {
  const { poster, limiter, backoff, store, reachability, clock, signal } = options

  /** Resolves when the rate limit allows another call, and counts that call. */
  async function waitForRoom(chat: string): Promise<void> {
    for (let ms = limiter.wait(); ms > 0 && !signal.aborted; ms = limiter.wait()) {
      await clock.pause(Math.min(ms, PATIENCE_MS), signal)
    }
    limiter.reply(chat)
  }

  /** Checks one chat. Resolves to whether the platform has answered; if not, the chat stays due. */
  async function check(place: ChatRef): Promise<boolean> {
    await waitForRoom(chatOf({ place }))
    if (signal.aborted || !poster.probe) return false
    const outcome = await poster.probe(place)
    if (outcome.ok) {
      if (outcome.value === false) await reachability.unproven(place)
      else await reachability.proven(place)
      return true
    }
    const { failure } = outcome
    switch (failure.next) {
      case 'retry':
      case 'uncertain':
      case 'stop':
        return false
      case 'moved':
        await reachability.moved(place.platform, place.address, failure.to)
        return true
      case 'gone': {
        const { topic, ...more } = failure
        await reachability.left(place, failure.why, topic === true || !more.isSure, more)
        return true
      }
      // Any other failure says nothing about the chat.
      default:
        await reachability.unproven(place)
        return true
    }
  }

  async function tick(): Promise<void> {
    // During an outage, every chat would fail the same way.
    if (!poster.probe || backoff.isFailing()) return
    let unanswered = 0
    for (const place of await store.reach.due(poster.platform, clock.now(), MOST)) {
      if (signal.aborted || unanswered >= MOST_UNANSWERED) return
      unanswered = (await check(place)) ? 0 : unanswered + 1
    }
  }

  return {
    tick,
    run: () =>
      loop({
        pass: () => tick().then(() => ROUND_MS),
        pause: ms => clock.pause(ms, signal),
        signal,
        mayGoOn: isStoreError,
        afterErrorMs: ROUND_MS,
      }),
  }
}
