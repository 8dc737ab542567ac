import { unfit } from '../../announcements/correction.ts'
import { readTime } from '../../announcements/schedule-time.ts'
import type { UserText } from '../../bot.ts'
import { asPost, emphasis, message, paragraph } from '../../message.ts'
import { readClock, readDay } from '../../parse-time.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered, Call, Command } from '../command.ts'
import { FOR_ADMINS } from '../moderators.ts'
import { choicePanel, isPage, optionsFrom } from './choices.ts'
import { confirm } from './confirm.ts'
import { draftNumbered, draftOf, type ModeratorContext, withModerator } from './context.ts'
import { formOf, textBehind, writeDraft } from './create.ts'
import { discardedText, draftPanel, newDraftPanel } from './draft.ts'
import { askForText, revise, rewrite, withoutPicture } from './edit.ts'
import { keepPicture } from './picture.ts'
import { proposalOf } from './proposal.ts'

const words = texts.announce

/** The command that drafts an announcement. A moderator checks the draft, and then sends it. */
export const announceCommands: readonly Command[] = [
  {
    name: 'announce',
    aliases: [],
    ...texts.commands.announce,
    parameters: [{ name: 'text', description: texts.parameters.announcement, required: false }],
    ...FOR_ADMINS,
    asksForm: true,
    quotes: texts.commands.announce.quotes,
    run: withModerator(async context => {
      const { call } = context
      const asked = readDraftAction(call.values.text ?? '', call)
      if (asked) return applyDraftAction(context, asked)
      const written = textBehind(call, 0)
      return written ? createDraft(context, written) : askForAnnouncement(context)
    }),
  },
]

/** An action on a draft, as a moderator typed it or pressed its button. */
interface DraftAction {
  /** The id of the draft if its revision is given, otherwise its number. */
  readonly id: number
  /** The revision of the draft that the moderator saw. */
  readonly revision?: number
  readonly act: string
  readonly value: string
}

/** Actions on a draft without a value. Only `edit` may have a new text after it. */
const WITHOUT_VALUE = /^(send|show|discard|audience|time|link|back)?$|^(edit)(?: |$)/

/** Actions on a draft with a value. */
const WITH_VALUE =
  /^(?:(to|topic) (\S{1,60})|(urgent) (on|off)|(picture) (off)|(link) ((?:(?:event|exercise) )?\S{1,60})|(at) (.{1,60}))$/

/** Parses an action on a draft. Returns undefined for any other text that begins with a number. */
function readDraftAction(line: string, { now, today, zone }: Call): DraftAction | undefined {
  const [, id, revision, rest = ''] = /^(\d{1,15})(?:\.(\d{1,9}))?(?: (.*))?$/.exec(line) ?? []
  // "in 2h", "on friday at 9" and "5 May 18:00" also set the time. A clock time alone, such as "noon", may be a text.
  const isDated = readDay(rest, today) ?? (!readClock(rest) && readTime(rest, now, zone))
  const action = isDated || /^in \d/.test(rest) ? `at ${rest}` : rest
  const found = WITHOUT_VALUE.exec(action) ?? WITH_VALUE.exec(action)
  if (id === undefined || !found) return undefined
  const [act = '', value = ''] = found.slice(1).filter(part => part !== undefined)
  return {
    id: Number(id),
    act,
    value,
    ...(revision !== undefined && { revision: Number(revision) }),
  }
}

async function applyDraftAction(context: ModeratorContext, asked: DraftAction): Promise<Answered> {
  const { id, act, value } = asked
  const draft = await askedDraft(context, asked)
  const written = act === 'edit' ? textBehind(context.call, 2) : undefined
  if (!draft) {
    const lines = [words.unknownDraft(id), ...(act === '' ? [words.numberAlone] : [])]
    const said = message(lines.map(each => paragraph(each)))
    return written ? { refused: said } : said
  }
  const isStale =
    draft.state !== 'draft' || (asked.revision !== undefined && asked.revision !== draft.revision)
  if (written) return rewrite(context, draft, written, isStale)
  if (draft.state === 'discarded') return say(discardedText(draft))
  // `confirm` reports the state of the post if the draft was confirmed before.
  if (act === 'send' || draft.state === 'confirmed') return confirm(context, draft, asked.revision)
  if (isStale) return draftPanel(context, draft, words.changed)
  if (act === 'discard') {
    const isDone = await context.store.announcements.discard(draft.id, draft.revision)
    return isDone ? say(discardedText(draft)) : draftPanel(context, draft, words.changed)
  }
  if (act === 'edit') return askForText(context, draft)
  if (act === 'show') return showPost(context, draft)
  if (act === 'picture') return withoutPicture(context, draft)
  if (isPage(act) && value === '') return choicePanel(context, draft, act)
  if (value === '') return draftPanel(context, draft)
  const options = optionsFrom(context, draft, act, value)
  if (typeof options === 'string') return draftPanel(context, draft, options)
  return options
    ? revise(context, draft, { options })
    : draftPanel(context, draft, words.noSuchChoice(`${act} ${value}`))
}

/**
 * Resolves to the draft that a line means. A typed line has a number. A button has an id: with a revision, unless it is
 * of a release in which drafts and posts had separate numbers.
 */
function askedDraft(context: ModeratorContext, { id, revision }: DraftAction) {
  const { by } = context.call.request.origin
  const isPressed = by === 'button' || by === 'post-button'
  return (isPressed || revision !== undefined ? draftOf : draftNumbered)(context, id)
}

/** Sends the post as subscribers would get it, to the chat of the draft alone, with a line that says so. */
async function showPost(context: ModeratorContext, draft: Announcement): Promise<Answered> {
  const proposal = await proposalOf(context, draft)
  if (!proposal || draft.act === 'retract') return draftPanel(context, draft)
  const { body, ...rest } = proposal.message
  const isAlone = context.place.kind !== 'group'
  const note = paragraph(emphasis(isAlone ? words.onlyYou : words.onlyHere))
  const post = { ...rest, body: { ...body, children: [...body.children, note] } }
  return { message: asPost(post), isBelow: true }
}

async function createDraft(context: ModeratorContext, written: UserText): Promise<Answered> {
  const fault = unfit(written)
  if (fault) return { refused: say(fault) }
  const { picture, problem } = await keepPicture(context, written)
  const { picture: _, ...text } = written
  const isEmpty = problem !== undefined && unfit(text) !== undefined
  if (isEmpty) return { refused: say(`${problem} ${words.blank}`) }
  const draft = await writeDraft(context, {
    act: 'send',
    text: written,
    ...(picture && { picture }),
  })
  const said = problem === undefined ? undefined : `${problem} ${words.anotherPicture}`
  return newDraftPanel(context, draft, said ?? (await otherDraftNote(context, draft.id)))
}

/** Warns if the text begins with the number of another draft, because it may have been meant for that draft. */
async function otherDraftNote(context: ModeratorContext, own: number): Promise<string | undefined> {
  const [, id] = /^(\d{1,15})(?:\.\d+)?(?:\s|$)/.exec(context.call.values.text ?? '') ?? []
  const other = id === undefined ? undefined : await draftNumbered(context, Number(id))
  return other?.state === 'draft' && other.id !== own ? words.isNew(other.number) : undefined
}

function askForAnnouncement({ call }: ModeratorContext): Answered {
  const said = say(words.howToWrite)
  return call.request.origin.textEntry === 'form'
    ? { form: formOf('/announce', words.form.send, undefined, words.form.picture), message: said }
    : said
}
