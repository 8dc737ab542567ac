import { unfit } from '../../announcements/correction.ts'
import { isUnsent } from '../../announcements/progress-view.ts'
import { message, paragraph } from '../../message.ts'
import type { Written } from '../../platform.ts'
import { texts } from '../../texts.ts'
import { say } from '../access.ts'
import type { Answered, Command, Refusal } from '../command.ts'
import { atDesk, type Desk, postOf } from './context.ts'
import { fits, formOf, writeDraft } from './create.ts'
import { draftPanel } from './draft.ts'
import { textOf } from './proposal.ts'

const words = texts.announce

/** What is put right after it was sent: seen first, and confirmed, as what was new. */
export const revisingCommands: readonly Command[] = [
  {
    name: 'correct',
    aliases: [],
    ...texts.commands.correct,
    parameters: [{ name: 'post', description: texts.parameters.correction, required: true }],
    ...{ private: true, keeps: true, staff: true, asksForm: true },
    run: call =>
      atDesk(call, async desk => {
        const post = await concerned(desk)
        if ('refused' in post) return post
        const written = call.request.written?.(1)
        return written ? correct(desk, post, written) : askForCorrection(desk, post.id)
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
        if ('refused' in post) return post
        const draft = await writeDraft(desk, {
          ...{ act: 'retract', text: reasonIn(call.values.post), broadcastId: post.id },
          options: { topic: '', seen: post.revision },
        })
        return draftPanel(desk, draft)
      }),
  },
]

interface Post {
  readonly id: number
  /** As it was looked at. */
  readonly revision: number
}

/** The post that a line names, or what is said where there is none that could be changed. */
async function concerned(desk: Desk): Promise<Post | Refusal> {
  const { post = '' } = desk.call.values
  const id = Number(/^\d{1,15}(?=\s|$)/.exec(post)?.[0] ?? Number.NaN)
  const found = Number.isNaN(id) ? undefined : await postOf(desk, id)
  if (Number.isNaN(id)) return { refused: say(words.whichPost) }
  if (!found) return { refused: say(words.unknownPost(id)) }
  const { isRetracted, revision } = found.broadcast
  if (isRetracted) return { refused: say(words.takenBackAlready(id)) }
  // Undone: there is nothing that anybody has, or will get.
  return isUnsent(found.broadcast) ? { refused: say(words.neverSent(id)) } : { id, revision }
}

/**
 * Why something is taken back, behind its number. Never what is answered: that may be the very text that
 * shall not be read any more.
 */
function reasonIn(line = ''): Written {
  const reason = line.replace(/^\d+\s*/, '')
  const children = reason === '' ? [] : [paragraph(reason)]
  return { body: { type: 'root', children }, lost: [] }
}

async function correct(desk: Desk, { id, revision }: Post, written: Written): Promise<Answered> {
  // What it shows beside its text stays as it is.
  const { picture, ...text } = written
  const fault = unfit(text)
  if (fault) return { refused: say(fault) }
  const draft = await writeDraft(desk, {
    ...{ act: 'correct', text, broadcastId: id },
    options: { topic: '', seen: revision },
  })
  return draftPanel(desk, draft, picture && words.noPicture.kept)
}

async function askForCorrection({ call, store }: Desk, post: number): Promise<Answered> {
  const back = { label: words.acts.back, command: `/announcements ${post}` }
  const said = message([paragraph(words.howToCorrect(post))], [back])
  if (!call.request.hasForms) return said
  const last = await store.announcements.about(post)
  const source = last && last.act !== 'retract' ? textOf(last).source : undefined
  const text = fits(source) ? source : undefined
  return { form: formOf(`/correct ${post}`, words.form.correct(post), text), message: said }
}
