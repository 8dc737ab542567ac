import {
  type DraftText,
  isBlank,
  isSameText,
  toDraftText,
  unfit,
} from '../../announcements/correction.ts'
import { previewsOf } from '../../announcements/preview.ts'
import { type Message, type Picture, paragraph } from '../../message.ts'
import type { BotRequest, UserText } from '../../platform.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import { say } from '../access.ts'
import type { Answered } from '../command.ts'
import type { ModeratorContext } from './context.ts'
import { fits, formOf, writeDraft } from './create.ts'
import { draftLine, draftPanel } from './draft.ts'
import { keepPicture } from './picture.ts'
import { proposalOf, textOf } from './proposal.ts'

const words = texts.announce

/** The button of the question for a new text: nothing else has it. */
const BACK = 'back'
const ASKED = new RegExp(`^(/announce \\d{1,15}\\.\\d{1,9}) ${BACK}$`)
const ASKED_OR_SHOWN = new RegExp(`^(/announce \\d{1,15}\\.\\d{1,9}) (?:${BACK}|edit)$`)

/** A form where there are some; elsewhere a question, whose answer is the new text. */
export function askForText({ call, operations }: ModeratorContext, draft: Announcement): Answered {
  const { id, act, broadcastId = 0 } = draft
  const text = textOf(draft)
  const { form } = words
  const title = act === 'send' ? form.edit(id) : form.correct(broadcastId)
  const [shown] = previewsOf(text, operations.platforms)
  const { hasForms, place } = call.request
  // What its reader alone sees cannot be answered, and nobody tells us what is answered on Discord.
  const isAnswered = !hasForms && place?.platform === 'telegram'
  const question: Message = {
    body: {
      type: 'root',
      children: [
        paragraph(words.soFar(id)),
        { type: 'blockquote', children: (shown?.parts ?? []).flat() },
        // Last, beside the button: of several parts it is this one that is answered.
        paragraph(isAnswered ? words.howToAnswer : words.howToRewrite(id)),
      ],
    },
    actions: [{ label: words.acts.back, command: draftLine(draft, BACK) }],
  }
  if (!hasForms) return question
  const before = fits(text.source) ? text.source : undefined
  const label = act === 'send' ? form.picture : undefined
  return { form: formOf(draftLine(draft, 'edit'), title, before, label), message: question }
}

/**
 * What answers the question for a draft's new text is that text; in a chat of one's own what answers the
 * draft is so too. In a group people talk about it. Pure.
 */
export function asMeant(request: BotRequest): BotRequest {
  const { line, answers, place } = request
  const asked = place?.kind === 'private' ? ASKED_OR_SHOWN : ASKED
  const [, draft] = answers?.lines.map(each => asked.exec(each)).find(each => each) ?? []
  if (!answers || draft === undefined || line.trim().startsWith('/')) return request
  return { ...request, line: `${draft} edit`, written: answers.written }
}

/**
 * What was written takes the place of a draft's text; where somebody has changed the draft since
 * (`isStale`), it becomes a draft of its own: nothing that was written is lost.
 */
export async function rewrite(
  context: ModeratorContext,
  draft: Announcement,
  given: UserText,
  isStale: boolean,
): Promise<Answered> {
  const { announcements } = context.store
  const isPost = draft.act !== 'send'
  const written = isPost ? given : withWords(given, draft)
  const { picture: _, ...bare } = written
  const fault = unfit(isPost ? bare : written)
  if (fault) return { refused: say(fault) }
  if (isPost && !(await proposalOf(context, draft))) {
    return { refused: say(words.isOver(draft.broadcastId ?? 0)) }
  }
  const { picture, problem } = await pictureBeside(context, draft, written)
  const text = toDraftText(written, picture)
  const isKept = isSameText(text, textOf(draft))
  const done = isKept && given.picture ? words.repictured : words.rewritten
  const how = { text: JSON.stringify(text), pictureId: picture?.id ?? null }
  const changed = isStale ? undefined : await announcements.revise(draft.id, draft.revision, how)
  if (changed) return draftPanel(context, changed, problem ?? done(draft.id))
  // Fetching a picture takes a while.
  const now = (await announcements.find(draft.id)) ?? draft
  const isThere = now.state === 'draft' && problem === undefined && (await says(context, now, text))
  // Brought again, it is there already.
  if (isThere) return draftPanel(context, now, done(draft.id))
  const { act, options, broadcastId } = now
  const other = await writeDraft(context, {
    ...{ act, text: written, options },
    ...(picture && { picture }),
    ...(isPost && broadcastId !== undefined && { broadcastId }),
  })
  const said = words.elsewhere[now.state](draft.id, other.id)
  return draftPanel(context, other, problem === undefined ? said : `${said} ${problem}`)
}

/** Whether a draft says exactly this, with the same picture. */
async function says(
  { store }: ModeratorContext,
  draft: Announcement,
  text: DraftText,
): Promise<boolean> {
  const before = textOf(draft)
  if (!isSameText(before, text)) return false
  const [one, other] = [before.picture, text.picture]
  if (!one || !other || one.id === other.id) return one?.id === other?.id
  const [kept, given] = [await store.pictures.read(one.id), await store.pictures.read(other.id)]
  return kept !== undefined && given !== undefined && Buffer.compare(kept.bytes, given.bytes) === 0
}

/** A picture alone leaves the text as it is. */
function withWords(written: UserText, draft: Announcement): UserText {
  const { picture } = written
  if (!picture || !isBlank(written.body)) return written
  const { body, lost, source } = textOf(draft)
  return { body, lost, picture, ...(source !== undefined && { source }) }
}

/** The one that was given, or the one that it has. What a post shows beside its text stays as it is. */
async function pictureBeside(
  context: ModeratorContext,
  draft: Announcement,
  written: UserText,
): Promise<{ readonly picture?: Picture | undefined; readonly problem?: string }> {
  const { picture: before } = textOf(draft)
  if (draft.act !== 'send') {
    return { picture: before, ...(written.picture && { problem: words.noPicture.kept }) }
  }
  const { picture = before, ...rest } = await keepPicture(context, written)
  return { picture, ...rest }
}

/** The draft as it is, but for its picture. */
export async function withoutPicture(
  context: ModeratorContext,
  draft: Announcement,
): Promise<Answered> {
  const { picture: _, ...text } = textOf(draft)
  const fault = unfit(text)
  if (fault) return draftPanel(context, draft, fault)
  return revise(context, draft, { text: JSON.stringify(text), pictureId: null })
}

/** Changes a draft as it was looked at; where somebody else was quicker, it is shown as it is now. */
export async function revise(
  context: ModeratorContext,
  { id, revision }: Announcement,
  how: Parameters<ModeratorContext['store']['announcements']['revise']>[2],
): Promise<Message> {
  const { announcements } = context.store
  const changed = await announcements.revise(id, revision, how)
  if (changed) return draftPanel(context, changed)
  const now = await announcements.find(id)
  return now ? draftPanel(context, now, words.changed) : say(words.unknownDraft(id))
}
