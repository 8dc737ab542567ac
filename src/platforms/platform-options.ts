import type { Bot } from '../bot.ts'
import type { Clock, PlatformTime } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import type { KnownRights, Pictures } from '../poster.ts'
import type { CommandIds } from '../render/command-mentions.ts'

/** Options of every platform that has a token. */
export interface PlatformOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  /** The lease term; absent if no lease is needed (tests). */
  readonly term?: Term
  readonly token: string
  /**
   * Names of the platforms that have accepted their token since the process began; each platform adds its own. Before
   * that, a refused token ends the platform at once. After that, the refusal may be a proxy's and is confirmed first.
   */
  readonly proven?: Set<string>
  readonly pictures: Pictures
  /** Receives the `Date` of each response, to compare this machine's clock with the platform's. */
  readonly time?: PlatformTime
  /** The rights that the connection knows, for the poster of the same platform. */
  readonly rights?: KnownRights
  /** The ids of the commands, as far as the platform has told them, for the poster of the same platform. */
  readonly commandIds?: CommandIds
  /** Called for each reply in a chat, because replies count against the same rate limits as posts. */
  readonly onReply?: (address: string) => void
  /** Called for each response with the status 429, to replies, posts and all other calls. */
  readonly onRateLimited?: () => void
  /** Called for each answer, with the time from the request until the answer could be sent, in milliseconds. */
  readonly onAnswered?: (ms: number) => void
  /** Root of the API; absent for the platform's own server. */
  readonly apiUrl?: string
  /** Longest wait for a response of the API, in milliseconds. */
  readonly timeoutMs?: number
  /** Longest wait of `stop` for work in progress, in milliseconds. */
  readonly drainMs?: number
}

/** Options of every poster. `term` is required, because only one process may post. */
export type PosterOptions = Pick<
  PlatformOptions,
  'token' | 'apiUrl' | 'timeoutMs' | 'pictures' | 'time' | 'rights' | 'commandIds' | 'onRateLimited'
> & {
  readonly term: Term
}

/** The part of a response that tells which program has answered. */
export interface ResponseHead {
  readonly status: number
  /** The `Content-Type`. */
  readonly type: string | undefined
}

/** Options of the client of a platform's API. */
export interface ApiOptions
  extends Pick<PlatformOptions, 'token' | 'apiUrl' | 'term' | 'time' | 'onRateLimited'> {
  /** Aborts every call in progress. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Called for each response. */
  readonly onResponse?: (head: ResponseHead) => void
  /** Whether a response counts that arrives after the term: the ledger records it later. */
  readonly isPosting?: boolean
}
