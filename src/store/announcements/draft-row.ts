import type { Selectable } from 'kysely'
import { type Message, parseMessage } from '../../message.ts'
import { toChatRef } from '../chats/chat-row.ts'
import { instantOf } from '../instant.ts'
import { hasStrings, objectOf } from '../json.ts'
import type { Tables } from '../sql/schema.ts'
import type { Announcement, AnnouncementOptions, DraftText } from './draft.ts'

/** Reads an announcement from its row; undefined if the row is damaged, so that it cannot be sent. Pure. */
export function toAnnouncement(row: Selectable<Tables['announcements']>): Announcement | undefined {
  const { broadcast_id, card_id } = row
  const [options, text] = [optionsOf(row.options), textOf(row.text)]
  const [act, state] = [
    ACTS.find(each => each === row.act),
    STATES.find(each => each === row.state),
  ]
  const [createdAt, changedAt] = [instantOf(row.created_at), instantOf(row.changed_at)]
  if (!options || !text || !act || !state || !createdAt || !changedAt) return undefined
  return {
    id: row.id,
    number: row.number,
    revision: row.revision,
    by: row.created_by,
    text,
    act,
    state,
    options,
    createdAt,
    changedAt,
    ...(row.address !== null && { place: toChatRef(row) }),
    ...(broadcast_id !== null && { broadcastId: broadcast_id }),
    ...(card_id !== null && { cardId: card_id }),
  }
}

const ACTS = ['send', 'correct', 'retract'] as const
const STATES = ['draft', 'confirmed', 'discarded'] as const

/** The stored text of an announcement whose chat is forgotten. */
export const ERASED = '{}'

function textOf(json: string): DraftText | undefined {
  if (json === ERASED) return { body: { type: 'root', children: [] }, lost: [] }
  const text = parseMessage(json)
  return text && isDraftText(text) ? text : undefined
}

function isDraftText(text: Message & { lost?: unknown; source?: unknown }): text is DraftText {
  return Array.isArray(text.lost) && ['string', 'undefined'].includes(typeof text.source)
}

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
