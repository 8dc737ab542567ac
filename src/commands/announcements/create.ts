import { toDraftText } from '../../announcements/correction.ts'
import { FORM_LENGTH, type Form, type UserText } from '../../bot.ts'
import type { Message } from '../../message.ts'
import type { Announcement, AnnouncementOptions } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import type { Call } from '../command.ts'
import type { ModeratorContext } from './context.ts'

interface NewDraft extends Pick<Announcement, 'act'> {
  readonly text: UserText
  readonly picture?: NonNullable<Message['picture']>
  readonly broadcastId?: number
  /** The options of a new announcement if absent. */
  readonly options?: AnnouncementOptions
}

/** Stores a draft in the user's name. Idempotent for one request. Throws {@link StoreError}. */
export async function writeDraft(
  context: ModeratorContext,
  fields: NewDraft,
): Promise<Announcement> {
  const { call, store, authority, place } = context
  const { act, text, picture, broadcastId, options = { topic: 'announcements' } } = fields
  const { id = crypto.randomUUID() } = call.request.origin
  const { within } = authority
  return store.announcements.draft({
    key: `${act} ${place.platform} ${id}`,
    act,
    by: authority.actor,
    place,
    text: toDraftText(text, picture),
    // An admin of a server announces in that server alone.
    options: { ...options, ...(within !== undefined && { within, platform: place.platform }) },
    ...(broadcastId !== undefined && { broadcastId }),
  })
}

/** Reads the text behind the command and `words` words of its own; undefined if there is none. */
export function textBehind({ request }: Call, words: number): UserText | undefined {
  const { text } = request
  // A message in a group may begin with the name of the bot.
  const head = new RegExp(`^\\s*(?:@\\S+\\s+)?\\S+(?:\\s+\\S+){${words}}\\s*`)
  return text?.read(head.exec(text.typed)?.[0].length ?? 0)
}

/** Tells whether a text fits into a form. A form would cut a longer text, and sending it would lose the rest. */
export function fits(text = ''): boolean {
  return text.length <= FORM_LENGTH
}

export function formOf(line: string, title: string, text?: string, picture?: string): Form {
  return {
    line,
    title,
    label: texts.announce.form.text,
    ...(text !== undefined && { text }),
    ...(picture !== undefined && { picture }),
  }
}
