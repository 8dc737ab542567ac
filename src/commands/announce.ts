import { shownOn } from '../announcing/shown.ts'
import { toDraftText, unfit } from '../announcing/text.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { Form, Written } from '../platform.ts'
import type { Announcement } from '../store/announcement.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import { choicePanel, isPage, optionsFrom } from './choices.ts'
import type { Answered, Command } from './command.ts'
import { confirm } from './confirm.ts'
import { atDesk, type Desk, draftOf, postOf } from './desk.ts'
import { draftPanel, press, textOf } from './draft.ts'
import { keepPicture } from './picture.ts'

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
  {
    name: 'correct',
    aliases: [],
    ...texts.commands.correct,
    parameters: [{ name: 'post', description: texts.parameters.correction, required: true }],
    ...{ private: true, keeps: true, staff: true, asksForm: true },
    run: call =>
      atDesk(call, async desk => {
        const post = await concerned(desk)
        if ('said' in post) return post.said
        const written = call.request.written?.(1)
        return written ? correct(desk, post.id, written) : askForCorrection(desk, post.id)
      }),
  },
  {
    name: 'retract',
    aliases: [],
    ...texts.commands.retract,
    parameters: [{ name: 'post', description: texts.parameters.retraction, required: true }],
    ...{ private: true, keeps: true, staff: true },
    run: call =>
      atDesk(call, async desk => {
        const post = await concerned(desk)
        if ('said' in post) return post.said
        const text = call.request.written?.(1) ?? NOTHING
        const fault = text === NOTHING ? undefined : unfit(text)
        if (fault) return say(fault)
        const draft = await write(desk, { act: 'retract', text, broadcastId: post.id })
        return draftPanel(desk, draft)
      }),
  },
]

const NOTHING: Written = { body: { type: 'root', children: [] }, lost: [] }

interface Asked {
  readonly id: number
  /** Of the draft that was looked at. */
  readonly revision?: number
  readonly act: string
  readonly value: string
}

/** What a draft is told, with nothing behind it; and with one of its choices. */
const PLAIN = /^(send|discard|edit|audience|time|link)?$/
const CHOSEN = /^(?:(to|topic|urgent) (\S{1,60})|(link) ((?:exercise )?\S{1,60})|(at) (.{1,40}))$/

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
  if (draft.state === 'discarded') return say(words.isDiscarded(id))
  // Confirmed twice, it is told what has become of it.
  if (act === 'send' || draft.state === 'confirmed') return confirm(desk, draft, asked.revision)
  if (asked.revision !== undefined && asked.revision !== draft.revision) {
    return act === 'edit' ? stale(desk, draft) : draftPanel(desk, draft, words.changed)
  }
  if (act === 'discard') {
    const isDone = await desk.store.announcements.discard(id, draft.revision)
    return isDone ? say(words.discarded(id)) : draftPanel(desk, draft, words.changed)
  }
  if (act === 'edit') return edit(desk, draft)
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
  if (!written || unfit(written) || draft.act === 'retract') {
    return draftPanel(desk, draft, words.changed)
  }
  const { act, broadcastId } = draft
  const { picture } = await keepPicture(desk, written)
  const other = await write(desk, {
    ...{ act, text: written },
    ...(picture && { picture }),
    ...(broadcastId !== undefined && { broadcastId }),
  })
  return draftPanel(desk, other, words.elsewhere(draft.id, other.id))
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
  const howTo = isPost ? words.howToCorrect(draft.broadcastId ?? 0) : words.howToRewrite(draft.id)
  const quoted: Message = {
    body: {
      type: 'root',
      children: [
        { type: 'paragraph', children: [{ type: 'text', value: howTo }] },
        {
          type: 'blockquote',
          children: shownOn(text, ['telegram']).flatMap(each => each.parts.flat()),
        },
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

async function rewrite(desk: Desk, draft: Announcement, written: Written): Promise<Message> {
  const fault = unfit(written)
  if (fault) return draftPanel(desk, draft, fault)
  const { isAwaited: _, ...options } = draft.options
  const kept = textOf(draft).picture
  const { picture = kept, problem } = await keepPicture(desk, written)
  const text = JSON.stringify(toDraftText(written, picture))
  const pictureId = picture?.id ?? null
  return change(desk, draft, { text, options, pictureId }, problem ?? words.rewritten(draft.id))
}

/** A new draft, or a new text for one that waits for it. */
async function begin(desk: Desk, written: Written): Promise<Message> {
  const fault = unfit(written)
  if (fault) return say(fault)
  const awaited = await awaitedBy(desk)
  if (awaited) return rewrite(desk, awaited, written)
  const { picture, problem } = await keepPicture(desk, written)
  const draft = await write(desk, { act: 'send', text: written, ...(picture && { picture }) })
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

async function correct(desk: Desk, post: number, written: Written): Promise<Message> {
  // What it shows beside its text stays as it is.
  const { picture, ...text } = written
  const fault = unfit(text)
  if (fault) return say(fault)
  const draft = await write(desk, { act: 'correct', text, broadcastId: post })
  return draftPanel(desk, draft, picture && words.noPicture.kept)
}

interface Wanted extends Pick<Announcement, 'act'> {
  readonly text: Written
  readonly picture?: NonNullable<Message['picture']>
  readonly broadcastId?: number
}

async function write(desk: Desk, wanted: Wanted): Promise<Announcement> {
  const { call, store, authority } = desk
  const { act, text, picture, broadcastId } = wanted
  const { place, id = crypto.randomUUID() } = call.request
  if (!place) throw new TypeError('Where nothing is kept, nothing is announced.')
  const { within } = authority
  return store.announcements.draft({
    ...{ key: `${act} ${place.platform} ${id}`, act, by: authority.actor, place },
    text: JSON.stringify(toDraftText(text, picture)),
    options: {
      topic: 'announcements',
      ...(within !== undefined && { within, platform: place.platform }),
    },
    ...(picture && { pictureId: picture.id }),
    ...(broadcastId !== undefined && { broadcastId }),
  })
}

/** The post that a line names, or what is said where there is none that could be changed. */
async function concerned(
  desk: Desk,
): Promise<{ readonly id: number } | { readonly said: Message }> {
  const { post = '' } = desk.call.values
  const id = Number(/^\d{1,15}(?=\s|$)/.exec(post)?.[0] ?? Number.NaN)
  const found = Number.isNaN(id) ? undefined : await postOf(desk, id)
  if (Number.isNaN(id)) return { said: say(words.whichPost) }
  if (!found) return { said: say(words.unknownPost(id)) }
  return found.broadcast.isRetracted ? { said: say(words.takenBackAlready(id)) } : { id }
}

function askFor({ call }: Desk): Answered {
  const said = say(words.howToWrite)
  return call.request.hasForms
    ? { form: formOf('/announce', words.form.send, undefined, words.form.picture), message: said }
    : said
}

async function askForCorrection({ call, store }: Desk, post: number): Promise<Answered> {
  const said = say(words.howToCorrect(post))
  if (!call.request.hasForms) return said
  const last = await store.announcements.about(post)
  const source = last && last.act !== 'retract' ? textOf(last).source : undefined
  const text = fits(source) ? source : undefined
  return { form: formOf(`/correct ${post}`, words.form.correct(post), text), message: said }
}

/** Letters that a form takes: Discord's. */
const FORM_LENGTH = 4000

/** What would be cut there would be lost when it is sent. */
function fits(text = ''): boolean {
  return text.length <= FORM_LENGTH
}

function formOf(line: string, title: string, text?: string, picture?: string): Form {
  return {
    ...{ line, title, label: words.form.text },
    ...(text !== undefined && { text }),
    ...(picture !== undefined && { picture }),
  }
}
