import { toDraftText } from '../../announcements/correction.ts'
import type { Message } from '../../message.ts'
import { FORM_LENGTH, type Form, type UserText } from '../../platform.ts'
import type { Announcement, AnnouncementOptions } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import type { ModeratorContext } from './context.ts'

interface Wanted extends Pick<Announcement, 'act'> {
  readonly text: UserText
  readonly picture?: NonNullable<Message['picture']>
  readonly broadcastId?: number
  /** Where they are not what every draft begins with. */
  readonly options?: AnnouncementOptions
}

/** A draft of what was written, by whoever asks. */
export async function writeDraft(context: ModeratorContext, wanted: Wanted): Promise<Announcement> {
  const { call, store, authority } = context
  const { act, text, picture, broadcastId, options = { topic: 'announcements' } } = wanted
  const { place, id = crypto.randomUUID() } = call.request
  if (!place) throw new TypeError('Where nothing is kept, nothing is announced.')
  const { within } = authority
  return store.announcements.draft({
    ...{ key: `${act} ${place.platform} ${id}`, act, by: authority.actor, place },
    text: JSON.stringify(toDraftText(text, picture)),
    // Whoever may announce in their own server alone writes for that.
    options: { ...options, ...(within !== undefined && { within, platform: place.platform }) },
    ...(picture && { pictureId: picture.id }),
    ...(broadcastId !== undefined && { broadcastId }),
  })
}

/** What would be cut there would be lost when it is sent. */
export function fits(text = ''): boolean {
  return text.length <= FORM_LENGTH
}

export function formOf(line: string, title: string, text?: string, picture?: string): Form {
  return {
    ...{ line, title, label: texts.announce.form.text },
    ...(text !== undefined && { text }),
    ...(picture !== undefined && { picture }),
  }
}
