import type { Root } from 'mdast'
import type { Message } from './message.ts'

/** Where a chat is: a private chat, a group, a topic of a forum, a channel. */
export interface ChatRef {
  readonly platform: string
  /** The platform's own id; of a topic of a forum the group's and its own: `-1001/77`. */
  readonly address: string
  /** The group or server that it is part of, where it is part of one. */
  readonly within?: string
  readonly kind: ChatKind
}

export type ChatKind = 'private' | 'group' | 'channel'

/** Why a place cannot be reached. */
export type Gone = 'blocked' | 'removed' | 'deleted' | 'forbidden'

/** The description of a refusal by a place. */
export interface Refused {
  /**
   * The platform said in so many words that the bot was blocked or removed, or that the chat was deleted: the
   * place counts as left. Otherwise it is suspected, and tried again.
   */
  readonly isSure?: boolean | undefined
  /** The missing right, in words: `Send Messages`. */
  readonly right?: string | undefined
  /** The platform's own description, for the log; at most 200 characters are kept. */
  readonly said?: string | undefined
}

/** A place that is suspected or left. */
export interface UnreachablePlace extends ChatRef {
  readonly why?: Gone
  /** The platform was sure of it. */
  readonly isLeft?: boolean
}

/** What a platform asks of the bot. Every platform is made with one. */
export interface Bot {
  /** Answers a typed line, or a pressed button's; with nothing where it is too old. */
  answer(request: BotRequest): Promise<Reply | undefined>
  /** Whether a line is a command of ours, that may as well be another bot's. */
  knows(line: string): boolean
  /**
   * The kind of answer to a line: it `shows` parts of the briefing alone, `keeps` what is kept, or
   * `says` words of the line's own back, as a search does.
   */
  nature(line: string): Nature
  /** Whether a line asks for a change of what is kept. */
  isWish(line: string): boolean
  /** Every command, in the order of menus. */
  menu(): readonly MenuEntry[]
  /** Sections and tables to share or to choose from; without words the sections as they come. */
  find(words: string, limit: number): readonly SearchHit[]
  /**
   * The bot was let into a place, be it again: what it says there, where there is something to say.
   * Rejects with {@link UnkeptError}, as `left` and `moved` do.
   */
  joined(place: ChatRef): Promise<Message | undefined>
  /** A place refuses the bot; with all that is part of it, unless `alone`. */
  left(
    place: Pick<ChatRef, 'platform' | 'address'>,
    why: Gone,
    alone?: boolean,
    more?: Refused,
  ): Promise<void>
  /**
   * A sign of life of these places and all that is part of them: suspected and left ones are back, without
   * what they have missed. Costs no query unless one of them is known to be unreachable. Rejects with
   * {@link UnkeptError}; the next sign is then as good.
   */
  seen(platform: string, addresses: readonly string[]): Promise<void>
  /** The places of a platform that are suspected or left. Rejects with {@link UnkeptError}. */
  unreachable(platform: string): Promise<readonly UnreachablePlace[]>
  /** The groups and servers that reachable chats are part of. Rejects with {@link UnkeptError}. */
  groups(platform: string): Promise<readonly string[]>
  /** A group goes on under another id. */
  moved(platform: string, from: string, to: string): Promise<void>
}

export type Nature = 'shows' | 'keeps' | 'says'

export interface BotRequest {
  readonly line: string
  /**
   * Another person has chosen its words: a link brought them, or they were forwarded. It may show and ask;
   * a change needs a press under the bot's own question.
   */
  readonly isSuggested?: boolean
  /** Who asks, with the platform's name: `telegram:42`. Without one nobody is told to slow down. */
  readonly user?: string
  /**
   * The name of the operator in the audit log, as `web:local`. Set by a chat that only the operator's own machine
   * serves. The operator may do everything that a moderator may.
   */
  readonly operator?: string
  /** Roles of whoever asks, `SERVER/ROLE`, where the platform has such. */
  readonly roles?: readonly string[]
  /** When it was asked; without it, just now. */
  readonly asked?: Temporal.Instant
  /** False where the bot can answer but not post by itself: somebody brought it along. */
  readonly member?: boolean
  /** Where it was asked; without it nothing can be kept. */
  readonly place?: ChatRef
  /** Where it was asked can no longer be told: what concerns the place must be asked for anew. */
  readonly misplaced?: boolean
  /** Why nothing can be posted there by itself, though everything can be answered. */
  readonly barred?: 'direct' | 'rights'
  /**
   * Whether whoever asks may change what is kept of the place: asked when it is about to be changed.
   * Without it they may: it is their own. `unknown` where the platform does not tell.
   */
  readonly mayManage?: () => Promise<boolean | 'unknown'>
  /** The place is part of a server. The admins of the server manage the place, and may announce in the server. */
  readonly isInServer?: boolean
  /** Members of a group read the answer, because the platform has no private answers there. */
  readonly isReadByGroup?: boolean
  /** The platform delivers replies to the bot's messages, so the user can answer a question with a reply. */
  readonly canAnswerByReply?: boolean
  /** What tells it from every other: brought again, it is the same wish. */
  readonly id?: string
  /** A button was pressed. Telegram names an anonymous administrator who presses as a person without rights. */
  readonly isPressed?: boolean
  /** The button stands under a post, which stays as it is. */
  readonly isFromPost?: boolean
  /** Whether what is to be filled in can be asked for in a form. */
  readonly hasForms?: boolean
  /**
   * What was written behind the command and `words` words of its own, into a form, or in the message that
   * is pointed at; nothing where there is none.
   */
  readonly written?: (words: number) => UserText | undefined
  /** Where it answers a message of ours: what that message's buttons would type, and all that was written. */
  readonly answers?: {
    readonly lines: readonly string[]
    readonly written: () => UserText | undefined
    /** It is a picture without a word, which may as well be for nobody. */
    readonly isWordless?: boolean
  }
  /** It was written into a form, which is gone: what cannot be taken is given back. */
  readonly isFilledIn?: boolean
  /** Another place that can be managed from here, by its name or id. */
  readonly reach?: (name: string) => Promise<Reached>
}

/** A text of somebody's own, with its formatting. */
export interface UserText {
  readonly body: Root
  /** What it had that readers elsewhere will not see, each once. */
  readonly lost: readonly Loss[]
  /** As it was typed, where it can be typed so again. */
  readonly source?: string
  /** Fetches the picture beside it; never rejects. */
  readonly picture?: () => Promise<Uint8Array | 'large' | 'unreachable'>
}

/** Hidden text, underlined text, a mention of somebody, a platform's own emoji, all formatting, what was attached beside one picture. */
export type Loss = 'spoiler' | 'underline' | 'mention' | 'emoji' | 'formatting' | 'attachment'

/** A place that somebody wants to manage from elsewhere, or why they cannot. */
export type Reached =
  | (ChatRef & {
      readonly title: string
      /** The bot may not post there. */
      readonly isBarred?: boolean
    })
  | 'unknown'
  | 'forbidden'

export interface Reply {
  readonly message: Message
  /** False where the line could not be taken for anything: the message says what to type. */
  readonly understood: boolean
  /** It cannot be done as it was asked for: that concerns nobody else. */
  readonly refused?: boolean
  /** It is short, and for whoever has pressed alone: where a platform can say it in passing, it does. */
  readonly isNote?: boolean
  /** What whoever asks may fill in, where a platform has forms; elsewhere the message says what to type. */
  readonly form?: Form
  /** How the chat wants its tables. */
  readonly tableStyle?: 'grid' | 'cards'
  /**
   * Whoever asks is asked to slow down: `told` once, `again` from then on, where it is said only if
   * silence would look like a fault.
   */
  readonly rush?: 'told' | 'again'
}

/** Most UTF-16 units of a text in a form: Discord takes no more in one field. */
export const FORM_LENGTH = 4000

/** A text to be written, and perhaps a picture: what is sent comes back as `written` of its line. */
export interface Form {
  /** What the form types: ids and values alone, at most 64 bytes. */
  readonly line: string
  /** At most 45 characters (Discord), as all labels. */
  readonly title: string
  readonly label: string
  /** What stands there already. */
  readonly text?: string
  /** Where a picture can be given as well: its label. */
  readonly picture?: string
}

export interface MenuEntry {
  /** `[a-z0-9_]{1,32}`. */
  readonly name: string
  readonly title: string
  /** At most 100 characters (Discord). */
  readonly description: string
  /** Whether its answer is for whoever asks alone, where a platform can do that. */
  readonly private: boolean
  /** It is for moderators: it need not be offered to everybody. */
  readonly forModerators?: boolean
  /** What it is called where a message is pointed at, which it is then about: at most 32 characters. */
  readonly quotes?: string
  /** It may answer with a form. */
  readonly asksForm?: boolean
  readonly parameters: readonly MenuParameter[]
}

export interface MenuParameter {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** The values that it takes; without any, it takes the rest of the line. */
  readonly choices: readonly { readonly value: string; readonly title: string }[]
  /** Most UTF-16 units of a parameter without choices. */
  readonly limit?: number | undefined
  /** Whether it is looked for among the places, which may then be offered. */
  readonly finds?: boolean | undefined
}

/** A section or a table. */
interface SearchHit {
  /** The line that shows it: `/threats`, `/tables threats`. */
  readonly line: string
  readonly title: string
  /** What it is about, in a sentence. */
  readonly summary: string
}

/** The right to act alone, for a while: of all processes with one token only one may have it. */
export interface Term {
  /** Aborts when nothing may be sent any more. */
  readonly signal: AbortSignal
  /**
   * Whether it still holds; aborts the signal where it does not. To be asked before every act: a
   * process that was stopped for a while meets its work before it meets its timers.
   */
  holds(): boolean
}

/** What is kept cannot be reached just now: what was to be kept should be brought again. */
export class UnkeptError extends Error {}

/** The platform did not say in time what a user may do, so nothing was changed. */
export class UncheckedError extends Error {}

/** Somewhere people talk to the bot. A plain object out of a factory; see platforms/. */
export interface Platform {
  readonly name: string
  /**
   * Serves until {@link stop}. Trouble that may pass is tried again for as long as it takes; what
   * only an operator can mend rejects with a {@link PlatformError}. Only once.
   */
  run(): Promise<void>
  /** Resolves when the first that waited have their answers, or when that is not to be expected. */
  readonly begun?: Promise<void>
  /** Takes nothing new, sends what is under way, ends every connection. May be called again. */
  stop(): Promise<void>
  state(): PlatformState
  /** The menu has changed: tells the platform where it keeps one. */
  refresh?(): void
  /** What it serves by itself: a webhook, a page. */
  readonly http?: HttpRoute
}

export interface HttpRoute {
  /** As hono matches it: `/telegram`, `/*`. */
  readonly path: string
  /** Serves this machine alone: the server then refuses other hosts on every path. */
  readonly isLocal?: true
  /** Limits the bodies of requests by itself; otherwise the server reads at most 1 MiB. */
  readonly limitsBodies?: true
  handle(request: globalThis.Request): Response | Promise<Response>
}

/** `running` means that people are answered; `standby` that another process answers them; `trouble` that it is being tried again. */
export interface PlatformState {
  readonly status: 'starting' | 'standby' | 'running' | 'trouble' | 'stopped'
  /** Why, in a sentence for an operator. */
  readonly reason?: string
}

/** A platform cannot start or go on: `message` says what to do, in one sentence for an operator. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
}
