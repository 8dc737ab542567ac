import type { UnreachableReason } from '../../platform.ts'
import { instantOf, instantOrEpoch } from '../instant.ts'
import { objectOf } from '../json.ts'
import type { ChatRow } from '../sql/schema.ts'

/** The state of an unreachable chat: since when, and when it is tried again. */
export interface UnreachableState {
  readonly since: Temporal.Instant
  /** The number of refused tries since then. */
  readonly tries: number
  /**
   * When a post or a check tries the chat again; the epoch (1970) if only a post can be the try. Absent if the chat
   * counts as left.
   */
  readonly retryAt?: Temporal.Instant
  /** The missing right, in words. */
  readonly right?: string
  /** The platform's description of the refusal. */
  readonly said?: string
}

/** A past period in which a chat was unreachable. */
export interface Missed {
  readonly why: UnreachableReason
  readonly right?: string
  readonly since: Temporal.Instant
  readonly until: Temporal.Instant
}

/** The JSON of the column `reach`; instants are milliseconds since the epoch. */
interface ReachJson {
  readonly since?: number
  readonly tries?: number
  readonly right?: string
  readonly said?: string
  readonly missed?: { why: UnreachableReason; right?: string; since: number; until: number }
}

/** Reads the reachability of a chat from its columns. A damaged part is absent. Pure. */
export function readReach({
  gone,
  retry_at,
  reach,
}: Pick<ChatRow, 'gone' | 'retry_at' | 'reach'>): {
  unreached?: UnreachableState
  missed?: Missed
} {
  const { since, tries, right, said, missed } = parseReach(reach)
  const retryAt = retry_at === null ? undefined : instantOrEpoch(retry_at)
  const unreached = {
    since: instantOrEpoch(since ?? 0),
    tries: Number.isSafeInteger(tries) ? Number(tries) : 0,
    ...(retryAt && { retryAt }),
    ...(right !== undefined && { right }),
    ...(said !== undefined && { said }),
  }
  const [from, until] = [missed?.since, missed?.until].map(ms => instantOf(ms ?? Number.NaN))
  return {
    ...(gone !== null && (since !== undefined || retryAt) && { unreached }),
    ...(missed && from && until && { missed: { ...missed, since: from, until } }),
  }
}

const GONE: readonly UnreachableReason[] = ['blocked', 'removed', 'deleted', 'forbidden']

/** Reads why a chat is unreachable; `forbidden` if the column is damaged. Pure. */
export function readGone(gone: string): UnreachableReason {
  return GONE.find(each => each === gone) ?? 'forbidden'
}

/** Converts the reachability of a chat to its columns. Pure. */
export function writeReach({
  gone,
  unreached,
  missed,
}: {
  readonly gone?: UnreachableReason
  readonly unreached?: UnreachableState
  readonly missed?: Missed
}) {
  const { since, retryAt, ...more } = (gone && unreached) || {}
  const json: ReachJson = {
    ...(since && { since: since.epochMilliseconds }),
    ...more,
    ...(missed && {
      missed: {
        ...missed,
        since: missed.since.epochMilliseconds,
        until: missed.until.epochMilliseconds,
      },
    }),
  }
  return {
    retry_at: retryAt?.epochMilliseconds ?? null,
    reach: Object.keys(json).length > 0 ? JSON.stringify(json) : null,
  }
}

function parseReach(text: string | null): ReachJson {
  const { since, tries, right, said, missed } = objectOf(text ?? '{}') ?? {}
  const { why, ...more } = Object(missed) as Record<string, unknown>
  return {
    ...(typeof since === 'number' && { since }),
    ...(typeof tries === 'number' && { tries }),
    ...(typeof right === 'string' && { right }),
    ...(typeof said === 'string' && { said }),
    ...(typeof why === 'string' && {
      missed: {
        why: readGone(why),
        ...(typeof more.right === 'string' && { right: more.right }),
        since: Number(more.since),
        until: Number(more.until),
      },
    }),
  }
}
