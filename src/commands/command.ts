import type { TargetPlatform } from '../announcements/target-platform.ts'
import type { FindablePlace } from '../briefing/findable.ts'
import type { Edition } from '../content/edition.ts'
import type { Passage, Search } from '../content/search.ts'
import type { Message } from '../message.ts'
import type { Bot, BotRequest, Form, MenuEntry } from '../platform.ts'
import type { UpdateRound } from '../schedule/update-round.ts'
import type { Store } from '../store/store.ts'

/** Something a reader can type: one definition for every platform's menu, help and dispatch. */
export type Command = CommandHead &
  (
    | { readonly keeps?: never; readonly asks?: never; run(call: Call): Message }
    /** Answers by what is kept of the chat: anew each time. */
    | {
        readonly keeps: true
        /**
         * The command only reads. Its answer is not sent after a downtime, because the reader no longer
         * waits. For a suggested line (`Request.isSuggested`) it writes nothing.
         */
        readonly asks?: true
        run(call: Call): Promise<Answered>
      }
  )

/** Whether a command can change stored data or posts. Pure. */
export function changes({ keeps, asks }: Command): boolean {
  return keeps === true && !asks
}

interface CommandHead {
  /** `[a-z0-9_]{1,32}`, unique among names and aliases. */
  readonly name: string
  readonly aliases: readonly string[]
  /** A button's label. */
  readonly title: string
  /** One line for menus, at most 100 characters (Discord). */
  readonly description: string
  readonly parameters: readonly Parameter[]
  /** Its answer is for whoever asks alone, where a platform can do that. */
  readonly private?: boolean
  /** It is for moderators: nobody else is told that there is one. */
  readonly forModerators?: boolean
  /**
   * Whether the command can do what these values say. In plain words, a line with values is a command that
   * changes something only then, and a search otherwise. Pure.
   */
  understands?(values: Values): boolean
  /** Whether a line in plain words is a value of this command, without its name: `zone Mostar`. Pure. */
  owns?(line: string): boolean
  /** See `MenuEntry`. */
  readonly quotes?: string
  /** See `MenuEntry`. */
  readonly asksForm?: boolean
}

/** It cannot be done as it was asked for, and whoever asks is told so: it concerns nobody else. */
export interface Refusal {
  readonly refused: Message
}

export type Answered =
  | Message
  | Refusal
  /** A short word for whoever has pressed: what was pressed tells the rest by itself. */
  | { readonly note: Message }
  /** Something is to be filled in; `message` says what to type where there are no forms. */
  | { readonly form: Form; readonly message: Message }

interface Parameter {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** The values to choose from; where there are none, the parameter takes the rest of the line. */
  readonly choices?: (edition: Edition) => readonly Choice[]
  /** Most UTF-16 units of a parameter without choices. */
  readonly limit?: number
  /** See `MenuParameter`. */
  readonly finds?: boolean
}

interface Choice {
  readonly value: string
  readonly title: string
}

export interface Call {
  readonly registry: Registry
  /** Values by the parameter's name; an optional one may be absent. */
  readonly values: Values
  /** By the clock of `zone`. */
  readonly today: Temporal.PlainDate
  readonly now: Temporal.Instant
  readonly request: BotRequest
  /** Nothing where nothing is kept: on the command line. */
  readonly store: Keeping | undefined
  /** IANA zone of new chats. */
  readonly timeZone: string
  /** IANA zone of the chat that is answered; `timeZone` for a new chat, without a chat, or if the store is away. */
  readonly zone: string
  readonly moderators: Moderators
  /** See `Bot.seen`; absent on the command line. */
  readonly seen?: Bot['seen'] | undefined
  /** Undefined on the command line, and in a local chat on a bot's database. */
  readonly operations: Operations | undefined
}

/** Who may act for the whole deployment; from the environment alone. */
export interface Moderators {
  /** `telegram:42`, `discord:1234` */
  readonly users: readonly string[]
  /** `GUILD/ROLE` of Discord. */
  readonly roles: readonly string[]
}

/** What the process that answers knows of itself. */
export interface Operations {
  /** How each of its parts is. */
  parts(): Readonly<Record<string, { readonly status: string; readonly reason?: string }>>
  /** Those that are served: no other can be reached. */
  readonly platforms: readonly TargetPlatform[]
  readonly news: UpdateRound
  readonly announcing: Announcing
}

/** What announcements depend on. */
interface Announcing {
  /** How long one can be undone, in milliseconds. */
  readonly holdMs: number
  /** Told that there is something to send, or to show. */
  wake(): void
}

/** What commands keep, and where. */
export type Keeping = Pick<
  Store,
  | ('announcements' | 'audit' | 'broadcasts' | 'chats' | 'editions' | 'seenChanges' | 'pictures')
  | ('reach' | 'receipts' | 'state')
>

export type Values = Readonly<Record<string, string>>

/** All that can be typed in one edition. Made anew when the content changes; never changed. */
export interface Registry {
  readonly edition: Edition
  /** A command a section, then the built-in ones. */
  readonly commands: readonly Command[]
  /** By name or alias, in lower case. */
  find(name: string): Command | undefined
  /** By the telling words of a name, alias or title, joined by spaces. */
  findByWords(words: string): Command | undefined
  /** The commands whose names come closest, best first. */
  nearest(name: string): Command[]
  menu(): readonly MenuEntry[]
  /** Answers of today that do not depend on free words, by what was called. */
  readonly answerCache: Map<string, Message>
  readonly search: Search<Passage>
  /** Sections and tables; without words the sections as they come. */
  readonly places: Search<FindablePlace>
  /** Indexes the edition in steps that yield, so that no search has to index on the event loop. */
  ready(): Promise<void>
}
