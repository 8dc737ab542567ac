import type { Clock, PlatformTime } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Bot, Term } from '../platform.ts'
import type { KnownRights, Pictures } from '../poster.ts'

/** What every platform with a token is made with. */
export interface PlatformOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  /** Without one it is nobody else's business. */
  readonly term?: Term
  readonly token: string
  /**
   * Platforms, by name, that have accepted their token since the process began; they add themselves. A
   * refusal is believed at once only before that: later it may be a proxy's, and is confirmed.
   */
  readonly proven?: Set<string>
  readonly pictures: Pictures
  /** Compares the own clock with the platform's. */
  readonly time?: PlatformTime
  /** Shared with the poster of the same platform. */
  readonly rights?: KnownRights
  /** Told of each reply in a chat that counts against the same limits as what is posted. */
  readonly onReply?: (address: string) => void
  /** Root of its API; without it the platform's own. */
  readonly apiUrl?: string
  /** Longest wait for an answer of the API, in milliseconds. */
  readonly timeoutMs?: number
  /** Longest wait at the end for what is under way, in milliseconds. */
  readonly drainMs?: number
}

/** What whoever posts by itself is made with: only for a term, since one process may. */
export type PosterOptions = Pick<
  PlatformOptions,
  'token' | 'apiUrl' | 'timeoutMs' | 'pictures' | 'time' | 'rights'
> & {
  readonly term: Term
}

/** What its client is made with. */
export interface ApiOptions extends Pick<PlatformOptions, 'token' | 'apiUrl' | 'term' | 'time'> {
  /** Ends every call that is under way. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Whether an answer counts that comes after the term: what it tells goes into the ledger later. */
  readonly isPosting?: boolean
}
