/** The causes for which a calendar cannot be read. The database stores them, and `texts.feeds.causes` words them. */
export type FeedFailure =
  | 'timeout'
  | 'too-large'
  | 'private'
  | 'redirect'
  | 'no-calendar'
  | 'encoding'
  | 'unreachable'
  | 'missing'
  | 'unreadable'
  | 'too-complex'
  | 'emptied'
  | `status ${number}`

/** A calendar cannot be read. The message has no address. */
export class FeedError extends Error {
  readonly failure: FeedFailure
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(failure: FeedFailure, { cause, retryAfterMs }: FeedErrorOptions = {}) {
    super(`The calendar cannot be read (${failure}).`, { cause })
    this.name = 'FeedError'
    this.failure = failure
    this.retryAfterMs = retryAfterMs
  }
}

interface FeedErrorOptions {
  readonly cause?: unknown
  readonly retryAfterMs?: number | undefined
}
