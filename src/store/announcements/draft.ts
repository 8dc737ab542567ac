import type { Root } from 'mdast'
import type { Loss } from '../../bot.ts'
import type { StoredPicture } from '../../picture.ts'
import type { ChatRef } from '../../platform.ts'

/** The purpose of an announcement: it sends a new message, or it corrects or retracts a sent one. */
export type AnnouncementAct = 'send' | 'correct' | 'retract'

/** The stored text of a draft, without invisible characters. */
export interface DraftText {
  readonly body: Root
  readonly lost: readonly Loss[]
  /** The text as the moderator typed it; absent if it cannot be typed again. */
  readonly source?: string
  readonly picture?: StoredPicture
}

/** The audience and the time of an announcement. */
export interface AnnouncementOptions {
  readonly topic: string
  /** The only platform that gets it; every served platform if absent. */
  readonly platform?: string
  /** The only group or server that gets it. */
  readonly within?: string
  /** The local time as the moderator chose it, `2027-03-28T02:30`, and the IANA zone of the choice. */
  readonly at?: { readonly local: string; readonly zone: string; readonly at?: string }
  /** Whether it is sent during quiet hours too. */
  readonly urgent?: boolean
  /** A button below the message: the command line that a press types, and the label. */
  readonly link?: { readonly line: string; readonly title: string }
  /** The revision of the broadcast that the moderator saw before correcting or retracting it. */
  readonly seen?: number
}

/** A moderator's request to send, correct or retract: a draft until the moderator confirms it. */
export interface Announcement {
  readonly id: number
  /**
   * The number that people see and type: the id of the broadcast that a draft becomes, or that it corrects or retracts.
   * It equals `id` for a new announcement of this release.
   */
  readonly number: number
  readonly act: AnnouncementAct
  readonly state: 'draft' | 'confirmed' | 'discarded'
  /** 1, and one more with each change. */
  readonly revision: number
  /** `telegram:42` */
  readonly by: string
  /** The chat where it was written; absent once the chat is forgotten. */
  readonly place?: ChatRef
  /** Empty once the chat is forgotten. */
  readonly text: DraftText
  readonly options: AnnouncementOptions
  /** The broadcast that it became, corrects or retracts. */
  readonly broadcastId?: number
  /** The platform's id of the message that shows its progress. */
  readonly cardId?: string
  readonly createdAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
}
