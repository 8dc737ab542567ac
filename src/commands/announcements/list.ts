import { ACTS, type PostAct, progressView, stateOf } from '../../announcements/progress-view.ts'
import { readBroadcastStatus } from '../../announcements/status.ts'
import { localDay } from '../../briefing/local-time.ts'
import { messageOf, titleOf, uncorrected } from '../../briefing/post-message.ts'
import { heading, list, type Message, message, paragraph, strong } from '../../message.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import {
  type Broadcast,
  type BroadcastListItem,
  type Progress,
  totalOf,
} from '../../store/ledger/broadcast.ts'
import { texts } from '../../texts.ts'
import { say } from '../access.ts'
import type { Answered, Command } from '../command.ts'
import { draftOf, type ModeratorContext, mayManagePost, postOf, withModerator } from './context.ts'
import { draftLine, draftPanel } from './draft.ts'
import { textOf } from './proposal.ts'

const words = texts.announcements

/** Posts shown in the list, and drafts. */
const SHOWN = 10
const DRAFTS = 5

/** Posts that are looked at together, and how often, for those whom somebody may see. */
const LISTED = 50
const PAGES = 40

/** What was posted to many, how far it has come, and how it is stopped. */
export const announcementCommands: readonly Command[] = [
  {
    name: 'announcements',
    aliases: ['broadcasts'],
    ...texts.commands.announcements,
    parameters: [
      { name: 'act', description: texts.parameters.broadcast, required: false, limit: 30 },
    ],
    ...{ private: true, keeps: true, forModerators: true },
    run: call =>
      withModerator(call, async context => {
        const given = call.values.act ?? ''
        const [, before] = /^before (\d{1,15})$/.exec(given) ?? []
        const [, id, act] = /^(\d{1,15})(?: (\w+))?$/.exec(given) ?? []
        const wanted = ACTS.find(each => each === (act === 'stop' ? 'cancel' : act))
        if (before !== undefined) return listed(context, { before: Number(before) })
        if (id === undefined) return listed(context, given === '' ? {} : { said: words.noSuchAct })
        if (!(await postOf(context, Number(id)))) return say(words.unknown(Number(id)))
        if (wanted) return applyPostAction(context, Number(id), wanted)
        return card(context, Number(id), act === undefined ? undefined : words.noSuchAct)
      }),
  },
]

interface Listing {
  /** The older ones. */
  readonly before?: number
  readonly said?: string
}

async function listed(context: ModeratorContext, { before, said }: Listing): Promise<Message> {
  const { store } = context
  const { posts: all, older } = await postsBefore(context, before)
  const drafts = before === undefined ? await openDrafts(context) : []
  if (all.length === 0 && drafts.length === 0) return say(words.none)
  const lines = await Promise.all(
    all.map(async each => {
      const progress = await store.broadcasts.progress(each.id)
      const title = titleOf(messageOf(each.message))
      return [strong(`${each.id}: ${title}`), ` — ${toldOf(context, each, progress)}`]
    }),
  )
  return message(
    [
      ...(said === undefined ? [] : [paragraph(said)]),
      heading(1, texts.commands.announcements.title),
      ...(lines.length > 0 ? [list(lines)] : []),
      ...(drafts.length > 0
        ? [
            heading(2, words.drafts),
            list(drafts.map(draft => [words.draft(draft.id, nameOf(draft))])),
          ]
        : []),
    ],
    [
      ...all.map(({ id }) => ({ label: String(id), command: `/announcements ${id}` })),
      ...(older === undefined
        ? []
        : [{ label: texts.moderators.older, command: `/announcements before ${older}` }]),
      ...drafts.map(draft => ({
        label: texts.announce.draft(draft.id),
        command: draftLine(draft, ''),
      })),
    ],
  )
}

/** Of what nobody has got yet when it goes out; of all else how far it has come. */
function toldOf(
  { call, zone }: ModeratorContext,
  post: BroadcastListItem,
  progress: Progress,
): string {
  const state = stateOf(post, call.now)
  const day = (at: Temporal.Instant) => localDay(at, zone)
  if (post.startsAt && ['held', 'undone'].includes(state)) {
    const starts = state === 'held' ? day(post.startsAt) : undefined
    return words.unsent(day(post.createdAt), words.states[state], starts)
  }
  const told = words.line(day(post.createdAt), progress.sent, totalOf(progress))
  const twice = progress.twice > 0 ? [words.perhapsTwice(progress.twice)] : []
  return [told, ...twice, words.states[state]].join('; ')
}

/** Those that whoever asks has a say in, and the id before which there may be more. */
async function postsBefore({ store, authority }: ModeratorContext, before?: number) {
  const posts: BroadcastListItem[] = []
  let older = before
  for (let page = 0; page < PAGES; page++) {
    const listed = await store.broadcasts.list(LISTED, older)
    for (const each of listed) {
      if (posts.length >= SHOWN) return { posts, older }
      older = each.id
      if (mayManagePost(authority, each)) posts.push(each)
    }
    if (listed.length < LISTED) return { posts, older: undefined }
  }
  return { posts, older }
}

/** What somebody has begun and neither sent nor discarded. */
async function openDrafts(context: ModeratorContext): Promise<Announcement[]> {
  const drafts = await context.store.announcements.drafts(LISTED)
  const allowed = await Promise.all(drafts.map(({ id }) => draftOf(context, id)))
  return allowed.filter(draft => draft !== undefined).slice(0, DRAFTS)
}

function nameOf(draft: Announcement): string {
  const { act, broadcastId = 0 } = draft
  if (act === 'retract') return words.takesBack(broadcastId)
  const title = titleOf(messageOf(draft.text))
  return act === 'correct' ? words.corrects(broadcastId, title) : title
}

/** One of them: what it says, how far it has come, what has failed and why, and what can be done. */
async function card(
  { store, call, zone }: ModeratorContext,
  id: number,
  said?: string,
): Promise<Message> {
  const standing = await readBroadcastStatus(store.broadcasts, id)
  if (!standing) return say(words.unknown(id))
  const shown = progressView(standing, { now: call.now, zone })
  return message(
    [...(said === undefined ? [] : [paragraph(said)]), ...shown.body.children],
    [
      ...(shown.actions ?? []),
      { label: words.again, command: `/announcements ${id}` },
      { label: words.all, command: '/announcements' },
    ],
  )
}

async function applyPostAction(
  context: ModeratorContext,
  id: number,
  act: PostAct,
): Promise<Answered> {
  const { store, authority, operations, call } = context
  const note = { actor: authority.actor, action: `broadcast.${act}`, details: { broadcast: id } }
  if (act === 'undo') return undo(context, id)
  const isDone = await store.broadcasts[act](id)
  if (isDone) {
    await store.audit.note(note)
    operations.announcing.wake()
  }
  const now = await store.broadcasts.find(id)
  const isAlready = !now?.isFinished && now?.state === STATES[act]
  const done = act === 'pause' && now?.isBegun === false ? words.restsUnsent : words.done[act]
  const said = isDone ? done : isAlready ? words.already[act] : words.tooLate
  // The card that was pressed shows by itself what has come of it.
  return call.request.isFromPost ? { note: say(said) } : card(context, id, said)
}

/** How a post is once that was done to it. */
const STATES = { pause: 'paused', resume: 'active', cancel: 'cancelled' } as const

async function undo(context: ModeratorContext, id: number): Promise<Answered> {
  const { store, authority, operations, call } = context
  const { announce } = texts
  const note = { actor: authority.actor, action: 'announcement.undo', details: { broadcast: id } }
  const before = await postOf(context, id)
  const undone = await store.announcements.undo(id, note)
  if (undone.outcome === 'done') operations.announcing.wake()
  const said = {
    done: words.done.undo,
    already: announce.undoneBefore,
    late: tooLate(id, before?.broadcast),
  }[undone.outcome]
  const draft =
    undone.outcome === 'done' && (await asCorrected(context, undone.announcement, before))
  if (call.request.isFromPost) {
    const again = draft ? [{ label: announce.draft(draft.id), command: draftLine(draft, '') }] : []
    return { note: message([paragraph(said)], again) }
  }
  return draft ? draftPanel(context, draft, said) : card(context, id, said)
}

/** Why there is nothing to undo, by what has become of it. */
function tooLate(id: number, post: Broadcast | undefined): string {
  const { announce } = texts
  if (post?.isRetracted) return announce.takenBackAlready(id)
  if (post?.state === 'cancelled') return announce.isStopped(id)
  return post?.isFinished ? announce.isSent(id) : announce.tooLateToUndo(id)
}

/** What was put right while it was held is not lost with the post. */
async function asCorrected(
  { store }: ModeratorContext,
  draft: Announcement,
  post: Awaited<ReturnType<typeof postOf>>,
): Promise<Announcement> {
  if (!post || post.broadcast.revision === 1) return draft
  const { source: _, ...text } = textOf(draft)
  const corrected = JSON.stringify({ ...text, body: uncorrected(post.message.body) })
  return (await store.announcements.revise(draft.id, draft.revision, { text: corrected })) ?? draft
}
