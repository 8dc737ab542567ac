import { applyAction } from '../../announcements/actions.ts'
import { type PostAct, progressView } from '../../announcements/progress-view.ts'
import { readBroadcastStatus } from '../../announcements/status.ts'
import { unmarked } from '../../briefing/post-message.ts'
import { type Message, message, paragraph } from '../../message.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import type { Broadcast } from '../../store/ledger/broadcast.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered } from '../command.ts'
import { type ModeratorContext, postOf } from './context.ts'
import { draftButton, draftPanel } from './draft.ts'

const words = texts.announcements

/** Shows a post: its text, progress, failures with their reasons, and actions. */
export async function postPanel(
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

/**
 * Carries out an action on a post. The answer says what was done. `isConfirmation` tells whether the pressed button is
 * that of the post's confirmation. Throws {@link StoreError}.
 */
export async function applyPostAction(
  context: ModeratorContext,
  id: number,
  act: PostAct,
  isConfirmation: boolean,
): Promise<Answered> {
  const { store, authority, operations, call } = context
  if (act === 'undo') return undo(context, id, isConfirmation)
  const { outcome, broadcast } = await applyAction(store.broadcasts, authority.actor, id, act)
  if (outcome === 'done') operations.announcing.wake(id)
  const isPausedUnsent = act === 'pause' && broadcast?.isBegun === false
  const done = isPausedUnsent ? words.restsUnsent : words.done[act]
  const said = { done, already: words.already[act], late: words.tooLate }[outcome]
  // The progress message with the pressed button shows the result, so a note is enough.
  return call.request.origin.by === 'post-button'
    ? { note: say(said) }
    : postPanel(context, id, said)
}

async function undo(
  context: ModeratorContext,
  id: number,
  isConfirmation: boolean,
): Promise<Answered> {
  const { store, authority, operations, call } = context
  const { announce } = texts
  const before = await postOf(context, id)
  const undone = await store.announcements.undo(id, {
    actor: authority.actor,
    action: 'announcement.undo',
  })
  if (undone.outcome === 'done') operations.announcing.wake(id)
  const announcement = undone.outcome === 'done' ? undone.announcement : undefined
  const draft = announcement && (await withCorrections(context, announcement, before))
  const said = {
    done: announcement ? words.done.undo : announce.confirmed.undone(id),
    already: announce.undoneBefore,
    late: tooLate(id, before),
  }[undone.outcome]
  if (call.request.origin.by === 'post-button') {
    return { note: message([paragraph(said)], draft ? [draftButton(draft)] : []) }
  }
  if (!draft) return postPanel(context, id, said)
  const { place } = draft
  // In the chat of the draft, the progress message below the confirmation says that the announcement was undone.
  const isSaidElsewhere =
    isConfirmation &&
    call.request.origin.by === 'button' &&
    place?.platform === context.place.platform &&
    place.address === context.place.address
  return draftPanel(context, draft, isSaidElsewhere ? undefined : said)
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
  const text = { ...before, body: unmarked(post.message.body) }
  return (await store.announcements.revise(draft.id, draft.revision, { text })) ?? draft
}
