import type { Message, TableStyle } from './message.ts'
import type { Picture, PictureFile } from './picture.ts'
import type { ChatRef, RefusalDetails, UnreachableReason } from './platform.ts'

/** A failed call, sorted by what happens next. `code` is for the log. */
export type Failure = {
  readonly code: string
} & (
  | {
      /** Nothing was done: the same call may succeed later. */
      readonly next: 'retry'
      /** The wait that the platform names, in milliseconds: finite and at most a day, see `readWait`. */
      readonly afterMs?: number | undefined
      /** Whether the platform named a wait of more than a day. */
      readonly isCut?: boolean
      /** Whether the wait concerns this chat alone. */
      readonly alone?: boolean
      /** The platform does not say what the wait concerns. `alone` holds until a second chat has to wait too. */
      readonly isGuess?: boolean
    }
  /**
   * The request left, and no usable answer came, so the call may have been done. `isUnreadable`: the answer reported
   * success, but its body could not be read.
   */
  | { readonly next: 'uncertain'; readonly isUnreadable?: boolean }
  /** The requested state exists already. */
  | { readonly next: 'done' }
  /** The message no longer exists, or can no longer be changed. */
  | { readonly next: 'message-missing' }
  /** The chat continues under another id. */
  | { readonly next: 'moved'; readonly to: string }
  /** The chat cannot be reached: permanently if the platform `isSure`. */
  | ({
      readonly next: 'gone'
      readonly why: UnreachableReason
      /** Whether the refusal concerns one topic of a forum alone. */
      readonly topic?: boolean
    } & RefusalDetails)
  /** The same call would be refused again, which says nothing about other calls to the chat. */
  | ({
      readonly next: 'rejected'
      /** `content`: the message itself is at fault. `place`: the chat refuses it, or the code is unknown. */
      readonly of: 'content' | 'place'
      /** Whether only the picture is refused, so that the text can be sent without it. */
      readonly isPicture?: boolean
      /** A key of `texts/reasons.ts`. */
      readonly reason?: Reason
    } & Omit<RefusalDetails, 'isSure'>)
  /** The platform refuses every call of the bot: an operator has to act. `message` says how. */
  | { readonly next: 'stop'; readonly message: string }
)

/** The result of a call that never rejects. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

/** The reason of a refusal, if the platform names it: a key of `texts/reasons.ts`. */
type Reason =
  /** The thread is archived, and the bot lacks the right to unarchive it. */
  | 'archived'
  /** The platform cannot read the picture, or does not accept it. */
  | 'picture'
  /** The text is too long, or empty. */
  | 'length'
  /** The message was posted, but cannot be published to the channels that follow. */
  | 'unpublished'

/** One message in the platform's own format. Opaque to callers: `render` makes it, `send` and `edit` take it. */
export type Part = object

/**
 * A platform's client for posting unprompted. The caller decides when to post, waits and retries: each method makes
 * its call once, never waits for a rate limit and never rejects.
 */
export interface Poster {
  readonly platform: string
  readonly limits: Limits
  /** Splits a message into the parts to send, in order. Pure. */
  render(message: Message, style: TableStyle): readonly Part[]
  /** Posts one part. Resolves to the id of the new message. */
  send(to: ChatRef, part: Part, options: SendOptions): Promise<Outcome<string>>
  /** Edits a message. Resolves to undefined, or to the id of a new message if the old one had to be replaced. */
  edit(to: ChatRef, id: string, part: Part): Promise<Outcome<string | undefined>>
  /** Deletes a message. Fails with `message-missing` if it can no longer be deleted. */
  remove(to: ChatRef, id: string): Promise<Outcome<unknown>>
  /** Publishes a message to the channels that follow this one. Fails with `done` if the chat is no such channel. */
  publish?(to: ChatRef, id: string): Promise<Outcome<unknown>>
  /** Checks, without posting, whether the bot may post in a chat. The value is false if only a post can show it. */
  probe?(to: ChatRef): Promise<Outcome<unknown>>
  /** The lists of events that servers of the platform have; absent if they have none. */
  readonly serverEvents?: ServerEvents
  /** Aborts the calls in progress. */
  close(): void
}

/**
 * The lists of events that servers keep themselves, as far as the bot may change them. As with posts, each method makes
 * its call once, never waits for a rate limit and never rejects.
 */
export interface ServerEvents {
  /** Lists the coming events of a server that have a marker. */
  list(server: string): Promise<Outcome<readonly ListedEvent[]>>
  /** Resolves to the id of the new event. The platform has no idempotency keys here: look for the marker first. */
  create(server: string, event: ServerEvent): Promise<Outcome<string>>
  /** Fails with `message-missing` if a person deleted the event. */
  change(server: string, id: string, event: ServerEvent): Promise<Outcome<unknown>>
  /** Fails with `message-missing` if a person deleted the event, and with `done` if it is over or cancelled. */
  cancel(server: string, id: string): Promise<Outcome<unknown>>
}

/** An event for the list of a server. The platform leaves out lines of the description that do not fit, the last first. */
export interface ServerEvent {
  readonly name: string
  readonly place: string
  /** Plain text, the most important line first. */
  readonly description: readonly string[]
  /** The last line of the description, by which the bot finds the event. */
  readonly marker: string
  readonly start: Temporal.Instant
  /** After `start`. */
  readonly end: Temporal.Instant
}

/** An event in the list of a server. */
export interface ListedEvent {
  readonly id: string
  /** The last line of its description. */
  readonly marker: string
  readonly start: Temporal.Instant
}

/** The bot's rights as far as the platform's connection knows them. Shared with the poster of that platform. */
export interface KnownRights {
  /** Returns the right that the bot lacks in a chat, in words; undefined if no right is known to be missing. */
  lacking(address: string): string | undefined
}

interface SendOptions {
  /** Idempotency key, at most 25 characters (Discord, nonce). Sent again within `limits.knownMs`, it posts once. */
  readonly key: string
  /** The id of the message that the new one replies to. */
  readonly replyTo?: string
  /** Whether the message arrives without a sound. */
  readonly isSilent?: boolean
}

/** The pictures of all sources, as platforms need them. Each method rejects if the store fails. */
export interface Pictures {
  /** Resolves to undefined if the picture no longer exists, or if it cannot be drawn. */
  read(picture: Picture): Promise<PictureFile | undefined>
  /** Resolves to Telegram's `file_id` of a picture by its `pictureName`; undefined before the first upload. */
  telegramFile(name: string): Promise<string | undefined>
  keepTelegramFile(name: string, file: string): Promise<void>
}

/** A platform's rate limits. */
export interface Limits {
  /** Most messages a second in all chats, posts and replies together. */
  readonly ceiling: number
  /** Returns the limits of one chat, all of which apply. */
  chat(address: string): readonly Allowance[]
  /** How long the platform recognises a repeated key, in milliseconds; 0 if it has no idempotency keys. */
  readonly knownMs: number
}

/** At most `most` messages in any `withinMs` milliseconds. */
interface Allowance {
  readonly most: number
  readonly withinMs: number
}
