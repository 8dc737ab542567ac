import { announcementBroadcast } from '../../announcements/actions.ts'
import { canUndo } from '../../announcements/undo-window.ts'
import { localDay } from '../../briefing/local-time.ts'
import { type Message, message, paragraph } from '../../message.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import { type ModeratorContext, postOf } from './context.ts'
import { draftPanel } from './draft.ts'
import { type Proposal, proposalOf } from './proposal.ts'

const words = texts.announce

/**
 * Carries out a draft if the moderator saw its newest revision; `revision` is the revision that they saw. Idempotent:
 * repeated confirmations, also by other moderators, have no further effect. Throws {@link StoreError}.
 */
export async function confirm(
  context: ModeratorContext,
  draft: Announcement,
  revision: number | undefined,
): Promise<Message> {
  const { store, operations } = context
  if (draft.state === 'confirmed') return confirmedBefore(context, draft)
  const proposal = await proposalOf(context, draft)
  if (!proposal) return say(words.isOver(draft.broadcastId ?? 0))
  if (revision === undefined) return draftPanel(context, draft, words.pressIt)
  if (revision !== draft.revision) return draftPanel(context, draft, words.changed)
  const { changing } = proposal
  if (changing && changing.revision !== draft.options.seen)
    return showChangedPost(context, draft, changing)
  // The pressed button is outdated. The panel warns about the cause and no longer offers that button.
  const isFutile = proposal.sending?.isLate || proposal.sending?.preflight.chats === 0
  if (isFutile) return draftPanel(context, draft)
  const how = confirmationOf(context, draft, proposal)
  const confirmed = await store.announcements.confirm(draft.id, revision, how)
  switch (confirmed.outcome) {
    case 'done':
      operations.announcing.wake()
      return confirmationMessage(context, confirmed.announcement, proposal)
    case 'already':
      return confirmedBefore(context, confirmed.announcement)
    default: {
      const newest = await store.announcements.find(draft.id)
      if (newest?.state === 'draft') return draftPanel(context, newest, words.changed)
      return say(words.isDiscarded(draft.id))
    }
  }
}

/** Shows the draft again, because the post has changed since the moderator saw it. */
async function showChangedPost(
  context: ModeratorContext,
  draft: Announcement,
  { revision: seen }: { readonly revision: number },
): Promise<Message> {
  const options = { ...draft.options, seen }
  const next = await context.store.announcements.revise(draft.id, draft.revision, { options })
  return draftPanel(context, next ?? draft, next ? words.changedPost : words.changed)
}

function confirmationOf(
  context: ModeratorContext,
  draft: Announcement,
  { sending, changing, message: said }: Proposal,
) {
  const { actor } = context.authority
  const note = (action: string, more: Record<string, string | number>) => ({
    note: { actor, action, details: { draft: draft.id, ...more } },
  })
  if (sending) {
    const { audience, startsAt, preflight } = sending
    const { topic, platforms, within } = audience
    const to = [topic, ...(within === undefined ? platforms : [`server ${within}`])].join(', ')
    return {
      ...note('announcement.send', { to, chats: preflight.chats }),
      broadcast: announcementBroadcast(
        { audience, startsAt, by: actor, message: said, urgent: draft.options.urgent ?? false },
        startsAt,
      ),
    }
  }
  const chats = changing?.chats ?? 0
  const isRetracted = draft.act === 'retract'
  // The new text was made from this revision, so it must not replace a later revision.
  const after = changing?.revision
  const renewal = {
    message: said,
    isRetracted,
    ...(after !== undefined && { after }),
  }
  return { ...note(`announcement.${draft.act}`, { chats }), renewal }
}

function confirmationMessage(
  context: ModeratorContext,
  draft: Announcement,
  { sending }: Proposal,
): Message {
  const { broadcastId: post = 0, act } = draft
  if (act !== 'send') return postMessage(post, words.confirmed[act](post), false)
  const { moment, startsAt } = sending ?? {}
  const isLater = moment && startsAt && moment.at.equals(startsAt)
  const said = isLater
    ? words.confirmed.later(post, localDay(startsAt, context.zone))
    : words.confirmed.send(post)
  return postMessage(post, said, true)
}

/** Returns a message about a post, with buttons that show the post and undo it. */
function postMessage(post: number, said: string, isUndoable: boolean): Message {
  const follow = { label: words.acts.follow, command: `/announcements ${post}` }
  const undo = { label: words.acts.undo, command: `/announcements ${post} undo` }
  return message([paragraph(said)], isUndoable ? [undo, follow] : [follow])
}

/** Reports the state of a draft that was confirmed before. Offers to undo it while the undo window is open. */
async function confirmedBefore(context: ModeratorContext, draft: Announcement): Promise<Message> {
  const { broadcastId: post = 0, act } = draft
  const found = await postOf(context, post)
  const isOpen = act === 'send' && found !== undefined && canUndo(found, context.call.now)
  const said = [words.already[act](post), ...(isOpen ? [words.stillHeld] : [])].join(' ')
  return postMessage(post, said, isOpen)
}
