import type { Message } from './message.ts'

/** What a platform asks of the bot. Every platform is made with one. */
export interface Bot {
  /** Answers a typed line, or a pressed button's, from the content of this moment. */
  answer(line: string): Reply
  /** What can be typed, for menus and suggestions. */
  suggestions(): readonly Suggestion[]
}

export interface Reply {
  readonly message: Message
  /** False where the line could not be taken for anything: the message says what to type. */
  readonly understood: boolean
}

export interface Suggestion {
  /** A whole line: `/threats details`. */
  readonly line: string
  readonly title: string
}

/** Somewhere people talk to the bot. A plain object out of a factory; see platforms/. */
export interface Platform {
  readonly name: string
  /** Resolves when people can type; rejects with a {@link PlatformError}. Only once. */
  start(): Promise<void>
  /** Ends every connection. May be called at any time, and again. */
  stop(): Promise<void>
}

/** A platform cannot start or go on: `message` says what to do, in one sentence for an operator. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
}
