/** A chat that the bot can post in: a private chat, a group, a topic of a forum, a channel or thread of a server. */
export interface ChatRef {
  /** The platform's name: `telegram`, `discord`, `web`. */
  readonly platform: string
  /** The platform's own id. A topic of a Telegram forum has the ids of its group and of itself: `-1001/77`. */
  readonly address: string
  /** The id of the group or server that the chat is part of; absent if the chat stands alone. */
  readonly within?: string
  readonly kind: ChatKind
}

export type ChatKind = 'private' | 'group' | 'channel'

/** The reason why a chat cannot be reached. */
export type UnreachableReason = 'blocked' | 'removed' | 'deleted' | 'forbidden'

/** Details of a platform's refusal to post in a chat. */
export interface RefusalDetails {
  /**
   * Whether the platform states that the bot was blocked or removed, or that the chat was deleted. Such a chat
   * counts as left. Without this certainty the chat is suspected, and later posts try it again.
   */
  readonly isSure?: boolean | undefined
  /** The missing right, in words: `Send Messages`. */
  readonly right?: string | undefined
  /** The platform's own description, for the log. The store keeps at most 200 characters. */
  readonly said?: string | undefined
}

/** A chat that is suspected or left. */
export interface UnreachableChat extends ChatRef {
  readonly why?: UnreachableReason
  /** Whether the platform was sure, so that the chat counts as left. */
  readonly isLeft?: boolean
}

/** A lease term: the time in which this process alone may act. Of all processes with one token, one holds the lease. */
export interface Term {
  /** Aborts when the term ends. Nothing may be sent after that. */
  readonly signal: AbortSignal
  /**
   * Whether the term still lasts; aborts the signal if not. Check it before every call: a process that was suspended
   * resumes its work before its timers run.
   */
  holds(): boolean
}

/** A lease term with its epoch and the lease's name, which the store checks on each write. */
export interface LeaseTerm extends Term {
  /** Grows by one with each term of the lease. */
  readonly epoch: number
  /** The lease's name. */
  readonly lease: string
}

/**
 * A platform on which the bot answers people: it turns each update into a {@link BotRequest} and sends the
 * {@link Reply}. Unprompted posts leave through a `Poster`. The factories are in `platforms/`.
 */
export interface Platform {
  readonly name: string
  /**
   * Serves until {@link stop}. Retries failures that may pass for as long as they last. Rejects with a
   * {@link PlatformError} if only an operator can fix the cause. Call it once.
   */
  run(): Promise<void>
  /** Resolves when the first waiting updates are answered, or when no answer is to be expected. Never rejects. */
  readonly begun?: Promise<void>
  /** Accepts nothing new, finishes the work in progress, and closes every connection. Idempotent. */
  stop(): Promise<void>
  state(): PlatformState
  /** Publishes the changed menu, on platforms that store one. */
  refresh?(): void
  /** The HTTP route of the platform, such as a webhook or a page. */
  readonly http?: HttpRoute
}

export interface HttpRoute {
  /** A path pattern of hono: `/telegram`, `/*`. */
  readonly path: string
  /** Whether the route serves this machine alone. The server then refuses other hosts on every path. */
  readonly isLocal?: true
  /** Whether `handle` limits the bodies of requests itself. Otherwise the server reads at most 1 MiB. */
  readonly limitsBodies?: true
  handle(request: globalThis.Request): Response | Promise<Response>
}

export const PLATFORM_STATUSES = ['starting', 'standby', 'running', 'trouble', 'stopped'] as const

/**
 * The state of a platform. `running`: people are answered. `standby`: another process answers them. `trouble`: calls
 * fail and are retried.
 */
export interface PlatformState {
  readonly status: (typeof PLATFORM_STATUSES)[number]
  /** The cause, in one sentence for an operator. */
  readonly reason?: string
}

/** A platform cannot start or continue. `message` says what to do, in one sentence for an operator. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
}

/** The store is unavailable: the platform should redeliver the update. */
export class StoreUnavailableError extends Error {}
