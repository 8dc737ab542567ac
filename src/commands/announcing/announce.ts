import { shownOn } from '../../announcing/shown.ts'
import { toDraftText, unfit } from '../../announcing/text.ts'
import { type Message, message, paragraph, posted } from '../../message.ts'
import type { Written } from '../../platform.ts'
import type { Announcement } from '../../store/announcement.ts'
import { texts } from '../../texts.ts'
import { say } from '../access.ts'
import type { Answered, Command } from '../command.ts'
import { choicePanel, isPage, optionsFrom } from './choices.ts'
import { confirm, saidBefore } from './confirm.ts'
import { atDesk, type Desk, draftOf } from './desk.ts'
import { draftPanel, press } from './draft.ts'
import { keepPicture } from './picture.ts'
import { proposalOf, textOf } from './proposal.ts'
import { fits, formOf, writeDraft } from './writing.ts'

const words = texts.announce

/** A text that was asked for takes the place of the old one for so long, in milliseconds. */
const AWAITED_MS = 3_600_000

/** Drafts among which one that waits for a text is looked for: more than are ever open. */
const LOOKED_AT = 200

/** What moderators write to everybody: seen by themselves first, then confirmed, and put right afterwards. */
export const announceCommands: readonly Command[] = [
  {
    name: 'announce',
    aliases: [],
    ...texts.commands.announce,
    parameters: [{ name: 'text', description: texts.parameters.announcement, required: false }],
    ...{ private: true, keeps: true, staff: true, asksForm: true },
    quotes: texts.commands.announce.quotes,
    run: call =>
      atDesk(call, desk => {
        const asked = readAct(call.values.text ?? '')
        if (asked) return deal(desk, asked)
        const written = call.request.written?.(0)
        return written ? begin(desk, written) : Promise.resolve(askFor(desk))
      }),
  },
]

interface Asked {
  readonly id: number
  /** Of the draft that was looked at. */
  readonly revision?: number
  readonly act: string
  readonly value: string
}

/** What a draft is told, with nothing behind it but for a new text; and with one of its choices. */
const PLAIN = /^(send|show|discard|audience|time|link)?$|^(edit)(?: |$)/
const CHOSEN =
  /^(?:(to|topic) (\S{1,60})|(urgent) (on|off)|(picture) (off)|(link) ((?:exercise )?\S{1,60})|(at) (.{1,40}))$/

/** What is asked of a draft; a text that begins with a number is none of these. */
function readAct(line: string): Asked | undefined {
  const [, id, revision, rest = ''] = /^(\d{1,15})(?:\.(\d{1,9}))?(?: (.*))?$/.exec(line) ?? []
  // "in 2h" is a time as well.
  const said = rest.replace(/^(?=in \d)/, 'at ')
  const found = PLAIN.exec(said) ?? CHOSEN.exec(said)
  if (id === undefined || !found) return undefined
  const [act = '', value = ''] = found.slice(1).filter(part => part !== undefined)
  return {
    ...{ id: Number(id), act, value },
    ...(revision !== undefined && { revision: Number(revision) }),
  }
}

async function deal(desk: Desk, asked: Asked): Promise<Answered> {
  const { id, act, value } = asked
  const draft = await draftOf(desk, id)
  if (!draft) {
    const said = [words.unknownDraft(id), ...(act === '' ? [words.numberAlone] : [])]
    return message(said.map(each => paragraph(each)))
  }
  const isStale =
    draft.state !== 'draft' || (asked.revision !== undefined && asked.revision !== draft.revision)
  if (act === 'edit' && isStale) return stale(desk, draft)
  if (draft.state === 'discarded') return say(words.isDiscarded(id))
  // Confirmed twice, it is told what has become of it.
  if (act === 'send' || draft.state === 'confirmed') return confirm(desk, draft, asked.revision)
  if (isStale) return draftPanel(desk, draft, words.changed)
  if (act === 'discard') {
    const isDone = await desk.store.announcements.discard(id, draft.revision)
    return isDone ? say(words.discarded(id)) : draftPanel(desk, draft, words.changed)
  }
  if (act === 'edit') return edit(desk, draft)
  if (act === 'show') return show(desk, draft)
  if (act === 'picture') return withoutPicture(desk, draft)
  if (isPage(act) && value === '') return choicePanel(desk, draft, act)
  const { isAwaited, ...options } = draft.options
  const chosen = optionsFrom(desk, { ...draft, options }, act, value)
  if (typeof chosen === 'string') return draftPanel(desk, draft, chosen)
  if (!chosen && value !== '') return draftPanel(desk, draft, words.noSuchChoice(`${act} ${value}`))
  // Whoever looks at something else has thought better of a new text.
  const next = chosen ?? (isAwaited ? options : undefined)
  return next ? change(desk, draft, { options: next }) : draftPanel(desk, draft)
}

/** It was changed since the button was made: what was written for it is not lost. */
async function stale(desk: Desk, draft: Announcement): Promise<Message> {
  const written = desk.call.request.written?.(2)
  if (!written || unfit(written)) {
    if (draft.state === 'draft') return draftPanel(desk, draft, words.changed)
    return draft.state === 'discarded' ? say(words.isDiscarded(draft.id)) : saidBefore(draft)
  }
  const { act, broadcastId } = draft
  const { isAwaited: _, ...options } = draft.options
  const { picture = textOf(draft).picture, problem } = await keepPicture(desk, written)
  const other = await writeDraft(desk, {
    ...{ act, text: written, options },
    ...(picture && { picture }),
    ...(broadcastId !== undefined && act !== 'send' && { broadcastId }),
  })
  return draftPanel(desk, other, problem ?? words.elsewhere(draft.id, other.id))
}

async function change(
  desk: Desk,
  draft: Announcement,
  how: Parameters<Desk['store']['announcements']['revise']>[2],
  said?: string,
): Promise<Message> {
  const { announcements } = desk.store
  const changed = await announcements.revise(draft.id, draft.revision, how)
  if (changed) return draftPanel(desk, changed, said)
  const now = await announcements.find(draft.id)
  return now ? draftPanel(desk, now, words.changed) : say(words.unknownDraft(draft.id))
}

/** A form where there are some; elsewhere the next text takes the place of this one. */
async function edit(desk: Desk, draft: Announcement): Promise<Answered> {
  const { request } = desk.call
  const written = request.written?.(2)
  if (written) return rewrite(desk, draft, written)
  const text = textOf(draft)
  const isPost = draft.act !== 'send'
  const { form } = words
  const title = isPost ? form.correct(draft.broadcastId ?? 0) : form.edit(draft.id)
  const line = press(draft, 'edit')
  const howToType = isPost
    ? words.howToCorrect(draft.broadcastId ?? 0)
    : words.howToRewrite(draft.id)
  // Below a message that its reader alone sees nothing can be answered.
  const howTo = request.hasForms ? howToType : words.howToAnswer
  const quoted: Message = {
    body: {
      type: 'root',
      children: [
        paragraph(words.soFar(draft.id)),
        {
          type: 'blockquote',
          children: shownOn(text, ['telegram']).flatMap(each => each.parts.flat()),
        },
        // Last, beside the button: of several parts it is this one that is answered.
        paragraph(howTo),
      ],
    },
    actions: [{ label: words.acts.back, command: press(draft, '') }],
  }
  if (request.hasForms && fits(text.source)) {
    return { form: formOf(line, title, text.source), message: quoted }
  }
  if (isPost) return quoted
  const options = { ...draft.options, isAwaited: true }
  const awaited = await desk.store.announcements.revise(draft.id, draft.revision, { options })
  if (!awaited) return draftPanel(desk, draft, words.changed)
  const back = [{ label: words.acts.back, command: press(awaited, '') }]
  return { ...quoted, actions: back }
}

async function rewrite(desk: Desk, draft: Announcement, written: Written): Promise<Answered> {
  const fault = unfit(written)
  if (fault) return { refused: say(fault) }
  const { isAwaited: _, ...options } = draft.options
  const kept = textOf(draft).picture
  // What a post shows beside its text stays as it is.
  const isPost = draft.act !== 'send'
  const { picture = kept, problem } = isPost ? {} : await keepPicture(desk, written)
  const isLeftOut = isPost && written.picture !== undefined
  const text = JSON.stringify(toDraftText(written, picture))
  const pictureId = picture?.id ?? null
  const said = isLeftOut ? words.noPicture.kept : problem
  return change(desk, draft, { text, options, pictureId }, said ?? words.rewritten(draft.id))
}

/** What would stand in the chats, as it would stand there. */
async function show(desk: Desk, draft: Announcement): Promise<Message> {
  const proposal = await proposalOf(desk, draft)
  return proposal ? posted(proposal.message) : draftPanel(desk, draft)
}

async function withoutPicture(desk: Desk, draft: Announcement): Promise<Message> {
  const { picture: _, ...text } = textOf(draft)
  const fault = unfit(text)
  if (fault) return draftPanel(desk, draft, fault)
  return change(desk, draft, { text: JSON.stringify(text), pictureId: null })
}

/** A new draft, or a new text for one that waits for it. */
async function begin(desk: Desk, written: Written): Promise<Answered> {
  const fault = unfit(written)
  if (fault) return { refused: say(fault) }
  const awaited = await awaitedBy(desk)
  if (awaited) return rewrite(desk, awaited, written)
  const { picture, problem } = await keepPicture(desk, written)
  const draft = await writeDraft(desk, { act: 'send', text: written, ...(picture && { picture }) })
  return draftPanel(desk, draft, problem)
}

async function awaitedBy({ call, store, authority }: Desk): Promise<Announcement | undefined> {
  const drafts = await store.announcements.drafts(LOOKED_AT)
  return drafts.find(({ by, place, options, changedAt }) => {
    const isHere = by === authority.actor && place?.address === call.request.place?.address
    const isRecent = changedAt.until(call.now).total('milliseconds') < AWAITED_MS
    return options.isAwaited === true && isHere && isRecent
  })
}

function askFor({ call }: Desk): Answered {
  const said = say(words.howToWrite)
  return call.request.hasForms
    ? { form: formOf('/announce', words.form.send, undefined, words.form.picture), message: said }
    : said
}
