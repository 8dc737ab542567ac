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
      /** In the name of which revision's part it is sent: by that the platform knows it again. */
      readonly as: { readonly revision: number; readonly part: number }
      readonly replyTo?: string
    }
  | { readonly do: 'edit'; readonly part: number; readonly id: string }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'publish'; readonly id: string }
  | { readonly do: 'end' }

/** What a step depends on: the newest revision, and in how many parts it comes; taken back, in none. */
export interface RevisionShape {
  readonly revision: number
  readonly parts: number
  /** Whether its messages are passed on once they have arrived. */
  readonly isPublished: boolean
}

/**
 * What is to be done next for a row, as far as it has come: what has arrived of an older revision is
 * edited; more parts follow, surplus ones are deleted. Pure.
 */
export function nextStep(row: Claimed, { revision, parts, isPublished }: RevisionShape): Step {
  const { messages, part } = row
  // A part of an older revision that may have arrived: sent in that one's name, it is there once.
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

/** The row once a step is done; `id` is that of what was sent, or stands in place of what was edited. Pure. */
export function afterStep(
  row: Claimed,
  step: Step,
  { revision, parts }: RevisionShape,
  id: string,
): Claimed {
  const done = { ...row, attempts: 0, isRepeat: false }
  const { triedAt: _, ...sent } = done
  // Whichever of the two it shows: it is edited to what it shall show.
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

/** Once every part is there, the revision has arrived, whatever is still done with it. */
function withSent(row: Claimed, parts: number): Claimed {
  return row.part >= parts ? { ...row, revisionSent: row.revision } : row
}

function isOld({ triedAt, messages, part, revision }: Claimed, newest: number): boolean {
  return triedAt !== undefined && revision < newest && messages[part] === undefined
}

/** Whether a row in hand is still to be sent as it was claimed. Pure. */
export function isStill(row: Claimed, claimed: Broadcast, now: Broadcast | undefined): boolean {
  if (now?.revision !== claimed.revision) return false
  // Who has got a part of what was stopped gets the rest, or its correction.
  return now.state === 'active' || (now.state === 'cancelled' && row.messages.length > 0)
}

/** Why a row ends without anything being sent, or when it is to be claimed again; else nothing. Pure. */
export function decideBeforeSend(
  row: Claimed,
  broadcast: Broadcast,
  content: RevisionShape,
  now: Temporal.Instant,
): Settlement | undefined {
  const { repeated } = released(row)
  // What may have arrived is not told as if it had not.
  const ending = row.triedAt ? 'uncertain' : 'skipped'
  const skip = (error: string) => settled(row, ending, { repeated, error })
  const step = nextStep(row, content)
  const isEmpty = row.messages.length === 0
  // Where the platform knows it again, what may have arrived can be found, and deleted.
  const isToBeFound = step.do === 'send' && !row.isRepeat
  if (broadcast.isRetracted && isEmpty && !isToBeFound) return skip('retracted')
  if (isEmpty && content.parts === 0 && !broadcast.isRetracted) return skip('empty')
  // What has arrived is put right whatever the chat wants by now.
  if (step.do !== 'send') return undefined
  if (!row.isWanted) return skip('unwanted')
  // A try of its own brings it back later; what it misses until then is not sent again.
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

/** The broadcast without its end: a wrong clock would end it in time. Pure. */
export function retryForever({ expiresAt: _, ...broadcast }: Broadcast): Broadcast {
  return broadcast
}

/** Given back without having been tried. Pure. */
export function released(row: Claimed, change: Partial<Settlement> = {}): Settlement {
  return settled(row, 'pending', { repeated: row.repeated - Number(row.isRepeat), ...change })
}

export function settled(
  row: Claimed,
  state: Settlement['state'],
  change: Partial<Settlement> = {},
): Settlement {
  const { broadcast, chat, attempts, triedAt, repeated, part, revision, revisionSent } = row
  return {
    ...{ broadcast, chat, state, attempts, repeated, part, revision, revisionSent },
    ...{ messages: row.messages, basis: row.basis },
    ...(triedAt && { triedAt }),
    ...change,
  }
}

/** Ends a row whose handling threw; it may have arrived if its call has left. Pure. */
export function faulty(row: Claimed, hasLeft: boolean): Settlement {
  const { repeated } = hasLeft ? row : released(row)
  return settled(row, hasLeft || row.triedAt ? 'uncertain' : 'failed', { repeated, error: 'fault' })
}

/** First and longest pause before a row is tried again, in milliseconds. */
const FIRST_MS = 1000
const LONGEST_MS = 300_000

/** Shortest wait that is taken from a platform, in milliseconds: less would be hammering. */
const NAMED_MS = 500

/** Longest wait that is taken from a platform, and pause between its probes, in milliseconds. */
export const LONGEST_WAIT_MS = 86_400_000
export const PROBE_WAIT_MS = 3_600_000

/** Most repeats of a message whose answer cannot be read: it most likely arrives each time. */
const UNREADABLE = 2

/** What a failed call means for its row, and for whoever else is to be sent to. */
export interface Consequence {
  readonly settlement: Settlement
  /** Until when the platform lets nothing be posted, to this chat alone or to any. */
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
 * What comes of a failure; `startedAt` is when the call began, `random` from 0 to 1 keeps those who failed
 * together from coming back together. Pure.
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
  // A platform that refuses has let nothing arrive this time.
  const { repeated } = released(row)
  switch (failure.next) {
    case 'retry': {
      const { afterMs, alone: isAlone = false, isCut = false, isGuess = false } = failure
      if (afterMs === undefined)
        return { settlement: released(row, later(row, now, random, error)) }
      const waitMs = Math.ceil(Math.min(Math.max(NAMED_MS, afterMs), LONGEST_WAIT_MS))
      return {
        // It may be the probe.
        settlement: released(row, { nextAt: plus(now, Math.min(waitMs, PROBE_WAIT_MS)), error }),
        wait: { until: plus(now, waitMs), isAlone, isGuess, isCut },
      }
    }
    case 'uncertain': {
      // Whether it may be sent again is decided when it is claimed again.
      const tried = step.do === 'send' ? { ...row, triedAt: row.triedAt ?? startedAt } : row
      if (failure.isUnreadable && row.repeated >= UNREADABLE) {
        return { settlement: settled(tried, 'uncertain', { error }) }
      }
      return { settlement: settled(tried, 'pending', later(row, now, random, error)) }
    }
    // A proxy may have refused the token, so the row waits.
    case 'stop':
      return { settlement: released(row, later(row, now, random, error)) }
    case 'moved': {
      // At once the first time only: two ids may lead to each other.
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
          ...{ repeated, error: failure.reason ?? failure.of },
        }),
      }
  }
}

/** Why a chat cannot be reached, as it is kept: see `texts/reasons.ts`. Pure. */
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
