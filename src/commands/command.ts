import type { TargetPlatform } from '../announcements/target-platform.ts'
import type { Bot, BotRequest, Form, MenuEntry, Reply } from '../bot.ts'
import type { FindablePlace } from '../briefing/findable.ts'
import type { Edition } from '../content/edition.ts'
import type { LocalEdition } from '../content/occurrences.ts'
import type { Passage, Search } from '../content/search.ts'
import type { Action, Message } from '../message.ts'
import type { ReminderSettings } from '../schedule/due-reminders.ts'
import type { UpdateRound } from '../schedule/update-round.ts'
import type { Store } from '../store/store.ts'
import type { texts } from '../texts.ts'

/** A command that a user can type. Menus, help and dispatch of every platform use this definition. */
export type Command = CommandHead &
  (
    | {
        readonly usesStore?: never
        readonly onlyReads?: never
        run(call: Call): Message
        /** Resolves to an answer that depends on stored data, which is never cached; undefined if `run` answers. */
        runStored?(call: Call): Promise<Message> | undefined
      }
    /** A command that uses stored data, so its answer is never cached. */
    | {
        readonly usesStore: true
        /**
         * Whether the command only reads. Its answer is not sent after a downtime, because the user no longer
         * waits. For a suggested line (`Origin.by`) the command writes nothing.
         */
        readonly onlyReads?: true
        run(call: Call): Promise<Answered>
      }
  )

/** Tells whether a command can change stored data or posts. Pure. */
export function changes({ usesStore, onlyReads }: Command): boolean {
  return usesStore === true && !onlyReads
}

interface CommandHead {
  /** `[a-z0-9_]{1,32}`, unique among names and aliases. */
  readonly name: string
  readonly aliases: readonly string[]
  /** The label of its button. */
  readonly title: string
  /** The group of /help that lists the command; absent if /help leaves it out. */
  readonly group?: keyof typeof texts.helpGroups
  /** One line for menus, at most 100 characters (Discord). */
  readonly description: string
  readonly parameters: readonly Parameter[]
  /** Whether only the user sees the answer, on platforms that support private answers. */
  readonly private?: boolean
  /** Whether the command is for moderators. Menus and help show it to moderators alone. */
  readonly forModerators?: boolean
  /** Whether a command for all users asks for {@link Call.operations}, which those for moderators get anyway. */
  readonly usesOperations?: true
  /** Whether admins of a server may use the command for their server. */
  readonly forAdmins?: boolean
  /**
   * Tells whether the command can handle these values. A line without a slash and with values runs a command that
   * uses stored data only if this returns true; otherwise the line is a search. Pure.
   */
  understands?(values: Values): boolean
  /** Tells whether a line without a slash is a value of this command, without its name: `zone Mostar`. Pure. */
  owns?(line: string): boolean
  /** Its pages, which a sentence may mean: the value that shows each, its title, and its other names. */
  readonly pages?: readonly {
    readonly value: string
    readonly title: string
    readonly names: readonly string[]
  }[]
  /** Words of sentences that it answers, besides those of its names: "what is on tomorrow?" */
  readonly asked?: readonly string[]
  /** See `MenuEntry`. */
  readonly quotes?: string
  /** See `MenuEntry`. */
  readonly picks?: string
  /** See `Line`. */
  readonly asksForm?: boolean
}

/** A refusal of a request. Only the user sees it. */
export interface Refusal {
  readonly refused: Message
}

/** The answer of a command. */
export type Answered =
  | Message
  /** A message, and how a platform shows it. */
  | ({ readonly message: Message } & Pick<Reply, 'live' | 'isBelow'>)
  | Refusal
  /** A short note for the user who pressed a button. The message with the button shows the new state. */
  | { readonly note: Message }
  /** A form for the user to fill in. On platforms without forms, `message` says what to type instead. */
  | { readonly form: Form; readonly message: Message }

interface Parameter {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** The values to choose from. A parameter without choices takes the rest of the line. */
  readonly choices?: (edition: Edition) => readonly Choice[]
  /** Tells whether other words than a choice are a value too. Pure. */
  takes?(given: string): boolean
  /** Most UTF-16 units of a parameter without choices. */
  readonly limit?: number
  /** See `MenuParameter`. */
  readonly finds?: boolean
}

export interface Choice {
  readonly value: string
  readonly title: string
  /** Other values that stand for this one, such as those of earlier releases. */
  readonly aliases?: readonly string[]
}

export interface Call {
  readonly registry: Registry
  /** The edition of `registry` by the clock of `zone`. */
  readonly edition: LocalEdition
  /** Values by the name of their parameter. The value of an optional parameter may be absent. */
  readonly values: Values
  /** See `ParsedLine`. */
  readonly isPlain?: true
  /** Today's date in `zone`. */
  readonly today: Temporal.PlainDate
  readonly now: Temporal.Instant
  readonly request: BotRequest
  /** Undefined on the command line, which stores nothing. */
  readonly store: CommandStore | undefined
  /** IANA zone of new chats. */
  readonly timeZone: string
  /** IANA zone of the chat. Equals `timeZone` for a new chat, without a chat, or if the store is unavailable. */
  readonly zone: string
  readonly moderators: Moderators
  /** When reminders go out; absent on the command line. */
  readonly reminders?: ReminderSettings | undefined
  /** See `Bot.seen`; absent on the command line. */
  readonly seen?: Bot['seen'] | undefined
  /**
   * Undefined on the command line, in a local chat on a bot's database, and for a command that does not ask for them.
   */
  readonly operations: Operations | undefined
}

/** Users and roles that may act for the whole deployment. Only the environment sets them. */
export interface Moderators {
  /** `telegram:42`, `discord:1234` */
  readonly users: readonly string[]
  /** Roles as `SERVER/ROLE`, on platforms that have roles. */
  readonly roles: readonly string[]
}

/** State and controls of the running process. */
export interface Operations {
  /** Returns the status of each component. */
  parts(): Readonly<Record<string, PartHealth>>
  /** The platforms that this process serves. Chats of other platforms cannot be reached. */
  readonly platforms: readonly TargetPlatform[]
  readonly news: UpdateRound
  readonly announcing: AnnouncementControls
}

/** The health of a component. `ready` tells whether it works for users, `reason` why it does not. */
interface PartHealth {
  readonly status: string
  readonly reason?: string
  readonly ready: boolean
}

/** Settings and controls of announcements. */
interface AnnouncementControls {
  /** Length of the undo window, in milliseconds. */
  readonly undoWindowMs: number
  /** Wakes the delivery and the progress messages, because there is something to send or to show of a post. */
  wake(post: number): void
  /** Calls `listener` at each {@link wake} for the post in this process. Returns a function that ends this. */
  onWake(post: number, listener: () => void): () => void
}

/** The parts of the store that commands use. */
export type CommandStore = Pick<
  Store,
  | ('announcements' | 'audit' | 'broadcasts' | 'chats' | 'editions' | 'floods' | 'pictures')
  | ('reach' | 'receipts' | 'scheduledEvents' | 'seenChanges' | 'state')
>

/** The values of a line, by the names of their parameters. */
export type Values = Readonly<Record<string, string>>

/**
 * Finds the commands that a sentence may mean. `missing` are the words of the sentence that a search did not find;
 * undefined if it found nothing.
 */
export type Fitting = (sentence: string, missing?: readonly string[]) => readonly Action[]

/** The commands and search indexes of one edition. Immutable: new content gets a new registry. */
export interface Registry {
  readonly edition: Edition
  /** The base address of links to this server, without a slash at the end; undefined if it has no public address. */
  readonly publicUrl: string | undefined
  /** One command for each section, then the built-in commands. */
  readonly commands: readonly Command[]
  /** Finds a command by its name or alias, in lower case. */
  find(name: string): Command | undefined
  /** Finds a command by the keywords of its name, alias or title, joined by spaces. */
  findByWords(words: string): Command | undefined
  /** Returns the commands with the most similar names, best first. */
  nearest(name: string): Command[]
  /** Returns the commands that a sentence may mean: see `createFitting`. */
  readonly fitting: Fitting
  menu(): readonly MenuEntry[]
  /** Cached answers of today, by command and chosen values. Answers that depend on free words are not cached. */
  readonly answerCache: Map<string, Message>
  readonly search: Search<Passage>
  /** Searches sections and tables. An empty query returns the sections in their order. */
  places(query: string, limit: number): FindablePlace[]
  /** Indexes the edition in steps that yield, so that no search blocks the event loop with indexing. */
  ready(): Promise<void>
}
