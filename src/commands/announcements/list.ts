import { applyAction } from '../../announcements/actions.ts'
import { ACTS, type PostAct, progressView, stateOf } from '../../announcements/progress-view.ts'
import { readBroadcastStatus } from '../../announcements/status.ts'
import { localDay } from '../../briefing/local-time.ts'
import { messageOf, titleOf, uncorrected } from '../../briefing/post-message.ts'
import { heading, list, type Message, message, paragraph, strong } from '../../message.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import {
  type Broadcast,
  type BroadcastWithMessage,
  type Progress,
  totalOf,
} from '../../store/ledger/broadcast.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered, Command } from '../command.ts'
import { FOR_MODERATORS } from '../moderators.ts'
import { draftOf, type ModeratorContext, mayManagePost, postOf, withModerator } from './context.ts'
import { draftLine, draftPanel } from './draft.ts'

const words = texts.announcements

/** Most posts shown in the list. */
const SHOWN = 10

/** Most drafts shown in the list. */
const DRAFTS = 5

/** Rows that one query reads. */
const ROWS_PER_QUERY = 50

/** Most queries for one list. An admin of a server may see few of the posts, so one query may not be enough. */
const MOST_QUERIES = 40

/** The command that lists posts, shows their progress, and pauses, resumes, stops or undoes them. */
export const announcementCommands: readonly Command[] = [
  {
    name: 'announcements',
    aliases: ['broadcasts'],
    ...texts.commands.announcements,
    parameters: [
      { name: 'act', description: texts.parameters.broadcast, required: false, limit: 30 },
    ],
    ...FOR_MODERATORS,
    run: withModerator(async context => {
      const given = context.call.values.act ?? ''
      const [, before] = /^before (\d{1,15})$/.exec(given) ?? []
      const [, id, act] = /^(\d{1,15})(?: (\w+))?$/.exec(given) ?? []
      const action = ACTS.find(each => each === (act === 'stop' ? 'cancel' : act))
      if (before !== undefined) return listed(context, Number(before))
      if (id === undefined)
        return listed(context, undefined, given === '' ? undefined : words.noSuchAct)
      if (!(await postOf(context, Number(id)))) return say(words.unknown(Number(id)))
      if (action) return applyPostAction(context, Number(id), action)
      return postPanel(context, Number(id), act === undefined ? undefined : words.noSuchAct)
    }),
  },
]

/** Lists posts, with `before` only those with lower ids, and the open drafts. */
async function listed(context: ModeratorContext, before?: number, said?: string): Promise<Message> {
  const { store } = context
  const { posts: all, older } = await postsBefore(context, before)
  const drafts = before === undefined ? await openDrafts(context) : []
  if (all.length === 0 && drafts.length === 0) return say(words.none)
  const lines = await Promise.all(
    all.map(async each => {
      const progress = await store.broadcasts.progress(each.id)
      const title = titleOf(messageOf(each))
      return [strong(`${each.id}: ${title}`), ` — ${summaryOf(context, each, progress)}`]
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

/** Summarizes a post: its start if no chat has received it yet, otherwise its progress. */
function summaryOf({ call, zone }: ModeratorContext, post: Broadcast, progress: Progress): string {
  const state = stateOf(post, call.now)
  const day = (at: Temporal.Instant) => localDay(at, zone)
  if (post.startsAt && ['held', 'undone'].includes(state)) {
    const starts = state === 'held' ? day(post.startsAt) : undefined
    return words.unsent(day(post.createdAt), words.states[state], starts)
  }
  const summary = words.line(day(post.createdAt), progress.sent, totalOf(progress))
  const twice = progress.twice > 0 ? [words.perhapsTwice(progress.twice)] : []
  return [summary, ...twice, words.states[state]].join('; ')
}

/** Resolves to the posts that the user may manage, and the id before which there may be more. */
async function postsBefore({ store, authority }: ModeratorContext, before?: number) {
  const posts: BroadcastWithMessage[] = []
  let older = before
  for (let page = 0; page < MOST_QUERIES; page++) {
    const listed = await store.broadcasts.list(ROWS_PER_QUERY, older)
    for (const each of listed) {
      if (posts.length >= SHOWN) return { posts, older }
      older = each.id
      if (mayManagePost(authority, each)) posts.push(each)
    }
    if (listed.length < ROWS_PER_QUERY) return { posts, older: undefined }
  }
  return { posts, older }
}

/** Resolves to the open drafts that the user may manage. */
async function openDrafts(context: ModeratorContext): Promise<Announcement[]> {
  const drafts = await context.store.announcements.drafts(ROWS_PER_QUERY)
  const allowed = await Promise.all(drafts.map(({ id }) => draftOf(context, id)))
  return allowed.filter(draft => draft !== undefined).slice(0, DRAFTS)
}

function nameOf(draft: Announcement): string {
  const { act, broadcastId = 0 } = draft
  if (act === 'retract') return words.takesBack(broadcastId)
  const title = titleOf(draft.text)
  return act === 'correct' ? words.corrects(broadcastId, title) : title
}

/** Shows a post: its text, progress, failures with their reasons, and actions. */
async function postPanel(
  { store, call, zone }: ModeratorContext,
  id: number,
  said?: string,
): Promise<Message> {
  const status = await readBroadcastStatus(store.broadcasts, id)
  if (!status) return say(words.unknown(id))
  const shown = progressView(status, { now: call.now, zone })
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
  if (act === 'undo') return undo(context, id)
  const { outcome, broadcast } = await applyAction(store.broadcasts, authority.actor, id, act)
  if (outcome === 'done') operations.announcing.wake()
  const isPausedUnsent = act === 'pause' && broadcast?.isBegun === false
  const done = isPausedUnsent ? words.restsUnsent : words.done[act]
  const said = { done, already: words.already[act], late: words.tooLate }[outcome]
  // The progress message with the pressed button shows the result, so a note is enough.
  return call.request.origin.by === 'post-button'
    ? { note: say(said) }
    : postPanel(context, id, said)
}

async function undo(context: ModeratorContext, id: number): Promise<Answered> {
  const { store, authority, operations, call } = context
  const { announce } = texts
  const before = await postOf(context, id)
  const undone = await store.announcements.undo(id, {
    actor: authority.actor,
    action: 'announcement.undo',
  })
  if (undone.outcome === 'done') operations.announcing.wake()
  const said = {
    done: words.done.undo,
    already: announce.undoneBefore,
    late: tooLate(id, before),
  }[undone.outcome]
  const draft =
    undone.outcome === 'done' && (await withCorrections(context, undone.announcement, before))
  if (call.request.origin.by === 'post-button') {
    const again = draft ? [{ label: announce.draft(draft.id), command: draftLine(draft, '') }] : []
    return { note: message([paragraph(said)], again) }
  }
  return draft ? draftPanel(context, draft, said) : postPanel(context, id, said)
}

/** Says why a post can no longer be undone. */
function tooLate(id: number, post: Broadcast | undefined): string {
  const { announce } = texts
  if (post?.isRetracted) return announce.takenBackAlready(id)
  if (post?.state === 'cancelled') return announce.isStopped(id)
  return post?.isFinished ? announce.isSent(id) : announce.tooLateToUndo(id)
}

/** Copies the corrections of an undone post, which were made within the undo window, to its draft. */
async function withCorrections(
  { store }: ModeratorContext,
  draft: Announcement,
  post: Awaited<ReturnType<typeof postOf>>,
): Promise<Announcement> {
  if (!post || post.revision === 1) return draft
  const { source: _, ...before } = draft.text
  const text = { ...before, body: uncorrected(post.message.body) }
  return (await store.announcements.revise(draft.id, draft.revision, { text })) ?? draft
}
