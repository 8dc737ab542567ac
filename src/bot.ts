import type { Root } from 'mdast'
import type { Message, TableStyle } from './message.ts'
import type { ChatRef, RefusalDetails, UnreachableChat, UnreachableReason } from './platform.ts'

/**
 * The bot as platforms see it: it answers lines, and records which chats can be reached. If the store fails,
 * `Line.answer` resolves to an apology; the asynchronous methods reject with {@link StoreUnavailableError}.
 */
export interface Bot {
  /** Parses a line that a user typed, or that a pressed button or a submitted form typed for the user. */
  parse(text: string): Line
  /** Lists every command, in the order of menus. */
  menu(): readonly MenuEntry[]
  /** Returns the texts that a platform shows about the bot before the first message. */
  profile(): Profile
  /** Returns the platform's own ids of the moderators, without those that a role makes moderators. */
  moderators(platform: string): readonly string[]
  /** Finds at most `limit` sections and tables. Without words it lists the sections in their own order. */
  find(words: string, limit: number): readonly SearchHit[]
  /**
   * Records that the bot was added to a chat, for the first time or again. Resolves to the welcome message;
   * undefined if there is nothing to say.
   */
  joined(place: ChatRef): Promise<Message | undefined>
  /** Records that a chat refuses the bot. The refusal covers all parts of the chat, unless `alone`. */
  left(
    place: Pick<ChatRef, 'platform' | 'address'>,
    why: UnreachableReason,
    alone?: boolean,
    more?: RefusalDetails,
  ): Promise<void>
  /**
   * Records a sign of life of these chats and their parts: they become reachable again, without the posts that they
   * missed. Queries the store only if a chat is known to be unreachable. A caller may ignore a rejection, since the
   * next sign of life has the same effect.
   */
  seen(platform: string, addresses: readonly string[]): Promise<void>
  /** Resolves to the suspected and left chats of a platform. */
  unreachable(platform: string): Promise<readonly UnreachableChat[]>
  /** Resolves to the ids of the groups and servers that have a reachable chat. */
  groups(platform: string): Promise<readonly string[]>
  /** Records that a group continues under another id. */
  moved(platform: string, from: string, to: string): Promise<void>
}

/** The texts about the bot in a platform's profile of it. */
interface Profile {
  readonly description: string
  /** The description in one sentence. */
  readonly short: string
}

/** A parsed line, with the facts that a platform needs before it asks for the answer. */
export interface Line {
  readonly text: string
  /** Whether it calls one of the bot's own commands. In a group, other commands may be meant for other bots. */
  readonly isKnown: boolean
  /** Whether it asks for a change that is stored. Such a request is answered even if it is old. */
  readonly isChange: boolean
  /** The contents of the answer: parts of the `briefing` alone, `stored` data, or an `echo` of words of the line. */
  readonly content: 'briefing' | 'stored' | 'echo'
  /** Whether the answer is for the user alone, on platforms that can do that. */
  readonly isPrivate: boolean
  /** Whether the answer may be a form. */
  readonly asksForm: boolean
  /** Answers the line. Resolves to undefined if the request is too old to be answered. */
  answer(request: BotRequest): Promise<Reply | undefined>
}

/** Everything that a platform knows of a line beside its words. */
export interface BotRequest {
  readonly actor: Actor
  /** The chat of the request. Without it no setting can be read or changed. */
  readonly chat?: RequestChat | undefined
  readonly origin: Origin
  /** Absent if no text can come with the line, as with a pressed button. */
  readonly text?: RequestText | undefined
  /** The time of the answer in a preview, which changes nothing; absent for the current time. */
  readonly now?: Temporal.Instant | undefined
}

/** The user of a request. */
export interface Actor {
  /** The user, with the platform's name: `telegram:42`. Without it no rate limit applies. */
  readonly user?: string
  /**
   * The name of the operator in the audit log, as `web:local`. Set by a chat that only the operator's own machine
   * serves. The operator may do everything that a moderator may.
   */
  readonly operator?: string
  /** The user's roles, `SERVER/ROLE`, on platforms that have roles. */
  readonly roles?: readonly string[]
}

/** The chat of a request, with the rights of the bot and of the user there. */
export interface RequestChat {
  readonly ref: ChatRef
  /**
   * Why the bot can reply here but not post unprompted: a user-installed app is no `member` of the server, a message
   * is `direct`, or `rights` are missing.
   */
  readonly barred?: 'member' | 'direct' | 'rights' | undefined
  /** The rights that the bot lacks to post, by the platform's names; absent if the platform does not tell. */
  readonly lacking?: readonly string[]
  /**
   * Checks whether the user may change the chat's settings; called just before a change. Absent if the chat is the
   * user's own. Resolves to `unknown` if the platform does not tell. Rejects with {@link UncheckedError}.
   */
  readonly mayManage?: (() => Promise<boolean | 'unknown'>) | undefined
  /**
   * Whether the bot may add events to the server's own list; absent if the chat is part of no server with such a list.
   */
  readonly mayCreateEvents?: boolean
  /** Looks up another chat to manage from this one, by its name or id. Rejects with {@link UncheckedError}. */
  readonly reach?: (name: string) => Promise<Reached>
}

/** The way in which a line came to the bot. */
export interface Origin {
  /**
   * `suggested`: another person chose the words, because a link brought the line or the user forwarded it. Such a line
   * may show the briefing and ask questions. It changes nothing before the user presses a button under the question.
   * `button`: Telegram then reports an anonymous administrator as a user without rights.
   * `post-button`: the button is under a post. The post stays as it is, and the answer appears elsewhere.
   * `form`: the form has closed, so a refusal repeats the text for the user.
   */
  readonly by: 'typed' | 'suggested' | 'button' | 'post-button' | 'form'
  /** How the user can enter a text: in a {@link Form}, by a `reply` to the bot's question, or by another `line`. */
  readonly textEntry: 'form' | 'reply' | 'line'
  /** The idempotency key of the request: a redelivery has the same one. */
  readonly id?: string
  /** When the user sent the request, by this machine's clock; absent if it is from just now. */
  readonly asked?: Temporal.Instant | undefined
  /** Telegram no longer names the chat of this old message, so commands about the chat ask the user to retype. */
  readonly isMisplaced?: boolean
}

/** The request of a line that no known user sent from a known chat. */
export const ANONYMOUS: BotRequest = { actor: {}, origin: { by: 'typed', textEntry: 'line' } }

/** The text that came with a line: behind its command, in a form, or in a quoted message. */
export interface RequestText {
  /** The words that the user typed, which begin with the command; empty if the text is that of a form or a quote. */
  readonly typed: string
  /**
   * Reads `typed` from an offset in UTF-16 units, or the text of the form or the quoted message. Returns undefined if
   * there is none.
   */
  read(offset: number): UserText | undefined
  /** Set if the user replies to a message of the bot. */
  readonly answers?: {
    /** The lines that the buttons of that message type. */
    readonly lines: readonly string[]
    /** The offset at which the reply begins, behind the name of the bot. */
    readonly offset: number
    /** Whether the reply is a picture without words, which may not be meant for the bot. */
    readonly isWordless: boolean
  }
}

/** A text that a user wrote, with its formatting. */
export interface UserText {
  readonly body: Root
  /** Kinds of formatting and content that readers on other platforms will not see, each once. */
  readonly lost: readonly Loss[]
  /** The text as the user typed it; absent if typing it again would not give the same formatting. */
  readonly source?: string
  /** Downloads the picture that came with the text. Resolves to the reason if that fails; never rejects. */
  readonly picture?: () => Promise<Uint8Array | 'large' | 'unreachable'>
}

/** Content dropped from a user's text. `emoji`: a platform's own. `attachment`: anything beside the one picture. */
export type Loss = 'spoiler' | 'underline' | 'mention' | 'emoji' | 'formatting' | 'attachment'

/** A chat that a user manages from another one. `unknown`: not found. `forbidden`: the user does not administer it. */
export type Reached =
  | (ChatRef & {
      readonly title: string
      /** Whether the bot lacks the right to post there. */
      readonly isBarred?: boolean
    })
  | 'unknown'
  | 'forbidden'

/** How a message changes by itself. Platforms edit it in place, unless it is replaced by another answer before. */
export interface Live {
  /** The times of the changes, in order, at least three seconds apart: a group on Telegram allows 20 edits a minute. */
  readonly at: readonly Temporal.Instant[]
  /** Resolves to the message as it is `now`. Rejects with {@link StoreError}. */
  message(now: Temporal.Instant): Promise<Message>
  /** Calls `listener` if the message may change before the next of these times. Returns a function that ends this. */
  onChange?(listener: () => void): () => void
}

/** The answer to a {@link BotRequest}. */
export interface Reply {
  readonly message: Message
  /** Later versions of the message, on platforms that edit their answers. */
  readonly live?: Live
  /** Whether the message stands below the one whose button was pressed, instead of in its place. */
  readonly isBelow?: true
  /** False if the line was not understood; the message then says what to type. */
  readonly understood: boolean
  /** Whether the bot could not answer now: the same request may succeed later. */
  readonly hasFailed?: true
  /** Whether the request was refused. Platforms show a refusal to the user alone if they can. */
  readonly refused?: boolean
  /** Whether the message is a short note for the user who pressed. Platforms show it in passing if they can. */
  readonly isNote?: boolean
  /** A form for the user to fill in, on platforms that have forms. On others the message says what to type. */
  readonly form?: Form
  /** The chat's setting for tables; `grid` if absent. */
  readonly tableStyle?: TableStyle
  /**
   * Set if the user exceeded the rate limit: `told` for the first refusal, `again` for the next ones, which platforms
   * show only if silence would look like a fault.
   */
  readonly rush?: 'told' | 'again'
}

/** Longest text in a form, in UTF-16 units (Discord, text input). */
export const FORM_LENGTH = 4000

/** A form with one text field and an optional picture. The submitted values arrive as the text of its line. */
export interface Form {
  /** The line that submitting the form types: ids and values alone, at most 64 bytes. */
  readonly line: string
  /** At most 45 characters, as for every label of a form (Discord). */
  readonly title: string
  readonly label: string
  /** The initial text of the field. */
  readonly text?: string
  /** The label of the picture field; absent if the form takes no picture. */
  readonly picture?: string
}

/** A command as the menus of platforms show it. */
export interface MenuEntry {
  /** `[a-z0-9_]{1,32}`. */
  readonly name: string
  readonly title: string
  /** At most 100 characters (Discord). */
  readonly description: string
  /** Whether the command is for moderators, so that public menus may leave it out. */
  readonly forModerators?: boolean
  /** The label in the menu of a message, which the command then quotes: at most 32 characters (Discord). */
  readonly quotes?: string
  /**
   * Another label in the menu of a message. It types the command with `message` and the id of a message of the bot, so
   * that the command finds the post that the message is part of.
   */
  readonly picks?: string
  readonly parameters: readonly MenuParameter[]
}

export interface MenuParameter {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** The values that the parameter takes. If there are none, it takes the rest of the line. */
  readonly choices: readonly { readonly value: string; readonly title: string }[]
  /** Longest value of a parameter without choices, in UTF-16 units. */
  readonly limit?: number | undefined
  /** Whether the value names a section or table, so that platforms can offer those of `Bot.find`. */
  readonly finds?: boolean | undefined
}

/** A section or table that a search found. */
interface SearchHit {
  /** The line that shows it: `/threats`, `/tables threats`. */
  readonly line: string
  readonly title: string
  /** One sentence about the content. */
  readonly summary: string
}

/** The platform did not say in time what a user may do, so nothing was changed. */
export class UncheckedError extends Error {}
