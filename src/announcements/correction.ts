import { isDeepStrictEqual } from 'node:util'
import type { Root } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import type { UserText } from '../bot.ts'
import { asUrgent, corrected, titleOf } from '../briefing/post-message.ts'
import {
  findForbidden,
  isVisible,
  treeWithoutHidden,
  withoutHidden,
  withoutIdleDirections,
} from '../content/characters.ts'
import { type Message, paragraph } from '../message.ts'
import type { StoredPicture } from '../picture.ts'
import type { AnnouncementOptions, DraftText } from '../store/announcements/draft.ts'
import { texts } from '../texts.ts'

/** Converts a user's text to the text of a draft, without invisible characters. Pure. */
export function toDraftText({ body, lost, source }: UserText, picture?: StoredPicture): DraftText {
  return {
    body: treeWithoutHidden(body),
    lost,
    ...(source !== undefined && { source }),
    ...(picture && { picture }),
  }
}

/** Returns the message that subscribers get from a draft. Pure. */
export function announcementOf(
  { body, picture }: DraftText,
  { link, urgent }: Pick<AnnouncementOptions, 'link' | 'urgent'>,
): Message {
  const said = {
    body,
    ...(picture && { picture }),
    ...(link && { actions: [{ label: link.title, command: link.line }] }),
  }
  return urgent ? asUrgent(said) : said
}

/**
 * Returns the message of a post after its correction or retraction. Pure.
 *
 * @param zone IANA zone in which the time of a correction is shown.
 */
export function changedMessage(
  act: 'correct' | 'retract',
  before: Message,
  text: DraftText,
  at: Temporal.Instant,
  zone: string,
): Message {
  return act === 'retract' ? noticeOf(before, text) : correctionOf(before, text, at, zone)
}

/**
 * Returns the correction of a sent message. Its picture and buttons stay, because no platform can edit a picture into
 * a text or a text into a picture.
 */
function correctionOf(
  before: Message,
  { body }: DraftText,
  at: Temporal.Instant,
  zone: string,
): Message {
  return { ...before, tone: 'corrected', body: corrected(body, at, zone) }
}

/** Returns the notice, with the reason if any, that replaces a retracted message that cannot be deleted. */
function noticeOf(before: Message, { body }: DraftText): Message {
  const children = [paragraph(texts.takenBack), ...body.children]
  // Lists still show the title of the original message.
  return { body: { type: 'root', children }, title: titleOf(before) }
}

/**
 * Returns a sentence that says why a text cannot be sent; undefined if it can. Checks the whole text, because the
 * check of a typed line does not see a quoted message. Pure.
 */
export function unfit({ body, picture }: UserText): string | undefined {
  return unreadable(textOf(body)) ?? (isBlank(body) && !picture ? texts.announce.blank : undefined)
}

/** Returns a sentence that names a character that no announcement may have; undefined if the text has none. Pure. */
export function unreadable(text: string): string | undefined {
  const forbidden = findForbidden(withoutIdleDirections(withoutHidden(text)))
  return forbidden && texts.unreadable(forbidden.code)
}

/** Whether two drafts have the same text. Ignores pictures. Pure. */
export function isSameText(one: DraftText, other: DraftText): boolean {
  return isDeepStrictEqual({ ...one, picture: undefined }, { ...other, picture: undefined })
}

/** Whether a body has no visible character. Pure. */
export function isBlank(body: Root): boolean {
  return !isVisible(textOf(body))
}
