import type { Root } from 'mdast'
import type { Message } from './message.ts'
import type { ChatRef, Gone, Refused, UnreachableChat } from './platform.ts'

/**
 * The bot as platforms see it: it answers lines, and records which chats can be reached. If the store fails,
 * `answer` resolves to an apology; the other asynchronous methods reject with {@link StoreUnavailableError}.
 */
export interface Bot {
  /** Answers a typed line or a pressed button. Resolves to undefined if the request is too old to be answered. */
  answer(request: BotRequest): Promise<Reply | undefined>
  /** Whether a line calls one of the bot's own commands. In a group, other commands may be meant for other bots. */
  knows(line: string): boolean
  /** Classifies the answer to a line. */
  nature(line: string): Nature
  /** Whether a line asks for a change that is stored. Such a request is answered even if it is old. */
  isWish(line: string): boolean
  /** Lists every command, in the order of menus. */
  menu(): readonly MenuEntry[]
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
    why: Gone,
    alone?: boolean,
    more?: Refused,
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

/** The answer to a line `shows` parts of the briefing alone, `keeps` a change, or `says` words of the line back. */
export type Nature = 'shows' | 'keeps' | 'says'

/** A line that a user typed, or that a pressed button or submitted form typed for the user. */
export interface BotRequest {
  readonly line: string
  /**
   * Whether another person chose the words: a link brought the line, or the user forwarded it. Such a line may show
   * the briefing and ask questions. A change needs a press under the bot's own question.
   */
  readonly isSuggested?: boolean
  /** The user, with the platform's name: `telegram:42`. Without it no rate limit applies. */
  readonly user?: string
  /**
   * The name of the operator in the audit log, as `web:local`. Set by a chat that only the operator's own machine
   * serves. The operator may do everything that a moderator may.
   */
  readonly operator?: string
  /** The user's roles, `SERVER/ROLE`, on platforms that have roles. */
  readonly roles?: readonly string[]
  /** When the user sent the request, by the own clock; absent if it is from just now. */
  readonly asked?: Temporal.Instant
  /** False for a user-installed app: the bot can reply here but not post unprompted. */
  readonly member?: boolean
  /** The chat of the request. Without it no setting can be read or changed. */
  readonly place?: ChatRef
  /** Telegram no longer names the chat of this old message, so commands about the chat ask the user to retype. */
  readonly misplaced?: boolean
  /** Why the bot cannot post unprompted in this chat, although it can reply: a direct message, or missing rights. */
  readonly barred?: 'direct' | 'rights'
  /**
   * Checks whether the user may change the chat's settings; called just before a change. Absent if the chat is the
   * user's own. Resolves to `unknown` if the platform does not tell. Rejects with {@link UncheckedError}.
   */
  readonly mayManage?: () => Promise<boolean | 'unknown'>
  /** The place is part of a server. The admins of the server manage the place, and may announce in the server. */
  readonly isInServer?: boolean
  /** Members of a group read the answer, because the platform has no private answers there. */
  readonly isReadByGroup?: boolean
  /** The platform delivers replies to the bot's messages, so the user can answer a question with a reply. */
  readonly canAnswerByReply?: boolean
  /** The idempotency key of the request: a redelivery has the same one. */
  readonly id?: string
  /** Whether a button was pressed. Telegram then reports an anonymous administrator as a user without rights. */
  readonly isPressed?: boolean
  /** Whether the pressed button is under a post. The post stays as it is, and the answer appears elsewhere. */
  readonly isFromPost?: boolean
  /** Whether the platform can show a {@link Form}. */
  readonly hasForms?: boolean
  /**
   * Reads the text behind the command and `words` words of its own, or the text of a form, or the quoted message.
   * Returns undefined if there is none.
   */
  readonly written?: (words: number) => UserText | undefined
  /** Set if the user replies to a message of the bot. */
  readonly answers?: {
    /** The lines that the buttons of that message type. */
    readonly lines: readonly string[]
    /** Reads the whole reply. */
    readonly written: () => UserText | undefined
    /** Whether the reply is a picture without words, which may not be meant for the bot. */
    readonly isWordless?: boolean
  }
  /** Whether the text was entered into a form. The form has closed, so a refusal repeats the text for the user. */
  readonly isFilledIn?: boolean
  /** Looks up another chat to manage from this one, by its name or id. Rejects with {@link UncheckedError}. */
  readonly reach?: (name: string) => Promise<Reached>
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

/** The answer to a {@link BotRequest}. */
export interface Reply {
  readonly message: Message
  /** False if the line was not understood; the message then says what to type. */
  readonly understood: boolean
  /** Whether the request was refused. Platforms show a refusal to the user alone if they can. */
  readonly refused?: boolean
  /** Whether the message is a short note for the user who pressed. Platforms show it in passing if they can. */
  readonly isNote?: boolean
  /** A form for the user to fill in, on platforms that have forms. On others the message says what to type. */
  readonly form?: Form
  /** The chat's setting for tables; `grid` if absent. */
  readonly tableStyle?: 'grid' | 'cards'
  /** Rate limit exceeded: `told` once, then `again`, which is shown only if silence would look like a fault. */
  readonly rush?: 'told' | 'again'
}

/** Longest text in a form, in UTF-16 units (Discord, text input). */
export const FORM_LENGTH = 4000

/** A form with one text field and an optional picture. The submitted values arrive as `written` of its line. */
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
  /** Whether the answer is for the user alone, on platforms that can do that. */
  readonly private: boolean
  /** Whether the command is for moderators, so that public menus may leave it out. */
  readonly forModerators?: boolean
  /** The label in the menu of a message, which the command then quotes: at most 32 characters (Discord). */
  readonly quotes?: string
  /** Whether the command may answer with a form. */
  readonly asksForm?: boolean
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
