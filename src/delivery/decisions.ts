import { backoffMs } from '../async/backoff.ts'
import { afterQuiet } from '../chats/quiet-hours.ts'
import type { Failure } from '../poster.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'

/** The next call for one row. `part` counts from 0. */
export type Step =
  | {
      readonly do: 'send'
      readonly part: number
      /** The part of a revision that the idempotency key names. */
      readonly as: { readonly revision: number; readonly part: number }
      readonly replyTo?: string
    }
  | { readonly do: 'edit'; readonly part: number; readonly id: string }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'publish'; readonly id: string }
  | { readonly do: 'end' }

/** The shape of the newest revision, on which each step depends. */
export interface RevisionShape {
  readonly revision: number
  /** Number of parts; 0 after a retraction. */
  readonly parts: number
  /** Whether its messages are published to following channels once they have arrived. */
  readonly isPublished: boolean
}

/**
 * Returns the next step for a row. Messages of an older revision are edited, missing parts are sent, and surplus
 * messages are deleted. Pure.
 */
export function nextStep(row: Claimed, { revision, parts, isPublished }: RevisionShape): Step {
  const { messages, part } = row
  // A part of an older revision may have arrived. With that revision's key, the platform shows the part once.
  if (isOld(row, revision)) {
    return { do: 'send', part: Math.min(part, parts - 1), as: { revision: row.revision, part } }
  }
  if (part < parts) {
    const id = messages[part]
    if (id !== undefined) return { do: 'edit', part, id }
    const [first] = messages
    const isLate = row.revisionSent > 0 && first !== undefined
    return { do: 'send', part, as: { revision, part }, ...(isLate && { replyTo: first }) }
  }
  const surplus = messages.length > parts ? messages.at(-1) : undefined
  if (surplus !== undefined) return { do: 'remove', id: surplus }
  const unpublished = isPublished ? messages[part - parts] : undefined
  return unpublished === undefined ? { do: 'end' } : { do: 'publish', id: unpublished }
}

/**
 * Returns the row after a step. `id` is the id of the sent message, or of the message that replaces an edited one;
 * empty if there is none. Pure.
 */
export function afterStep(
  row: Claimed,
  step: Step,
  { revision, parts }: RevisionShape,
  id: string,
): Claimed {
  const done = { ...row, attempts: 0, isRepeat: false }
  const { triedAt: _, ...sent } = done
  // Whether the old or the new revision arrived, the next step edits it to the newest.
  if (isOld(row, revision)) return { ...sent, messages: [...row.messages, id], revision, part: 0 }
  const part = row.part + 1
  switch (step.do) {
    case 'send':
      return { ...withSent({ ...sent, part }, parts), messages: [...row.messages, id] }
    case 'edit':
      return withSent({ ...done, part, messages: replaced(row, id) }, parts)
    case 'publish':
      return withSent({ ...done, part }, parts)
    case 'remove':
      return { ...done, messages: row.messages.slice(0, -1) }
    case 'end':
      return done
  }
}

function replaced({ messages, part }: Claimed, id: string): readonly string[] {
  return id === '' ? messages : messages.with(part, id)
}

/** Marks the revision as arrived once every part has arrived. Deletions and publications may follow. */
function withSent(row: Claimed, parts: number): Claimed {
  return row.part >= parts ? { ...row, revisionSent: row.revision } : row
}

function isOld({ triedAt, messages, part, revision }: Claimed, newest: number): boolean {
  return triedAt !== undefined && revision < newest && messages[part] === undefined
}

/** Whether a ready row may still be sent as it was claimed. Pure. */
export function isStillDue(row: Claimed, claimed: Broadcast, now: Broadcast | undefined): boolean {
  if (now?.revision !== claimed.revision) return false
  // A chat that has a part of a cancelled broadcast gets the rest, or the correction.
  return now.state === 'active' || (now.state === 'cancelled' && row.messages.length > 0)
}

/** Returns the outcome of a row that is not to be sent, or not yet; undefined if its next step is to be made. Pure. */
export function decideBeforeSend(
  row: Claimed,
  broadcast: Broadcast,
  content: RevisionShape,
  now: Temporal.Instant,
): Settlement | undefined {
  const { repeated } = released(row)
  // Never report `skipped` for a message that may have arrived.
  const ending = row.triedAt ? 'uncertain' : 'skipped'
  const skip = (error: string) => settled(row, ending, { repeated, error })
  const step = nextStep(row, content)
  const isEmpty = row.messages.length === 0
  // The platform recognises the idempotency key, so a message that may have arrived can be found and deleted.
  const mayBeFound = step.do === 'send' && !row.isRepeat
  if (broadcast.isRetracted && isEmpty && !mayBeFound) return skip('retracted')
  if (isEmpty && content.parts === 0 && !broadcast.isRetracted) return skip('empty')
  // A message that has arrived is corrected even if the chat has unsubscribed since.
  if (step.do !== 'send') return undefined
  if (!row.isWanted) return skip('unwanted')
  // A later try restores the chat. It does not get the posts that it misses until then.
  if (row.gone && !row.isTry) {
    return settled(row, row.triedAt ? 'uncertain' : 'gone', { repeated, error: row.gone })
  }
  const { expiresAt } = broadcast
  const isLate = expiresAt && Temporal.Instant.compare(expiresAt, now) <= 0
  if (isLate && isEmpty) return skip('expired')
  if (!broadcast.repeats && row.isRepeat) return settled(row, 'uncertain', { repeated })
  const at = broadcast.isUrgent ? now : afterQuiet(now, row.zone, row.quiet)
  return Temporal.Instant.compare(at, now) > 0 ? released(row, { nextAt: at }) : undefined
}

/** Returns the broadcast without its expiry, which a wrong clock would reach too early. Pure. */
export function withoutExpiry({ expiresAt: _, ...broadcast }: Broadcast): Broadcast {
  return broadcast
}

/** Returns the settlement that releases a row without a try. Pure. */
export function released(row: Claimed, change: Partial<Settlement> = {}): Settlement {
  return settled(row, 'pending', { repeated: row.repeated - Number(row.isRepeat), ...change })
}

/** Returns the settlement of a row. `change` overrides the row's own values. Pure. */
export function settled(
  row: Claimed,
  state: Settlement['state'],
  change: Partial<Settlement> = {},
): Settlement {
  const { broadcast, chat, attempts, triedAt, repeated, part, revision, revisionSent } = row
  return {
    broadcast,
    chat,
    state,
    attempts,
    repeated,
    part,
    revision,
    revisionSent,
    messages: row.messages,
    basis: row.basis,
    ...(triedAt && { triedAt }),
    ...change,
  }
}

/** Returns the settlement of a row whose handling threw. Its message may have arrived if its call has left. Pure. */
export function faulty(row: Claimed, hasLeft: boolean): Settlement {
  const { repeated } = hasLeft ? row : released(row)
  return settled(row, hasLeft || row.triedAt ? 'uncertain' : 'failed', { repeated, error: 'fault' })
}

/** First and longest pause before a row is retried, in milliseconds. */
const FIRST_MS = 1000
const LONGEST_MS = 300_000

/** Shortest named wait that Sitrep accepts, in milliseconds: a wait of zero would cause retries without a pause. */
const SHORTEST_WAIT_MS = 500

/** Longest named wait that Sitrep accepts, and longest pause between probes during a wait, in milliseconds. */
export const LONGEST_WAIT_MS = 86_400_000
export const PROBE_WAIT_MS = 3_600_000

/** Most repeats of a message whose answer cannot be read. The message most likely arrives each time. */
const MOST_UNREADABLE = 2

/** The consequence of a failed call for its row and for other rows. */
export interface Consequence {
  readonly settlement: Settlement
  /** The wait that the platform has named, for this chat or for all chats. */
  readonly wait?: {
    readonly until: Temporal.Instant
    readonly isAlone: boolean
    /** See `Failure`. */
    readonly isGuess?: boolean
    /** The platform has named more than a day. */
    readonly isCut?: boolean
  }
}

/**
 * Returns the consequence of a failure. `startedAt` is when the call began; `random` (0 to 1) spreads the retries of
 * calls that failed together. Pure.
 */
export function afterFailure(
  row: Claimed,
  step: Step,
  failure: Exclude<Failure, { next: 'done' }>,
  startedAt: Temporal.Instant,
  now: Temporal.Instant,
  random: number,
): Consequence {
  const { code: error } = failure
  // A refused call has posted no message, so it does not count as a repeat.
  const { repeated } = released(row)
  switch (failure.next) {
    case 'retry': {
      const { afterMs, alone: isAlone = false, isCut = false, isGuess = false } = failure
      if (afterMs === undefined)
        return { settlement: released(row, later(row, now, random, error)) }
      const waitMs = Math.ceil(Math.min(Math.max(SHORTEST_WAIT_MS, afterMs), LONGEST_WAIT_MS))
      return {
        // The row may be the next probe, so it is due before the end of a long wait.
        settlement: released(row, { nextAt: plus(now, Math.min(waitMs, PROBE_WAIT_MS)), error }),
        wait: { until: plus(now, waitMs), isAlone, isGuess, isCut },
      }
    }
    case 'uncertain': {
      // `decideBeforeSend` decides at the next claim whether the message may be sent again.
      const tried = step.do === 'send' ? { ...row, triedAt: row.triedAt ?? startedAt } : row
      if (failure.isUnreadable && row.repeated >= MOST_UNREADABLE) {
        return { settlement: settled(tried, 'uncertain', { error }) }
      }
      return { settlement: settled(tried, 'pending', later(row, now, random, error)) }
    }
    // A proxy may have refused the token, so the row waits.
    case 'stop':
      return { settlement: released(row, later(row, now, random, error)) }
    case 'moved': {
      // Only the first retry is immediate: two ids may lead to each other.
      const change = row.attempts > 0 ? later(row, now, random, error) : { attempts: 1 }
      return { settlement: released(row, change) }
    }
    case 'gone':
      return { settlement: settled(row, 'gone', { repeated, error: reasonOf(failure) }) }
    case 'message-missing':
      return { settlement: settled(row, 'failed', { error: 'lost' }) }
    case 'rejected':
      return {
        settlement: settled(row, row.triedAt ? 'uncertain' : 'failed', {
          repeated,
          error: failure.reason ?? failure.of,
        }),
      }
  }
}

/** Returns the error that the ledger stores for an unreachable chat: see `texts/reasons.ts`. Pure. */
function reasonOf({ why, right }: Extract<Failure, { next: 'gone' }>): string {
  return right === undefined ? why : `right: ${right}`
}

function later(
  { attempts: before }: Claimed,
  now: Temporal.Instant,
  random: number,
  error: string,
) {
  const attempts = before + 1
  return {
    attempts,
    nextAt: plus(now, backoffMs(attempts, { firstMs: FIRST_MS, longestMs: LONGEST_MS }, random)),
    error,
  }
}

function plus(at: Temporal.Instant, milliseconds: number): Temporal.Instant {
  return at.add({ milliseconds })
}
