import { unfit } from '../../announcements/correction.ts'
import { isUnsent } from '../../announcements/undo-window.ts'
import type { UserText } from '../../bot.ts'
import { message, paragraph } from '../../message.ts'
import type { Broadcast } from '../../store/ledger/broadcast.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered, Command } from '../command.ts'
import { FOR_ADMINS } from '../moderators.ts'
import { type ModeratorContext, postOf, unsentDraft, withModerator } from './context.ts'
import { fits, formOf, textBehind, writeDraft } from './create.ts'
import { draftPanel } from './draft.ts'
import { itemOf, recentAnnouncements } from './list.ts'

const words = texts.announce

/** The commands that correct or retract a sent post. A moderator checks a draft first, and then confirms it. */
export const correctionCommands: readonly Command[] = [
  {
    name: 'correct',
    aliases: [],
    ...texts.commands.correct,
    parameters: [{ name: 'post', description: texts.parameters.correction, required: false }],
    ...FOR_ADMINS,
    asksForm: true,
    run: withPost('correct', async (context, post) => {
      const isPicked = /^message \d/.test(context.call.values.post ?? '')
      const written = textBehind(context.call, isPicked ? 2 : 1)
      return written ? correct(context, post, written) : askForCorrection(context, post.id)
    }),
  },
  {
    name: 'retract',
    aliases: [],
    ...texts.commands.retract,
    parameters: [{ name: 'post', description: texts.parameters.retraction, required: false }],
    ...FOR_ADMINS,
    run: withPost('retract', async (context, post) => {
      const draft = await writeDraft(context, {
        act: 'retract',
        text: reasonIn(context.call.values.post),
        broadcastId: post.id,
        options: { topic: '', seen: post.revision },
      })
      return draftPanel(context, draft)
    }),
  },
]

/** A post at the revision that the moderator saw. */
type Post = Pick<Broadcast, 'id' | 'revision'>

/** Returns a command's `run` on the post that the line names. Refuses if that post cannot be changed. */
function withPost(name: string, run: (context: ModeratorContext, post: Post) => Promise<Answered>) {
  return withModerator(async context => {
    const { post = '' } = context.call.values
    if (post.trim() === '') return offerPosts(context, name)
    const [, number, message] = /^(?:(\d{1,15})|message (\d{1,20}))(?=\s|$)/.exec(post) ?? []
    if (number === undefined && message === undefined) {
      return { refused: say(words.whichPost(name)) }
    }
    const id = message === undefined ? Number(number) : await announcementOf(context, message)
    if (id === undefined) return { refused: say(words.noAnnouncement) }
    const found = await postOf(context, id)
    const isDraft = (!found || isUnsent(found)) && (await unsentDraft(context, id)) !== undefined
    if (isDraft) return { refused: say(words.isDraft(id)) }
    if (!found) return { refused: say(words.unknownPost(id)) }
    if (found.isRetracted) return { refused: say(words.takenBackAlready(id)) }
    // An undone post reached no chat, so there is nothing to change.
    if (isUnsent(found)) return { refused: say(words.neverSent(id)) }
    return run(context, found)
  })
}

/** Most announcements offered as buttons. */
const OFFERED = 5

/** Offers the newest announcements, because the line names none. */
async function offerPosts(context: ModeratorContext, name: string): Promise<Answered> {
  const posts = await recentAnnouncements(context)
  if (typeof posts === 'string') return say(posts)
  return message(
    [paragraph(words.pickPost(name))],
    posts.slice(0, OFFERED).map(post => ({ label: itemOf(post), command: `/${name} ${post.id}` })),
  )
}

/** Resolves to the id of the announcement that a message of this chat is part of. */
function announcementOf({ store, place }: ModeratorContext, message: string) {
  return store.receipts.announcementOf(place, message)
}

/**
 * Returns the reason for a retraction, after the number of the post. Ignores the message that the user replies to,
 * because it may be the text that is being retracted.
 */
function reasonIn(line = ''): UserText {
  const reason = line.replace(/^(?:message )?\d+\s*/, '')
  const children = reason === '' ? [] : [paragraph(reason)]
  return { body: { type: 'root', children }, lost: [] }
}

async function correct(
  context: ModeratorContext,
  { id, revision }: Post,
  written: UserText,
): Promise<Answered> {
  // The picture of a sent post cannot change.
  const { picture, ...text } = written
  const fault = unfit(text)
  if (fault) return { refused: say(fault) }
  const draft = await writeDraft(context, {
    act: 'correct',
    text,
    broadcastId: id,
    options: { topic: '', seen: revision },
  })
  return draftPanel(context, draft, picture && words.noPicture.kept)
}

async function askForCorrection(
  { call, store }: ModeratorContext,
  post: number,
): Promise<Answered> {
  const back = { label: words.acts.back, command: `/announcements ${post}` }
  const said = message([paragraph(words.howToCorrect(post))], [back])
  if (call.request.origin.textEntry !== 'form') return said
  const last = await store.announcements.about(post)
  const source = last && last.act !== 'retract' ? last.text.source : undefined
  const text = fits(source) ? source : undefined
  return { form: formOf(`/correct ${post}`, words.form.correct(post), text), message: said }
}
