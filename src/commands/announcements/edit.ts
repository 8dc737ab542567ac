import { isBlank, isSameText, toDraftText, unfit } from '../../announcements/correction.ts'
import { previewsOf } from '../../announcements/preview.ts'
import type { BotRequest, RequestText, UserText } from '../../bot.ts'
import { type Message, paragraph } from '../../message.ts'
import type { StoredPicture } from '../../picture.ts'
import type { Announcement, DraftText } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered } from '../command.ts'
import type { ModeratorContext } from './context.ts'
import { fits, formOf, writeDraft } from './create.ts'
import { draftLine, draftPanel, newDraftPanel } from './draft.ts'
import { keepPicture } from './picture.ts'
import { proposalOf } from './proposal.ts'

const words = texts.announce

/** The action of the button under the question for a new text, by which a reply to that question is recognized. */
const BACK = 'back'
const QUESTION = new RegExp(`^(/announce \\d{1,15}\\.\\d{1,9}) ${BACK}$`)
const QUESTION_OR_DRAFT = new RegExp(`^(/announce \\d{1,15}\\.\\d{1,9}) (?:${BACK}|edit)$`)

/** Asks for a new text: with a form if the platform has forms, otherwise with a question that the user replies to. */
export function askForText({ call, operations }: ModeratorContext, draft: Announcement): Answered {
  const { number, act } = draft
  const text = draft.text
  const { form } = words
  const title = act === 'send' ? form.edit(number) : form.correct(number)
  const [shown] = previewsOf(text, operations.platforms)
  const { textEntry } = call.request.origin
  const question: Message = {
    body: {
      type: 'root',
      children: [
        paragraph(act === 'send' ? words.soFar(number) : words.soFarChange(number)),
        { type: 'blockquote', children: (shown?.parts ?? []).flat() },
        // This paragraph is last, because users reply to the last message of a split question, which has the button.
        paragraph(textEntry === 'reply' ? words.howToAnswer : words.howToRewrite(number)),
      ],
    },
    actions: [{ label: words.acts.back, command: draftLine(draft, BACK) }],
  }
  if (textEntry !== 'form') return question
  const before = fits(text.source) ? text.source : undefined
  const label = act === 'send' ? form.picture : undefined
  return { form: formOf(draftLine(draft, 'edit'), title, before, label), message: question }
}

/**
 * Turns a reply to the question for a new text into an edit of that draft; undefined for any other line. In a private
 * chat, a reply to the draft itself is an edit too; in a group, it may be part of a conversation. Pure.
 */
export function asDraftEdit(
  line: string,
  { text, chat }: BotRequest,
): { readonly line: string; readonly text: RequestText } | undefined {
  const { lines, offset } = text?.answers ?? { lines: [], offset: 0 }
  const asked = chat?.ref.kind === 'private' ? QUESTION_OR_DRAFT : QUESTION
  const [, draft] = lines.map(each => asked.exec(each)).find(each => each) ?? []
  if (!text || draft === undefined || line.trim().startsWith('/')) return undefined
  return { line: `${draft} edit`, text: { typed: '', read: () => text.read(offset) } }
}

/**
 * Replaces a draft's text. If the draft has changed since the user saw it (`isStale`), stores the text as a new draft,
 * so that it is not lost. Throws {@link StoreError}.
 */
export async function rewrite(
  context: ModeratorContext,
  draft: Announcement,
  given: UserText,
  isStale: boolean,
): Promise<Answered> {
  const { announcements } = context.store
  const concernsPost = draft.act !== 'send'
  const written = concernsPost ? given : withDraftText(given, draft)
  const { picture: _, ...bare } = written
  const fault = unfit(concernsPost ? bare : written)
  if (fault) return { refused: say(fault) }
  if (concernsPost && !(await proposalOf(context, draft))) {
    return { refused: say(words.isOver(draft.number)) }
  }
  const { picture, problem } = await pictureFor(context, draft, written)
  const text = toDraftText(written, picture)
  const isKept = isSameText(text, draft.text)
  const done = isKept && given.picture ? words.repictured : words.rewritten
  const changed = isStale
    ? undefined
    : await announcements.revise(draft.id, draft.revision, { text })
  if (changed) return newDraftPanel(context, changed, problem ?? done)
  // The draft may have changed while the picture was fetched.
  const newest = (await announcements.find(draft.id)) ?? draft
  const isThere =
    newest.state === 'draft' && problem === undefined && (await hasText(context, newest, text))
  // A redelivered request finds its text stored already.
  if (isThere) return draftPanel(context, newest, done)
  const { act, options, broadcastId } = newest
  const other = await writeDraft(context, {
    act,
    text: written,
    options,
    ...(picture && { picture }),
    ...(concernsPost && broadcastId !== undefined && { broadcastId }),
  })
  const said = words.elsewhere[newest.state]
  return newDraftPanel(context, other, problem === undefined ? said : `${said} ${problem}`)
}

/** Tells whether a draft has exactly this text and picture. */
async function hasText(
  { store }: ModeratorContext,
  draft: Announcement,
  text: DraftText,
): Promise<boolean> {
  const before = draft.text
  if (!isSameText(before, text)) return false
  const [one, other] = [before.picture, text.picture]
  if (!one || !other || one.id === other.id) return one?.id === other?.id
  const [kept, given] = [await store.pictures.read(one.id), await store.pictures.read(other.id)]
  return kept !== undefined && given !== undefined && Buffer.compare(kept.bytes, given.bytes) === 0
}

/** Adds the draft's text if the user sent only a picture. */
function withDraftText(written: UserText, draft: Announcement): UserText {
  const { picture } = written
  if (!picture || !isBlank(written.body)) return written
  const { body, lost, source } = draft.text
  return { body, lost, picture, ...(source !== undefined && { source }) }
}

/** Resolves to the new picture, or to the draft's own. The picture of a post that was sent cannot change. */
async function pictureFor(
  context: ModeratorContext,
  draft: Announcement,
  written: UserText,
): Promise<{ readonly picture?: StoredPicture | undefined; readonly problem?: string }> {
  const { picture: before } = draft.text
  if (draft.act !== 'send') {
    return { picture: before, ...(written.picture && { problem: words.noPicture.kept }) }
  }
  const { picture = before, problem } = await keepPicture(context, written)
  return {
    picture,
    ...(problem !== undefined && { problem: `${problem} ${words.anotherPicture}` }),
  }
}

/** Removes the picture of a draft. Throws {@link StoreError}. */
export async function withoutPicture(
  context: ModeratorContext,
  draft: Announcement,
): Promise<Answered> {
  const { picture: _, ...text } = draft.text
  const fault = unfit(text)
  if (fault) return draftPanel(context, draft, fault)
  return revise(context, draft, { text })
}

/** Changes a draft at the revision that the user saw. If the draft has changed since, shows its newest revision. */
export async function revise(
  context: ModeratorContext,
  { id, number, revision }: Announcement,
  how: Parameters<ModeratorContext['store']['announcements']['revise']>[2],
): Promise<Message> {
  const { announcements } = context.store
  const changed = await announcements.revise(id, revision, how)
  if (changed) return draftPanel(context, changed)
  const newest = await announcements.find(id)
  return newest ? draftPanel(context, newest, words.changed) : say(words.unknownDraft(number))
}
