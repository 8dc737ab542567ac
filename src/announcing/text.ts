import type { Root } from 'mdast'
import { corrected } from '../briefing/announced.ts'
import type { Message, Picture } from '../message.ts'
import type { Loss, Written } from '../platform.ts'
import type { AnnouncementOptions } from '../store/announcement.ts'

/** What was written, as it is kept: the text of a draft. */
export interface DraftText {
  readonly body: Root
  readonly lost: readonly Loss[]
  /** As it was typed, where that can be typed again. */
  readonly source?: string
  readonly picture?: Picture
}

export function toDraftText({ body, lost, source }: Written, picture?: Picture): DraftText {
  return { body, lost, ...(source !== undefined && { source }), ...(picture && { picture }) }
}

/** What everybody gets of a draft. Pure. */
export function announcementOf(
  { body, picture }: DraftText,
  { link }: Pick<AnnouncementOptions, 'link'>,
): Message {
  return {
    body,
    ...(picture && { picture }),
    ...(link && { actions: [{ label: link.title, command: link.line }] }),
  }
}

/**
 * What stands in the place of what was sent: its picture and its buttons stay, since no platform makes a
 * text of a picture or the other way round. Pure.
 */
export function correctionOf(
  before: Message,
  { body }: DraftText,
  at: Temporal.Instant,
  zone: string,
): Message {
  return { ...before, body: corrected(body, at, zone) }
}

/** Whether there is anything that somebody would see. */
export function isBlank({ body }: Pick<Written, 'body'>): boolean {
  return body.children.length === 0
}
