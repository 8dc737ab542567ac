import type { Generated, Selectable } from 'kysely'

/**
 * The tables. Ids of platforms are text, instants integer milliseconds since the epoch, truths 0 or
 * 1, and what has parts of its own is JSON as text: the same in both dialects.
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
  announcements: AnnouncementTable
  installation: InstallationTable
}

/** A place to post to: a private chat, a group, a topic of a forum, a channel. */
interface ChatTable {
  id: Generated<number>
  platform: string
  /** On the platform; a topic of a forum as `-1001/77`. Null once the chat is forgotten. */
  address: string | null
  /** The group or server that it is part of, where it is part of one. */
  within: string | null
  kind: string
  /** `active`, or by command `paused` or `stopped`. */
  state: string
  /** Why it cannot be reached, where it cannot. */
  gone: string | null
  /**
   * When an unreachable chat is tried again, by a post or a check; 0 if only a post can show it. Null if the
   * chat is reachable or left.
   */
  retry_at: number | null
  /** JSON: since when it cannot be reached, how often it was tried, what the platform said; what it has missed. */
  reach: string | null
  paused_until: number | null
  /** IANA zone. */
  zone: string
  cadence: string
  /** 0–23, local. */
  hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  weekday: number
  /** Local hours between which nothing is posted; both or neither. */
  quiet_from: number | null
  quiet_to: number | null
  table_style: string
  /** 1 where no digest shall come that has nothing new. */
  only_new: Generated<number>
  next_digest_at: number | null
  /** The instant of its last digest, sent or not: none before it is due again. */
  digested_at: number | null
  /** Local date of the newest digest that the chat has had; empty if none, null before this column existed. */
  digest_day: string | null
  /** Monday of the newest week whose weekly digest the chat has had. */
  digest_week: string | null
  /** When the zone was changed last. */
  zoned_at: number | null
  /** 1 from a change of the zone until the schedule has looked for reminders that the chat has not had. */
  moved: Generated<number>
  /** The edition that it knows: what has changed since then is new to it. */
  edition_id: number | null
  created_at: number
  changed_at: number
}

interface SubscriptionTable {
  chat_id: number
  /** `digest`, `exercises`, `announcements`, or `section:` and a command. */
  topic: string
}

/** What was done by whom; only ever added to. */
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
  /** Counted up at each acquisition. */
  epoch: number
  /** By the store's own clock. */
  expires_at: number
}

interface BroadcastTable {
  id: Generated<number>
  /** What makes it one and the same, however often it is asked for. */
  dedupe_key: string
  kind: string
  topic: string
  /** JSON: of its newest revision. */
  message: string
  /** JSON: to whom, beside the topic. */
  audience: string
  /** The higher, the sooner. */
  priority: number
  /** `active`, `paused`, `cancelled`; see `finished_at`. */
  state: string
  /** 1, and one more with each correction. */
  revision: number
  /** How far the audience is enqueued: the highest chat id so far. */
  enqueued_to: number
  /** 1 once all of it is. */
  enqueued: Generated<number>
  /** How far what was delivered is due again for the newest revision; null where all of it is. */
  revised_to: number | null
  /** 1 where the newest revision takes back: its message is what stands where nothing can be deleted. */
  retracted: Generated<number>
  /** 1 where it does not wait for the end of quiet hours. */
  urgent: Generated<number>
  /** 1 where what may have arrived is sent again. */
  repeats: Generated<number>
  /** 1 where channels for announcements pass it on. */
  publish: Generated<number>
  /** Nobody gets it before; null where there is nothing to wait for. */
  starts_at: number | null
  /** When nobody wants it any more. */
  expires_at: number | null
  created_at: number
  created_by: string | null
  /** When the last row was settled; null while there is work. */
  finished_at: number | null
  /** Why it rests, where nobody has paused it; `insisted` where somebody has resumed it. */
  note: string | null
  /** What it is about, where that can be corrected by itself: an exercise's id. */
  subject: string | null
  /** Whoever gets it knows this edition from then on. */
  edition_id: number | null
  /** Of a digest the instant that it was due: its rows come as chats are taken, not by audience. */
  slot_at: number | null
}

/** One row a broadcast and chat. See the design's Delivery for the states. */
export interface DeliveryTable {
  broadcast_id: number
  chat_id: number
  /** The chat's: each platform claims its own. */
  platform: string
  state: string
  /** Calls that have failed since the last that has not. */
  attempts: number
  /** When it may be claimed: 0 at once, behind whatever is to be tried again. Claimed: since when. */
  next_at: number
  /** The lease's at the claim. */
  epoch: number | null
  /** When the call of a claimed row left, or was about to; null while the row is merely claimed. */
  left_at: number | null
  /** Since when a call may have arrived whose answer did not. */
  tried_at: number | null
  /** How often it was sent again although it may have arrived. */
  repeated: Generated<number>
  /** How many parts of `revision` have arrived. */
  part: number
  revision: Generated<number>
  /** The newest revision that has arrived as a whole. */
  revision_sent: number
  /** JSON: the ids of the messages that have arrived, in the order of their parts. */
  message_ids: string | null
  error: string | null
  settled_at: number | null
}

/** Until when a platform has asked us to wait. */
interface FloodTable {
  platform: string
  until: number
}

/** What the content said, for as long as somebody may want to know what has changed since. */
interface EditionTable {
  id: Generated<number>
  /** JSON: an edition. */
  content: string
  /** JSON: since when the dates of each exercise are known. */
  known: string
  /** `settled`: its news are told. One at most is not that yet: `settling`, or `held` for a moderator. */
  state: string
  /** When it was first seen; of what is settled, when it was. */
  at: number
}

/** What a chat has looked up of what has changed. */
interface LookTable {
  chat_id: number
  /** A section's command, `exercises`, or nothing for all. */
  subject: string
  /** The edition that was shown. */
  edition_id: number
  /** The one that it was compared with. */
  before_id: number
  at: number
}

/** What was planned for an instant and has no post to show for it, and what was posted. */
interface SlotTable {
  key: string
  at: number
  /** `posted`, `missed`, or `silent`: there was nothing to say. */
  outcome: string
}

/** What the clock remembers of its own. */
interface AgendaTable {
  name: string
  value: string
}

/** Of announcements. */
interface PictureTable {
  id: Generated<number>
  /** `jpeg`, `png`, `webp`. */
  type: string
  bytes: Uint8Array
  /** By which Telegram knows it, once it has it. */
  telegram_file: string | null
  created_at: number
}

/** What somebody wants to have announced, corrected or taken back: a draft, until it is confirmed. */
interface AnnouncementTable {
  id: Generated<number>
  /** What it came from: brought again, it is there once. */
  source_key: string
  /** `send`, `correct`, `retract`. */
  act: string
  /** `draft`, `confirmed`, `discarded`. */
  state: string
  /** Counted up with each change: who confirms has seen this one. */
  revision: number
  /** `telegram:42` */
  created_by: string
  /** Where it was written, and its progress is shown; the address is null once that is forgotten. */
  platform: string
  address: string | null
  within: string | null
  kind: string
  /** JSON: what was written. */
  text: string
  /** JSON: to whom, and when. */
  options: string
  picture_id: number | null
  /** What it became, or concerns. */
  broadcast_id: number | null
  /** The platform's id of the message that shows its progress. */
  card_id: string | null
  /** 0: its progress is to be shown. 1: it has been. 2: as 0, but its outcome is in the audit. */
  card_done: number
  created_at: number
  changed_at: number
}

/** One row: what tells this installation from others. */
interface InstallationTable {
  id: string
}

export type ChatRow = Selectable<ChatTable>
