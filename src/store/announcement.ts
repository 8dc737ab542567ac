import type { Selectable } from 'kysely'
import type { ChatPlace } from '../platform.ts'
import { toPlace } from './chat.ts'
import { instantOf } from './instant.ts'
import { hasStrings, objectOf } from './json.ts'
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

/** Reads an announcement from its row; undefined if the row is damaged, so that no chat gets it. Pure. */
export function toAnnouncement(row: Selectable<Tables['announcements']>): Announcement | undefined {
  const { picture_id, broadcast_id, card_id } = row
  const options = optionsOf(row.options)
  const [act, state] = [
    ACTS.find(each => each === row.act),
    STATES.find(each => each === row.state),
  ]
  const [createdAt, changedAt] = [instantOf(row.created_at), instantOf(row.changed_at)]
  if (!options || !objectOf(row.text) || !act || !state || !createdAt || !changedAt)
    return undefined
  return {
    ...{ id: row.id, revision: row.revision, by: row.created_by, text: row.text },
    ...{ act, state, options, createdAt, changedAt },
    ...(row.address !== null && { place: toPlace(row) }),
    ...(picture_id !== null && { pictureId: picture_id }),
    ...(broadcast_id !== null && { broadcastId: broadcast_id }),
    ...(card_id !== null && { cardId: card_id }),
  }
}

const ACTS = ['send', 'correct', 'retract'] as const
const STATES = ['draft', 'confirmed', 'discarded'] as const

function optionsOf(text: string): AnnouncementOptions | undefined {
  const options = objectOf(text)
  return options && isOptions(options) ? options : undefined
}

function isOptions(value: object): value is AnnouncementOptions {
  const { topic, platform, within, at, urgent, link, seen } = value as Record<string, unknown>
  return (
    [topic, platform, within].every(each => each === undefined || typeof each === 'string') &&
    (urgent === undefined || typeof urgent === 'boolean') &&
    (seen === undefined || Number.isSafeInteger(seen)) &&
    hasStrings(at, ['local', 'zone']) &&
    hasStrings(link, ['line', 'title'])
  )
}
