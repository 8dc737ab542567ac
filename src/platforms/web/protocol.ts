/** The types of everything that the server and the page of the local chat send each other. */

export type PlatformName = 'discord' | 'telegram'

/** The chat in which the bot answers: `server` is a channel of a Discord server, `channel` one of Telegram. */
export type Place = 'private' | 'group' | 'channel' | 'server' | 'user-installed'

/** The rights of the user: an admin manages the chat, a moderator sends announcements as well. */
type Role = 'reader' | 'admin' | 'moderator'

/** The settings of the page's controls that an answer depends on. */
export interface View {
  /** The platform that the page shows; `both` side by side. */
  readonly platform: PlatformName | 'both'
  readonly place: Place
  readonly role: Role
  /** The local date and time of the bot's answers, `2027-05-01T09:00`; absent for the current time. */
  readonly today?: string
  /** The style of tables; absent for the chat's own setting. */
  readonly tables?: TableStyle
}

type TableStyle = 'grid' | 'cards' | 'picture' | 'dark-picture'

/** An image that the server has at `/pictures/{name}`. */
export interface ShownPicture {
  readonly name: string
  /** In pixels; absent if the server has not read the image yet. */
  readonly width?: number
  readonly height?: number
}

/** The body of a call that creates a message on Discord, as far as the page draws it. */
export interface DiscordBody {
  /** 1 << 6: only the user who asked sees the message. */
  readonly flags?: number
  readonly components: readonly DiscordComponent[]
  readonly attachments?: readonly { readonly id: number; readonly filename: string }[]
  /** The attached images, which gallery components show in their order, with the Markdown in place of each. */
  readonly pictures?: readonly (ShownPicture & { readonly instead: string })[]
  /** The attached file, which a file component shows. */
  readonly file?: TextFile
}

export interface DiscordComponent {
  /** 1 row of actions, 2 button, 3 menu, 10 text, 12 gallery, 13 file, 14 separator, 17 container. */
  readonly type: number
  readonly components?: readonly DiscordComponent[]
  readonly content?: string
  /** 0xRRGGBB. */
  readonly accent_color?: number
  readonly label?: string
  /** Of a button: 1 primary, 2 secondary, 4 danger, 5 link. */
  readonly style?: number
  readonly custom_id?: string
  readonly placeholder?: string
  readonly url?: string
  readonly options?: readonly { readonly label: string; readonly value: string }[]
  /** Of a gallery: its one image, and the text that it says. */
  readonly items?: readonly {
    readonly media: { readonly url: string }
    readonly description?: string
  }[]
}

/** The body of sendMessage, sendPhoto or sendDocument on Telegram, as far as the page draws it. */
export interface TelegramBody {
  readonly method: 'sendMessage' | 'sendPhoto' | 'sendDocument'
  readonly text?: string
  /** The text below a photo or a file; above a photo if `show_caption_above_media`. */
  readonly caption?: string
  readonly show_caption_above_media?: true
  readonly photo?: ShownPicture
  /** The text of the message if the photo is refused. */
  readonly instead?: string
  readonly document?: TextFile
  readonly reply_markup?:
    | { readonly inline_keyboard: readonly (readonly TelegramButton[])[] }
    | undefined
}

export interface TelegramButton {
  readonly text: string
  readonly style?: 'primary' | 'danger'
  readonly callback_data?: string
  readonly url?: string
}

/** A file of an answer. */
export interface TextFile {
  readonly name: string
  readonly type: string
  readonly text: string
}

/** The response to a request for a session. */
export interface Session {
  /** Another session has other conversations, which count their entries from 1 again. */
  readonly id: string
  /** The IANA zone of times. */
  readonly zone: string
}

/** An entry of a conversation: the answer to a line, or a post. */
export interface Entry {
  /** The number of this version. Each new or changed entry of a conversation gets the next number. */
  readonly id: number
  /** The number of the entry, which a changed entry keeps. */
  readonly key: number
  /** `pressed`: the answer to a button that stands below its message. `post`: a message that the bot sent unprompted. */
  readonly by: 'typed' | 'pressed' | 'form' | 'post'
  /** The line that the user typed, or that a button or form typed for the user; absent for a post. */
  readonly line?: string
  /** The role in which the user sent the line; absent for a post. */
  readonly role?: Role
  /** When the entry was sent, in milliseconds since the epoch, by the clock of its view. */
  readonly at: number
  /** Whether a post arrives without a sound. */
  readonly isSilent?: true
  /** Whether an earlier version was shown before. Telegram marks the message as edited. */
  readonly isEdited?: true
  /** The messages on Discord; none if the answer changed another message there. */
  readonly discord: readonly DiscordBody[]
  /** The messages on Telegram; none if the answer changed another message there. An entry without any is removed. */
  readonly telegram: readonly TelegramBody[]
}

/** The request for an answer to a typed line. */
export interface LineRequest {
  readonly view: View
  readonly line: string
}

/** The request for an answer to a pressed button or a chosen option. */
export interface PressRequest {
  readonly view: View
  readonly key: number
  readonly platform: PlatformName
  /** The `callback_data`, `custom_id` or `value`. */
  readonly data: string
}

/** The request that submits a form. */
export interface FormRequest {
  readonly view: View
  readonly line: string
  readonly text: string
  /** The image in base64. */
  readonly picture?: string
  /** The entry whose button opened the form; absent if a typed line did. */
  readonly key?: number
}

/** The response to a {@link LineRequest}, a {@link PressRequest} or a {@link FormRequest}. Answers come as events. */
export interface Answered {
  /** A form that opens over the page. */
  readonly form?: Form
  /** A text that Telegram shows in passing over the chat, in place of a message. */
  readonly note?: string
}

export interface Form {
  /** The line that is sent with the fields. */
  readonly line: string
  readonly title: string
  readonly label: string
  readonly text?: string
  /** The label of the image field; absent if the form has none. */
  readonly picture?: string
  /** Most bytes of the image. */
  readonly pictureBytes: number
}

/** The calls that have sent an entry, as the inspector shows them. */
export interface Inspection {
  readonly discord: readonly InspectedCall[]
  readonly telegram: readonly InspectedCall[]
  /** The text of an announcement as the bot read it, as mdast without positions. */
  readonly parsed?: { readonly body: object; readonly lost: readonly string[] }
}

export interface InspectedCall {
  /** The method of the Bot API, or the method and path of Discord's API. */
  readonly call: string
  readonly body: object
  /** The files of a call in parts: the name of each part, the name of the file, and its media type. */
  readonly files?: readonly {
    readonly part: string
    readonly filename: string
    readonly type: string
  }[]
  readonly limits: readonly {
    /** As `characters`, `bytes`, `components`. */
    readonly name: string
    readonly used: number
    readonly most: number
  }[]
  /** The objections of the platform, in sentences. */
  readonly objections: readonly string[]
}

/** The state of the content on the disk, for editors. Sent as the event `content`. */
export interface ContentState {
  readonly problems: readonly ContentProblem[]
  /** The commands and titles of the drafts, in the order of the sections. */
  readonly drafts: readonly { readonly command: string; readonly title: string }[]
  /** The update that subscribers would get of the edits since the start; absent if there is none. */
  readonly update?: {
    readonly discord: readonly DiscordBody[]
    readonly telegram: readonly TelegramBody[]
  }
}

/** A fault in a file of the content. */
export interface ContentProblem {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly fix: string
  /** The edit is in use all the same. */
  readonly isWarning?: true
  /** The problem is that of a draft, which is not published. */
  readonly isDraft?: true
}

/** The briefings that the page can be started with. */
export interface Editions {
  /** The name of the current one; empty for a folder of the operator's own. */
  readonly current: string
  readonly all: readonly { readonly name: string; readonly title: string }[]
}

/** The days that the schedule preview shows, as `YYYY-MM-DD`, both included. */
export interface Days {
  readonly from: string
  readonly to: string
}

/** The posts that a chat with every subscription would get in some days. */
export interface Preview extends Days {
  /** The current day in the zone. */
  readonly today: string
  /** IANA zone. */
  readonly zone: string
  /** `YYYY-MM-DD` or `YYYY-MM`: the day or month up to which the content’s facts are known. */
  readonly asOf: string
  /** The days of all events and their reminders; absent if there are none. */
  readonly allDays?: Days
  /** The edition’s words for an event and for several; absent if it has no file of events. */
  readonly words?: { readonly one: string; readonly many: string }
  /** The events within the days. */
  readonly events: readonly PreviewedEvent[]
  /** The oldest first. */
  readonly posts: readonly PreviewedPost[]
}

export interface PreviewedEvent extends Days {
  readonly name: string
}

export interface PreviewedPost {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The same instant as a day in the zone, `YYYY-MM-DD`. */
  readonly day: string
  /** The same instant in the zone, in words: `Mon 1 May 2023, 09:00`. */
  readonly local: string
  /** `events` for a reminder, or `digest`. */
  readonly kind: string
  readonly title: string
  readonly why: string
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}
