import { ACTS, type PostAct, stateOf } from '../../announcements/progress-view.ts'
import { canUndo, isUnsent } from '../../announcements/undo-window.ts'
import { localDay } from '../../briefing/local-time.ts'
import { messageOf, titleOf } from '../../briefing/post-message.ts'
import { heading, list, type Message, message, paragraph, strong, typed } from '../../message.ts'
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
import { FOR_ADMINS } from '../moderators.ts'
import { applyPostAction, postPanel } from './act.ts'
import {
  type ModeratorContext,
  manageable,
  mayManagePost,
  postOf,
  unsentDraft,
  withModerator,
} from './context.ts'
import { draftButton, draftLine, draftPanel } from './draft.ts'

const words = texts.announcements

/** Most posts shown in the list. */
const SHOWN = 10

/** Most drafts shown in the list. */
const DRAFTS = 10

/** Rows that one query reads. */
const ROWS_PER_QUERY = 50

/** Most queries for one list. An admin of a server may see few of the posts, so one query may not be enough. */
const MOST_QUERIES = 40

/** The commands that list posts, show their progress, and pause, resume, stop or undo them. */
export const announcementCommands: readonly Command[] = [
  {
    name: 'announcements',
    aliases: ['broadcasts'],
    ...texts.commands.announcements,
    parameters: [
      { name: 'act', description: texts.parameters.broadcast, required: false, limit: 30 },
    ],
    ...FOR_ADMINS,
    run: withModerator(async context => {
      const given = context.call.values.act ?? ''
      const [, before] = /^before (\d{1,15})$/.exec(given) ?? []
      const [, id, act, here] = /^(\d{1,15})(?: (\w+)( here)?)?$/.exec(given) ?? []
      const action = ACTS.find(each => each === (act === 'stop' ? 'cancel' : act))
      if (before !== undefined) return listed(context, Number(before))
      if (id === undefined)
        return listed(context, undefined, given === '' ? undefined : words.noSuchAct)
      const post = await postOf(context, Number(id))
      const draft = post && !isUnsent(post) ? undefined : await unsentDraft(context, Number(id))
      if (draft && action) return undoneDraft(context, draft, action)
      if (draft) return draftPanel(context, draft)
      if (!post) return say(words.unknown(Number(id)))
      if (action) return applyPostAction(context, Number(id), action, here !== undefined)
      return postPanel(context, Number(id), act === undefined ? undefined : words.noSuchAct)
    }),
  },
  {
    name: 'undo',
    aliases: ['cancel'],
    ...texts.commands.undo,
    parameters: [],
    ...FOR_ADMINS,
    run: withModerator(async context => {
      const { posts } = await postsBefore(context, post => canUndo(post, context.call.now))
      const [newest] = posts
      return newest ? applyPostAction(context, newest.id, 'undo', false) : say(words.noneToUndo)
    }),
  },
]

/** Lists posts, with `before` only those with lower ids, and the open drafts. */
async function listed(context: ModeratorContext, before?: number, said?: string): Promise<Message> {
  const { store } = context
  const open = before === undefined ? await openDrafts(context) : []
  const drafts = open.slice(0, DRAFTS)
  // An undone announcement is in the list of drafts already, unless newer drafts have its place.
  const isDraft = (post: Broadcast) =>
    drafts.some(({ act, number }) => act === 'send' && number === post.id)
  const { posts: all, older } = await postsBefore(context, post => !isDraft(post), before)
  if (all.length === 0 && drafts.length === 0) return say(words.none)
  const lines = await Promise.all(
    all.map(async each => {
      const progress = await store.broadcasts.progress(each.id)
      return [strong(typed(itemOf(each))), words.itemFacts(...factsOf(context, each, progress))]
    }),
  )
  return message(
    [
      ...(said === undefined ? [] : [paragraph(said)]),
      heading(1, texts.commands.announcements.title),
      ...(lines.length > 0 ? [list(lines)] : []),
      ...(drafts.length > 0
        ? [heading(2, words.drafts), list(drafts.map(draft => [typed(nameOf(draft))]))]
        : []),
      ...(open.length > DRAFTS ? [paragraph(words.moreDrafts(open.length - DRAFTS))] : []),
    ],
    [
      ...all.map(each => ({ label: itemOf(each), command: `/announcements ${each.id}` })),
      ...(older === undefined
        ? []
        : [
            {
              label: texts.moderators.older,
              command: `/announcements before ${older}`,
              isStep: true as const,
            },
          ]),
      ...drafts.map(draft => ({
        label: nameOf(draft),
        command: draftLine(draft, ''),
      })),
    ],
  )
}

/** Answers an action on an announcement that is a draft again: there is nothing to undo, pause, resume or stop. */
async function undoneDraft(
  context: ModeratorContext,
  draft: Announcement,
  act: PostAct,
): Promise<Answered> {
  const said = act === 'undo' ? texts.announce.undoneBefore : words.isDraft
  if (context.call.request.origin.by !== 'post-button') return draftPanel(context, draft, said)
  return { note: message([paragraph(said)], [draftButton(draft)]) }
}

/** Names a post in the list and on its button. */
export function itemOf(post: BroadcastWithMessage): string {
  return words.item(post.id, titleOf(messageOf(post)))
}

/** Returns at most two facts about a post: its state or the day of its sending, and the chats that have it. */
function factsOf({ call, zone }: ModeratorContext, post: Broadcast, progress: Progress): string[] {
  const state = stateOf(post, call.now)
  if (state === 'held' && post.startsAt)
    return [words.goesOutOn(localDay(post.startsAt, zone, call.now))]
  if (state === 'undone') return [words.states.undone]
  const reached = words.reachedOf(progress.sent, totalOf(progress))
  if (state === 'finished') return [localDay(post.createdAt, zone, call.now), reached]
  return state === 'retracted' ? [words.states.retracted] : [words.states[state], reached]
}

/** Resolves to the wanted posts that the user may manage, and the id before which there may be more. */
async function postsBefore(
  context: ModeratorContext,
  isWanted: (post: Broadcast) => boolean,
  before?: number,
) {
  const { store, authority } = context
  const posts: BroadcastWithMessage[] = []
  let older = before
  for (let page = 0; page < MOST_QUERIES; page++) {
    const listed = await store.broadcasts.list(ROWS_PER_QUERY, older)
    for (const each of listed) {
      if (posts.length >= SHOWN) return { posts, older }
      older = each.id
      if (mayManagePost(authority, each) && isWanted(each)) posts.push(each)
    }
    if (listed.length < ROWS_PER_QUERY) return { posts, older: undefined }
  }
  return { posts, older }
}

/** Resolves to the newest announcements that the user may correct or retract, or to a sentence that there are none. */
export async function recentAnnouncements(
  context: ModeratorContext,
): Promise<readonly BroadcastWithMessage[] | string> {
  const isAnnouncement = (post: Broadcast) => post.kind === 'announcement'
  const { posts } = await postsBefore(
    context,
    post => isAnnouncement(post) && !post.isRetracted && !isUnsent(post),
  )
  if (posts.length > 0) return posts
  const { posts: all } = await postsBefore(context, isAnnouncement)
  return all.length > 0 ? words.noneToChange : words.none
}

/** Resolves to the open drafts that the user may manage. */
async function openDrafts(context: ModeratorContext): Promise<Announcement[]> {
  const drafts = await context.store.announcements.drafts(ROWS_PER_QUERY)
  const allowed = await Promise.all(drafts.map(draft => manageable(context, draft)))
  return allowed.filter(draft => draft !== undefined)
}

/** Names a draft in the list and on its button. A correction and a retraction are named by their announcement. */
function nameOf(draft: Announcement): string {
  const { act, number } = draft
  if (act === 'retract') return words.takesBack(number)
  const title = titleOf(draft.text)
  return act === 'correct' ? words.corrects(number, title) : words.item(number, title)
}
