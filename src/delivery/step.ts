import type { Failure } from '../poster.ts'
import type { Broadcast } from '../store/broadcast.ts'
import type { Claimed, Settlement } from '../store/deliveries.ts'
import { afterQuiet } from './quiet.ts'

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
  | { readonly do: 'end' }

/** What a step depends on: the newest revision, and in how many parts it comes. */
export interface Content {
  readonly revision: number
  readonly parts: number
  readonly isRetracted: boolean
}

/**
 * What is to be done next for a row, as far as it has come: what has arrived of an older revision is
 * edited; more parts follow, surplus ones are deleted. Pure.
 */
export function nextStep(row: Claimed, { revision, parts, isRetracted }: Content): Step {
  const { messages, part } = row
  // A part of an older revision that may have arrived: sent in that one's name, it is there once.
  if (isOld(row, revision))
    return { do: 'send', part: Math.min(part, parts - 1), as: { revision: row.revision, part } }
  if (isRetracted) {
    const id = messages[part]
    return id === undefined ? { do: 'end' } : { do: 'remove', id }
  }
  if (part < parts) {
    const id = messages[part]
    if (id !== undefined) return { do: 'edit', part, id }
    const [first] = messages
    const isLate = row.revisionSent > 0 && first !== undefined
    return { do: 'send', part, as: { revision, part }, ...(isLate && { replyTo: first }) }
  }
  const surplus = messages[parts]
  return surplus === undefined ? { do: 'end' } : { do: 'remove', id: messages.at(-1) ?? surplus }
}

/** The row once a step is done; `id` is that of what was sent. Pure. */
export function advanced(row: Claimed, step: Step, content: Content, id: string): Claimed {
  const { triedAt: _, ...rest } = row
  const done = { ...rest, attempts: 0, isRepeat: false }
  if (isOld(row, content.revision)) {
    // Whichever of the two it shows: it is edited to what it shall show.
    return { ...done, messages: [...row.messages, id], revision: content.revision, part: 0 }
  }
  switch (step.do) {
    case 'send':
      return { ...done, messages: [...row.messages, id], part: row.part + 1 }
    case 'edit':
      return { ...done, part: row.part + 1 }
    case 'remove':
      return content.isRetracted
        ? { ...done, part: row.part + 1 }
        : { ...done, messages: row.messages.slice(0, -1) }
    case 'end':
      return done
  }
}

function isOld({ triedAt, messages, part, revision }: Claimed, newest: number): boolean {
  return triedAt !== undefined && revision < newest && messages[part] === undefined
}

/** Why a row ends without anything being sent, or when it is to be claimed again; else nothing. Pure. */
export function considered(
  row: Claimed,
  broadcast: Broadcast,
  now: Temporal.Instant,
): Settlement | undefined {
  // What has arrived is put right whatever the chat wants by now.
  if (row.messages.length > 0) return undefined
  const { repeated } = untried(row)
  // What may have arrived is not told as if it had not.
  const ending = row.triedAt ? 'uncertain' : 'skipped'
  const skip = (error: string) => settled(row, ending, { repeated, error })
  if (broadcast.isRetracted) {
    // Where the platform knows it again, it can be found, and deleted.
    const isToBeFound = row.triedAt && !row.isRepeat && row.revision < broadcast.revision
    if (!isToBeFound) return skip('retracted')
  }
  if (!row.isWanted) return skip('unwanted')
  const { expiresAt } = broadcast
  if (expiresAt && Temporal.Instant.compare(expiresAt, now) <= 0) {
    return skip('expired')
  }
  if (!broadcast.repeats && row.isRepeat) return settled(row, 'uncertain', { repeated })
  const at = broadcast.isUrgent ? now : afterQuiet(now, row.zone, row.quiet)
  return Temporal.Instant.compare(at, now) > 0 ? untried(row, { nextAt: at }) : undefined
}

/** Given back without having been tried. Pure. */
export function untried(row: Claimed, change: Partial<Settlement> = {}): Settlement {
  return settled(row, 'pending', { repeated: row.repeated - Number(row.isRepeat), ...change })
}

export function settled(
  row: Claimed,
  state: Settlement['state'],
  change: Partial<Settlement>,
): Settlement {
  const { broadcast, chat, attempts, triedAt, repeated, part, revision, revisionSent } = row
  return {
    ...{ broadcast, chat, state, attempts, repeated, part, revision, revisionSent },
    messages: row.messages,
    ...(triedAt && { triedAt }),
    ...change,
  }
}

/** Calls for one part that may have arrived each time. */
const UNCERTAIN_TRIES = 5

/** First and longest pause before a row is tried again, in milliseconds. */
const FIRST_MS = 1000
const LONGEST_MS = 60_000

/** Something is wrong with our token, or with us: looked at again after this long, in milliseconds. */
const REFUSED_MS = 60_000

/** What a failed call means for its row, and for whoever else is to be sent to. */
export interface Consequence {
  readonly settlement: Settlement
  /** Until when nothing is posted, to this chat alone or to any. */
  readonly hold?: { readonly until: Temporal.Instant; readonly alone: boolean }
}

/**
 * What comes of a failure; `startedAt` is when the call began, `random` from 0 to 1 keeps those who failed
 * together from coming back together. Pure.
 */
export function failed(
  row: Claimed,
  step: Step,
  failure: Failure,
  startedAt: Temporal.Instant,
  now: Temporal.Instant,
  random: number,
): Consequence {
  const { code: error } = failure
  switch (failure.next) {
    case 'retry': {
      const { afterMs, alone = false } = failure
      if (afterMs === undefined) return { settlement: later(row, now, random, error) }
      const until = now.add({ milliseconds: Math.ceil(afterMs) })
      return {
        settlement: settled(row, 'pending', { nextAt: until, error }),
        hold: { until, alone },
      }
    }
    case 'uncertain': {
      const tried = step.do === 'send' ? { ...row, triedAt: row.triedAt ?? startedAt } : row
      if (row.attempts + 1 < UNCERTAIN_TRIES)
        return { settlement: later(tried, now, random, error) }
      return { settlement: settled(tried, step.do === 'send' ? 'uncertain' : 'failed', { error }) }
    }
    case 'stop': {
      const until = now.add({ milliseconds: REFUSED_MS })
      return { settlement: settled(row, 'pending', { error }), hold: { until, alone: false } }
    }
    case 'moved':
      return { settlement: settled(row, 'pending', {}) }
    case 'gone':
      return { settlement: settled(row, 'gone', { error: failure.why }) }
    case 'lost':
      return { settlement: settled(row, 'failed', { error: 'lost' }) }
    case 'rejected':
    case 'done':
      return { settlement: settled(row, row.triedAt ? 'uncertain' : 'failed', { error }) }
  }
}

function later(row: Claimed, now: Temporal.Instant, random: number, error: string): Settlement {
  const attempts = row.attempts + 1
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1))
  const nextAt = now.add({ milliseconds: Math.round((whole / 2) * (1 + random)) })
  return settled({ ...row, attempts }, 'pending', { nextAt, error })
}
