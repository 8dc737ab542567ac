import type { Message, PictureType } from './message.ts'
import type { ChatRef, Gone, Refused } from './platform.ts'

/** Why a call failed, sorted by what happens next. `code` is for the log. */
export type Failure = { readonly code: string } & (
  | {
      readonly next: 'retry'
      /** A finite number of at most a day: see `readWait`. */
      readonly afterMs?: number | undefined
      /** The platform has named a wait of more than a day. */
      readonly isCut?: boolean
      /** The wait concerns this chat alone. */
      readonly alone?: boolean
      /** The platform does not say whose wait it is: `alone` holds until a second chat has to wait as well. */
      readonly isGuess?: boolean
    }
  /** It left, and no answer came: it may have been done. `isUnreadable`: one came, which said that it is well. */
  | { readonly next: 'uncertain'; readonly isUnreadable?: boolean }
  /** What was wanted is so already. */
  | { readonly next: 'done' }
  /** The message is not there any more, or cannot be changed any more. */
  | { readonly next: 'message-missing' }
  /** The chat goes on under another id. */
  | { readonly next: 'moved'; readonly to: string }
  /** The chat cannot be reached: for good if the platform `isSure`. */
  | ({
      readonly next: 'gone'
      readonly why: Gone
      /** It concerns a topic of a forum alone. */
      readonly topic?: boolean
    } & Refused)
  /** The same call is refused again, and that says nothing about other calls to the chat. */
  | ({
      readonly next: 'rejected'
      /** `content` is our mistake; an unknown code counts for the place. */
      readonly of: 'content' | 'place'
      /** A picture alone is refused, so its words may be sent. */
      readonly isPicture?: boolean
      /** A key of `texts/reasons.ts`. */
      readonly reason?: Reason
    } & Omit<Refused, 'isSure'>)
  /** The platform refuses us altogether: an operator has to act. `message` says how. */
  | { readonly next: 'stop'; readonly message: string }
)

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

/** Why a message is refused, if the platform says it: a key of `texts/reasons.ts`. */
type Reason =
  /** A thread is archived, and the bot is not allowed to wake it. */
  | 'archived'
  /** The picture cannot be read or is not taken. */
  | 'picture'
  /** The text is too long, or empty. */
  | 'length'
  /** The message has arrived, but cannot be passed on to the channels that follow. */
  | 'unpublished'

/** What a platform takes as one message. */
export type Part = object

/** How a platform is posted to, by whoever decides when: it tries each call once, and waits for nothing. */
export interface Poster {
  readonly platform: string
  readonly limits: Limits
  /** Pure. */
  render(message: Message, style: 'grid' | 'cards'): readonly Part[]
  /** Posts one part; resolves to the id of the message that it became. Never rejects, as all of these. */
  send(to: ChatRef, part: Part, options: SendOptions): Promise<Outcome<string>>
  /** Resolves to the id of a new message that says it in place of the old one, which cannot be changed. */
  edit(to: ChatRef, id: string, part: Part): Promise<Outcome<string | undefined>>
  /** `lost` where it can no longer be deleted. */
  remove(to: ChatRef, id: string): Promise<Outcome<unknown>>
  /** Passes a message on to those who follow the channel; done where it is no such channel. */
  publish?(to: ChatRef, id: string): Promise<Outcome<unknown>>
  /**
   * Asks cheaply whether the bot may post there. The value is true if it may, and false if only a post can
   * show it.
   */
  probe?(to: ChatRef): Promise<Outcome<unknown>>
  /** Ends what is under way. */
  close(): void
}

/** The rights of the bot as far as the platform's connection knows them, shared with the poster. */
export interface KnownRights {
  /** The right that the bot lacks in a place, in words; undefined if none is known to be missing. */
  lacking(address: string): string | undefined
}

interface SendOptions {
  /** At most 25 characters. Sent again with the same key within `limits.knownMs`, it is there once. */
  readonly key: string
  /** The message that it follows. */
  readonly replyTo?: string
}

/** What is kept of pictures, as far as posters need it. Each rejects where it cannot be reached. */
export interface Pictures {
  /** Nothing where it is not kept any more. */
  read(id: number): Promise<{ bytes: Uint8Array; type: PictureType } | undefined>
  /** By which Telegram knows it, once it has it. */
  telegramFile(id: number): Promise<string | undefined>
  keepTelegramFile(id: number, file: string): Promise<void>
}

/** What a platform lets us do. */
export interface Limits {
  /** Most messages a second, posts and replies together. */
  readonly ceiling: number
  /** Most messages in one chat. */
  chat(address: string): readonly Allowance[]
  /** How long the same post is recognised when it is sent again, in milliseconds. */
  readonly knownMs: number
}

interface Allowance {
  readonly most: number
  readonly withinMs: number
}
