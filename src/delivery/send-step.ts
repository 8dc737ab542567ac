import { createHash } from 'node:crypto'
import type { Reachability } from '../chats/reachability.ts'
import type { Clock } from '../clock.ts'
import type { Failure, Outcome, Part, Poster } from '../poster.ts'
import { StoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { CallResult } from './breaker.ts'
import type { BreakerActions } from './breaker-actions.ts'
import {
  afterFailure,
  afterStep,
  type Consequence,
  nextStep,
  type RevisionShape,
  released,
  type Step,
  settled,
} from './decisions.ts'

/** A row in hand, and what is to be sent for it. */
export interface Work {
  readonly row: Claimed
  readonly broadcast: Broadcast
  readonly content: RevisionShape
  /** What is sent; of what was taken back, the notice that stands where nothing can be deleted. */
  readonly parts: readonly Part[]
}

/** A row whose call leaves next; `hold` is the number of the hold that it leaves in: see `Trouble.left`. */
export interface ReadyWork extends Work {
  readonly hold: number
}

/** What has come of a call. */
export interface Landing extends Consequence {
  readonly failure?: Failure
}

export interface SendStepOptions {
  readonly poster: Poster
  readonly reachability: Reachability
  readonly breakerActions: BreakerActions
  readonly clock: Clock
  /** See `Deliveries.installation`. */
  readonly installation: string
}

/** How the breaker takes a failure; the others tell nothing about us. Pure. */
function signalOf(failure: Failure): CallResult | undefined {
  if (failure.next === 'gone') return 'gone'
  return failure.next === 'rejected' && failure.of === 'content' ? 'rejected' : undefined
}

/** Makes the next call for a row; resolves to what comes of that. One call, whatever happens. */
export function createSendStep(options: SendStepOptions): (work: Work) => Promise<Landing> {
  const { poster, reachability, breakerActions, clock, installation } = options
  const { platform } = poster

  async function perform(step: Step, { row, parts, broadcast }: Work): Promise<Outcome<unknown>> {
    const { place, chat } = row
    switch (step.do) {
      case 'send': {
        const { replyTo, as } = step
        const key = keyOf(installation, row.broadcast, chat, as.part, as.revision)
        return poster.send(place, partOf(parts, step.part), { key, ...(replyTo && { replyTo }) })
      }
      case 'edit':
        return poster.edit(place, step.id, partOf(parts, step.part))
      case 'remove': {
        const removed = await poster.remove(place, step.id)
        if (removed.ok || !broadcast.isRetracted) return removed
        const { failure } = removed
        const isArchived = failure.next === 'rejected' && failure.reason === 'archived'
        if (failure.next !== 'message-missing' && !isArchived) return removed
        // What is too old to be deleted says at least that it was taken back.
        const edited = await poster.edit(place, step.id, partOf(parts, 0))
        // An edit may have woken the thread.
        if (!isArchived || !edited.ok || edited.value !== undefined) return edited
        return poster.remove(place, step.id)
      }
      case 'publish':
        return poster.publish?.(place, step.id) ?? DONE
      case 'end':
        return DONE
    }
  }

  async function suffer(
    { row, broadcast }: Work,
    step: Step,
    failure: Exclude<Failure, { next: 'done' }>,
    startedAt: Temporal.Instant,
  ): Promise<Landing> {
    const { next, code } = failure
    // The refused try of a suspected chat says nothing new, so it says nothing about the platform either.
    const signal = next === 'gone' && row.gone ? undefined : signalOf(failure)
    if (signal) breakerActions.record(signal, row, broadcast, code)
    const now = clock.now()
    const consequence = afterFailure(row, step, failure, startedAt, now, Math.random())
    try {
      if (next === 'moved') await reachability.moved(platform, chatOf(row), failure.to)
      if (next === 'gone') await leave(row, failure)
      return { ...consequence, failure }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // Met again, it is told again.
      const settlement = released(row, { nextAt: now.add({ seconds: 1 }) })
      return { settlement, failure }
    }
  }

  /** The chat counts as gone, unless so many do that it cannot be theirs. */
  async function leave(row: Claimed, { why, topic, ...more }: Extract<Failure, { next: 'gone' }>) {
    if (breakerActions.isTripped(row.broadcast)) return
    // In doubt, what a group refuses says nothing of its topics.
    await reachability.left(row.place, why, topic === true || !more.isSure, more)
    if (breakerActions.isTripped(row.broadcast))
      await reachability.returned(platform, [row.place.address])
  }

  /** A message has arrived: the chat can be reached. If the store fails, the next post or check finds out. */
  async function restore({ place, gone, hasMissed }: Claimed): Promise<void> {
    try {
      await reachability.arrived(place, gone !== undefined || hasMissed)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }

  return async work => {
    const { row, content } = work
    const step = nextStep(row, content)
    const startedAt = clock.now()
    const outcome = await perform(step, work)
    // A part that somebody has deleted keeps nobody from the others.
    const isMissing =
      !outcome.ok && outcome.failure.next === 'message-missing' && step.do === 'edit'
    if (!outcome.ok && outcome.failure.next !== 'done' && !isMissing) {
      return suffer(work, step, outcome.failure, startedAt)
    }
    breakerActions.record('arrived', row, work.broadcast)
    if (step.do === 'send') await restore(row)
    const id = outcome.ok && typeof outcome.value === 'string' ? outcome.value : ''
    const next = afterStep(row, step, content, id)
    const isWhole = nextStep(next, content).do === 'end'
    const { revision: revisionSent } = content
    if (isWhole && !isMissing) breakerActions.took(row, work.broadcast)
    // On record before more is sent: at no time is more than one part of a row uncertain.
    const state = isMissing ? 'failed' : 'sent'
    const lost = isMissing && { error: 'lost' }
    const settlement: Settlement = isWhole
      ? settled(next, state, { revisionSent, ...lost })
      : settled(next, 'pending', { ...lost })
    return { settlement }
  }
}

const DONE: Outcome<unknown> = { ok: true, value: '' }

/** A group's topics share its limits. */
export function chatOf({ place: { address } }: Pick<Claimed, 'place'>): string {
  return address.split('/', 1)[0] ?? address
}

function partOf(parts: readonly Part[], index: number): Part {
  const part = parts[Math.max(0, index)]
  if (!part) throw new RangeError('A message has at least one part.')
  return part
}

/** Discord takes 25 characters, and compares them among all that one bot has sent. */
function keyOf(...of: readonly (string | number)[]): string {
  return createHash('sha256').update(of.join(' ')).digest('base64url').slice(0, 25)
}
