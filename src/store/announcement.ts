import type { Selectable } from 'kysely'
import type { ChatPlace, PlaceKind } from '../platform.ts'
import type { Tables } from './schema.ts'

/** What is wanted: something new to be sent, or something that was sent to be corrected or taken back. */
export type AnnouncementAct = 'send' | 'correct' | 'retract'

/** To whom something new goes, and when. */
export interface AnnouncementOptions {
  readonly topic: string
  /** Nothing where it is every platform that is served. */
  readonly platform?: string
  /** The group or server that alone gets it. */
  readonly within?: string
  /** As it was chosen, local, `2027-03-28T02:30`; and the zone that it was chosen in. */
  readonly at?: { readonly local: string; readonly zone: string; readonly at?: string }
  /** Does not wait for the end of quiet hours. */
  readonly urgent?: boolean
  /** A button below it: what it types, and what it is called. */
  readonly link?: { readonly line: string; readonly title: string }
  /** Of what concerns a post: its revision when that was looked at. */
  readonly seen?: number
}

export interface Announcement {
  readonly id: number
  readonly act: AnnouncementAct
  readonly state: 'draft' | 'confirmed' | 'discarded'
  /** 1, and one more with each change. */
  readonly revision: number
  /** `telegram:42` */
  readonly by: string
  /** Where it was written; nothing once that is forgotten. */
  readonly place?: ChatPlace
  /** JSON: what was written; only whoever writes it knows its form. */
  readonly text: string
  readonly options: AnnouncementOptions
  readonly pictureId?: number
  /** What it has become, or concerns. */
  readonly broadcastId?: number
  /** The message that shows its progress. */
  readonly cardId?: string
  readonly createdAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
}

export function toAnnouncement(row: Selectable<Tables['announcements']>): Announcement {
  const { platform, address, within, picture_id, broadcast_id, card_id } = row
  const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms)
  const place = {
    ...{ platform, address: address ?? '', kind: row.kind as PlaceKind },
    ...(within !== null && { within }),
  }
  return {
    ...{ id: row.id, revision: row.revision, by: row.created_by, text: row.text },
    act: row.act as AnnouncementAct,
    state: row.state as Announcement['state'],
    options: JSON.parse(row.options),
    createdAt: instant(row.created_at),
    changedAt: instant(row.changed_at),
    ...(address !== null && { place }),
    ...(picture_id !== null && { pictureId: picture_id }),
    ...(broadcast_id !== null && { broadcastId: broadcast_id }),
    ...(card_id !== null && { cardId: card_id }),
  }
}
