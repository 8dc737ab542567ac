import { isDeepStrictEqual } from 'node:util'
import type { Root } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { corrected, titleOf } from '../briefing/post-message.ts'
import { findForbidden, treeWithoutHidden, withoutHidden } from '../content/characters.ts'
import { type Message, type Picture, paragraph } from '../message.ts'
import type { Loss, UserText } from '../platform.ts'
import { isVisible } from '../render/clean.ts'
import type { AnnouncementOptions } from '../store/announcements/draft.ts'
import { texts } from '../texts.ts'

/** The text of a draft as it is stored: without invisible characters. */
export interface DraftText {
  readonly body: Root
  readonly lost: readonly Loss[]
  /** As it was typed, where that can be typed again. */
  readonly source?: string
  readonly picture?: Picture
}

export function toDraftText({ body, lost, source }: UserText, picture?: Picture): DraftText {
  return {
    body: treeWithoutHidden(body),
    lost,
    ...(source !== undefined && { source }),
    ...(picture && { picture }),
  }
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

/** What stands where something was taken back and could not be deleted, with a reason where one was written. Pure. */
export function noticeOf(before: Message, { body }: DraftText): Message {
  const children = [paragraph(texts.takenBack), ...body.children]
  // It is known by what it was.
  return { body: { type: 'root', children }, title: titleOf(before) }
}

/** Why a text cannot be sent, in a sentence; nothing where it can. What is quoted nobody has read before. */
export function unfit({ body, picture }: UserText): string | undefined {
  const forbidden = findForbidden(withoutHidden(textOf(body)))
  if (forbidden) return texts.unreadable(forbidden.code)
  return isBlank(body) && !picture ? texts.announce.blank : undefined
}

/** Whether two say the same, whatever their pictures. Pure. */
export function isSameText(one: DraftText, other: DraftText): boolean {
  return isDeepStrictEqual({ ...one, picture: undefined }, { ...other, picture: undefined })
}

/** Whether nobody would see any word of it. Pure. */
export function isBlank(body: Root): boolean {
  return !isVisible(textOf(body))
}
