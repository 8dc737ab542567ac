import type { Generated, Selectable } from 'kysely'
import type { CalendarFeedTable, EventServerTable, ScheduledEventTable } from './event-tables.ts'

/**
 * The tables of the database, the same in both dialects. Ids of platforms are text, instants are integer milliseconds
 * since the epoch, booleans are 0 or 1, and structured values are JSON as text.
 */
export interface Tables {
  chats: ChatTable
  subscriptions: SubscriptionTable
  audit: AuditTable
  lease: LeaseTable
  broadcasts: BroadcastTable
  deliveries: DeliveryTable
  floods: FloodTable
  editions: EditionTable
  looks: LookTable
  slots: SlotTable
  agenda: AgendaTable
  pictures: PictureTable
  telegram_files: TelegramFileTable
  announcements: AnnouncementTable
  installation: InstallationTable
  calendar_feeds: CalendarFeedTable
  event_servers: EventServerTable
  scheduled_events: ScheduledEventTable
}

/** A chat that the bot can post in: a private chat, a group, a topic of a forum, a channel. */
interface ChatTable {
  id: Generated<number>
  platform: string
  /** The chat's id on the platform; a topic of a forum as `-1001/77`. Null once the chat is forgotten. */
  address: string | null
  /** The group or server that contains the chat; null if none does. */
  within: string | null
  kind: string
  /** `active`, or by command `paused` or `stopped`. */
  state: string
  /** Why the chat is unreachable; null if it is reachable. */
  gone: string | null
  /**
   * When a post or a check tries an unreachable chat again; 0 if only a post can be the try. Null if the chat is
   * reachable, or counts as left.
   */
  retry_at: number | null
  /** JSON: since when the chat is unreachable, the number of tries, the platform's description, the missed period. */
  reach: string | null
  paused_until: number | null
  /** IANA zone. */
  zone: string
  cadence: string
  /** 0–23, local. */
  hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  weekday: number
  /** Local hours between which the bot posts nothing; both or neither. */
  quiet_from: number | null
  quiet_to: number | null
  table_style: string
  /** 1 if the chat wants no digest without news. */
  only_new: Generated<number>
  /** `silent` if no post rings, `loud` if all do; null if that depends on the kind of the post. */
  sound: string | null
  next_digest_at: number | null
  /** The instant of its last digest, sent or not. No digest of an earlier instant is due any more. */
  digested_at: number | null
  /** Local date of the newest digest that the chat got; empty if none, null before this column existed. */
  digest_day: string | null
  /** Monday of the newest week whose weekly digest the chat got. */
  digest_week: string | null
  /** When the chat last changed its zone. */
  zoned_at: number | null
  /** 1 from a change of the zone until the schedule has searched for reminders that the chat did not get. */
  moved: Generated<number>
  /** The edition that the chat has seen: later changes are new to it. */
  edition_id: number | null
  created_at: number
  changed_at: number
}

interface SubscriptionTable {
  chat_id: number
  /** `digest`, `events`, `announcements`, `section:` and a command, or `event ` or `mute ` and the id of an event. */
  topic: string
}

/** One action of a moderator, an admin or an operator. The table is append-only. */
interface AuditTable {
  id: Generated<number>
  at: number
  /** `telegram:42` */
  actor: string
  action: string
  details: string
}

interface LeaseTable {
  name: string
  holder: string | null
  /** Grows with each acquisition. */
  epoch: number
  /** By the database's clock. */
  expires_at: number
}

interface BroadcastTable {
  id: Generated<number>
  /** Idempotency key. */
  dedupe_key: string
  kind: string
  topic: string
  /** JSON: the message of the newest revision. */
  message: string
  /** JSON: the audience without the topic. */
  audience: string
  /** A higher number is sent first. */
  priority: number
  /** `active`, `paused`, `cancelled`; see `finished_at`. */
  state: string
  /** 1, and one more with each correction. */
  revision: number
  /** The highest chat id that is enqueued so far. */
  enqueued_to: number
  /** 1 once the whole audience is enqueued. */
  enqueued: Generated<number>
  /** The highest chat id that is requeued for the newest revision; null once all are. */
  revised_to: number | null
  /** 1 if the newest revision retracts: its message replaces one that the platform cannot delete. */
  retracted: Generated<number>
  /** 1 if it is sent during quiet hours too. */
  urgent: Generated<number>
  /** 1 if a message that may have arrived is sent again. */
  repeats: Generated<number>
  /** 1 if Discord's announcement channels publish it to the channels that follow them. */
  publish: Generated<number>
  /** The earliest time of sending; null if there is none. */
  starts_at: number | null
  /** The instant from which it is not sent any more; null if it never expires. */
  expires_at: number | null
  created_at: number
  created_by: string | null
  /** When the last row was settled; null while rows are left. */
  finished_at: number | null
  /** Why Sitrep itself paused it; `insisted` after a resume; null if a person paused it. */
  note: string | null
  /** The id of the event that it is about, so that an update can correct it; null if none. */
  subject: string | null
  /** The edition that a chat has seen once it got this. */
  edition_id: number | null
  /** When a digest was due; null for other kinds. A digest is enqueued by chat, not by audience. */
  slot_at: number | null
}

/** The delivery of one broadcast to one chat. docs/delivery.md explains the states. */
export interface DeliveryTable {
  broadcast_id: number
  chat_id: number
  /** The chat's platform: each platform's sender claims its own rows. */
  platform: string
  state: string
  /** Failed calls since the last successful one. */
  attempts: number
  /** When a row may be claimed; 0 is at once, but after rows to be retried. If the row is claimed: when it was. */
  next_at: number
  /** The lease's epoch at the claim. */
  epoch: number | null
  /** When the call of a claimed row left, or was about to; null while the row is only claimed. */
  left_at: number | null
  /** The first call whose response is missing, and that may have arrived. */
  tried_at: number | null
  /** The number of times that a message was sent again although it may have arrived. */
  repeated: Generated<number>
  /** The number of parts of `revision` that have arrived. */
  part: number
  revision: Generated<number>
  /** The newest revision of which all parts have arrived. */
  revision_sent: number
  /** JSON: the ids of the messages that have arrived, in the order of their parts. */
  message_ids: string | null
  error: string | null
  settled_at: number | null
}

/** A wait that a platform asked for. */
interface FloodTable {
  /** The platform, or one of its chats: see `chatKey`. */
  platform: string
  until: number
}

/** An edition of the content, stored as long as a chat may need the difference to a later one. */
interface EditionTable {
  id: Generated<number>
  /** JSON: an edition. */
  content: string
  /** JSON: when the dates of each event were first seen. */
  known: string
  /** `settled` once published. At most one edition is pending: `settling`, or `held` for a moderator's approval. */
  state: string
  /** 1 if a moderator discarded its update. */
  discarded: Generated<number>
  /** When the edition was published; if it is pending, when it was first seen. */
  at: number
}

/** The last difference between two editions that a chat was shown about a subject. */
interface LookTable {
  chat_id: number
  /** A section's command, `events`, or an empty text for all. */
  subject: string
  /** The newer edition, which was shown. */
  edition_id: number
  /** The older edition, which it was compared with. */
  before_id: number
  at: number
}

/** A slot of the schedule, and its outcome. */
interface SlotTable {
  key: string
  at: number
  /** `posted`, `missed`, or `silent` if there was nothing to post. */
  outcome: string
}

/** A value that the schedule or a platform keeps under a name. */
interface AgendaTable {
  name: string
  value: string
}

/** A picture of an announcement. */
interface PictureTable {
  id: Generated<number>
  /** `jpeg`, `png`, `webp`. */
  type: string
  bytes: Uint8Array
  created_at: number
}

/** A picture that Telegram has. */
interface TelegramFileTable {
  /** See `pictureName`. */
  name: string
  /** The picture of an announcement, which takes this row along when it is erased; null for other pictures. */
  picture_id: number | null
  /** Telegram's file id. */
  file: string
  kept_at: number
}

/** A moderator's request to send, correct or retract: a draft until the moderator confirms it. */
interface AnnouncementTable {
  /** From the sequence of the ids of `broadcasts`; the same as `number` for a new announcement. */
  id: Generated<number>
  /** The number that moderators see: the id of its broadcast, which a draft reserves. */
  number: number
  /** Idempotency key: the message or press that it came from. */
  source_key: string
  /** `send`, `correct`, `retract`. */
  act: string
  /** `draft`, `confirmed`, `discarded`. */
  state: string
  /** Grows with each change: a moderator confirms the revision that they have seen. */
  revision: number
  /** `telegram:42` */
  created_by: string
  /** The chat where it was written, and where its progress appears; the address is null once the chat is forgotten. */
  platform: string
  address: string | null
  within: string | null
  kind: string
  /** JSON: the text. */
  text: string
  /** JSON: the audience and the time. */
  options: string
  picture_id: number | null
  /** The broadcast that it became, corrects or retracts. */
  broadcast_id: number | null
  /** The platform's id of the message that shows its progress. */
  card_id: string | null
  /** 0 while its progress is shown, 1 after that; 2 like 0, with the outcome already in the audit. */
  card_done: number
  created_at: number
  changed_at: number
}

/** The only row of the table: the id of this installation. */
interface InstallationTable {
  id: string
}

export type ChatRow = Selectable<ChatTable>
