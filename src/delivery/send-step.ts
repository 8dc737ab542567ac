import { createHash } from 'node:crypto'
import { isSilent } from '../chats/sound.ts'
import type { Failure, Outcome, Part } from '../poster.ts'
import { ignoreStoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { CallResult } from './breaker.ts'
import type { BreakerActions } from './breaker-actions.ts'
import type { DeliveryContext } from './context.ts'
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

/** A claimed row with the message to send for it. */
export interface PreparedRow {
  readonly row: Claimed
  readonly broadcast: Broadcast
  readonly content: RevisionShape
  /** The parts of the message; after a retraction, the notice that replaces a message that cannot be deleted. */
  readonly parts: readonly Part[]
}

/** A row whose call leaves next. */
export interface DepartingRow extends PreparedRow {
  /** The number of the block in which the call leaves: see `OutageBackoff.onSend`. */
  readonly block: number
}

/** The result of a call. */
export interface StepResult extends Consequence {
  readonly failure?: Failure
}

type Context = Pick<DeliveryContext, 'poster' | 'reachability' | 'clock' | 'installation'>

export interface SendStepOptions extends Context {
  readonly breakerActions: BreakerActions
}

/** Returns how the breaker counts a failure; undefined if the failure indicates no fault on our side. Pure. */
function callResultOf(failure: Failure): CallResult | undefined {
  if (failure.next === 'gone') return 'gone'
  return failure.next === 'rejected' && failure.of === 'content' ? 'rejected' : undefined
}

/** Creates the function that makes the next call for a row, once, and resolves to its result. */
export function createSendStep(
  options: SendStepOptions,
): (prepared: PreparedRow) => Promise<StepResult> {
  const { poster, reachability, breakerActions, clock, installation } = options
  const { platform } = poster

  async function perform(
    step: Step,
    { row, parts, broadcast }: PreparedRow,
  ): Promise<Outcome<unknown>> {
    const { place, chat } = row
    switch (step.do) {
      case 'send': {
        const { replyTo, as } = step
        const key = keyOf(installation, row.broadcast, chat, as.part, as.revision)
        return poster.send(place, partOf(parts, step.part), {
          key,
          ...(replyTo && { replyTo }),
          isSilent: isSilent(broadcast, row.sound),
        })
      }
      case 'edit':
        return poster.edit(place, step.id, partOf(parts, step.part))
      case 'remove': {
        const removed = await poster.remove(place, step.id)
        if (removed.ok || !broadcast.isRetracted) return removed
        const { failure } = removed
        const isArchived = failure.next === 'rejected' && failure.reason === 'archived'
        if (failure.next !== 'message-missing' && !isArchived) return removed
        // A message that is too old to be deleted is edited to a notice.
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

  async function onFailure(
    { row, broadcast }: PreparedRow,
    step: Step,
    failure: Exclude<Failure, { next: 'done' }>,
    startedAt: Temporal.Instant,
  ): Promise<StepResult> {
    const { next, code } = failure
    // The chat was suspected already: another refusal indicates no fault on our side.
    const result = next === 'gone' && row.gone ? undefined : callResultOf(failure)
    if (result) breakerActions.record(result, row, broadcast, code)
    const now = clock.now()
    const consequence = afterFailure(row, step, failure, startedAt, now, Math.random())
    try {
      if (next === 'moved') await reachability.moved(platform, chatOf(row), failure.to)
      if (next === 'gone') await markGone(row, failure)
      return { ...consequence, failure }
    } catch (error) {
      ignoreStoreError(error)
      // The store is unavailable. Retry in a second; the platform will report the same failure.
      const settlement = released(row, { nextAt: now.add({ seconds: 1 }) })
      return { settlement, failure }
    }
  }

  /** Marks the chat as gone, unless the breaker has tripped. Throws {@link StoreError}. */
  async function markGone(
    row: Claimed,
    { why, topic, ...more }: Extract<Failure, { next: 'gone' }>,
  ): Promise<void> {
    if (breakerActions.isTripped(row.broadcast)) return
    // Unless the platform is sure, a refusal by a group does not apply to its topics.
    await reachability.left(row.place, why, topic === true || !more.isSure, more)
    // The breaker may have tripped in the meantime.
    if (breakerActions.isTripped(row.broadcast)) {
      await reachability.returned(platform, [row.place.address])
    }
  }

  /** Marks the chat as reachable, after a message has arrived. If the store fails, the next post or check marks it. */
  async function markReachable({ place, gone, hasMissed }: Claimed): Promise<void> {
    const isGone = gone !== undefined || hasMissed
    await reachability.arrived(place, isGone).catch(ignoreStoreError)
  }

  return async prepared => {
    const { row, broadcast, content } = prepared
    const step = nextStep(row, content)
    const startedAt = clock.now()
    const outcome = await perform(step, prepared)
    // If one part was deleted, still update the other parts.
    const isMissing =
      !outcome.ok && outcome.failure.next === 'message-missing' && step.do === 'edit'
    if (!outcome.ok && outcome.failure.next !== 'done' && !isMissing) {
      return onFailure(prepared, step, outcome.failure, startedAt)
    }
    breakerActions.record('arrived', row, broadcast)
    if (step.do === 'send') await markReachable(row)
    const id = outcome.ok && typeof outcome.value === 'string' ? outcome.value : ''
    const next = afterStep(row, step, content, id)
    const isWhole = nextStep(next, content).do === 'end'
    const { revision: revisionSent } = content
    if (isWhole && !isMissing) breakerActions.accepted(row, broadcast)
    const error = isMissing && { error: 'lost' }
    // The row is settled before its next part is sent, so that at most one part of a row is uncertain.
    const settlement: Settlement = isWhole
      ? settled(next, isMissing ? 'failed' : 'sent', { revisionSent, ...error })
      : settled(next, 'pending', { ...error })
    return { settlement }
  }
}

const DONE: Outcome<unknown> = { ok: true, value: '' }

/** Returns the address whose rate limit applies: the topics of a group share the group's limit. */
export function chatOf({ place: { address } }: Pick<Claimed, 'place'>): string {
  return address.split('/', 1)[0] ?? address
}

function partOf(parts: readonly Part[], index: number): Part {
  const part = parts[Math.max(0, index)]
  if (!part) throw new RangeError('A message has at least one part.')
  return part
}

/** Returns an idempotency key. Discord takes 25 characters, and compares the keys of all messages of one bot. */
function keyOf(...of: readonly (string | number)[]): string {
  return createHash('sha256').update(of.join(' ')).digest('base64url').slice(0, 25)
}
