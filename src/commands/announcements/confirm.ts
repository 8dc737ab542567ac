import { announcementBroadcast } from '../../announcements/actions.ts'
import { canUndo, isUnsent } from '../../announcements/undo-window.ts'
import { localDay } from '../../briefing/local-time.ts'
import { type Message, message, paragraph } from '../../message.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered } from '../command.ts'
import { type ModeratorContext, postOf, unsentDraft } from './context.ts'
import { discardedText, draftButton, draftPanel } from './draft.ts'
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
): Promise<Answered> {
  const { store, operations } = context
  if (draft.state === 'confirmed') return confirmedBefore(context, draft)
  const proposal = await proposalOf(context, draft)
  if (!proposal) return say(words.isOver(draft.number))
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
      operations.announcing.wake(draft.number)
      return confirmation(context, confirmed.announcement, proposal)
    case 'already':
      return confirmedBefore(context, confirmed.announcement)
    default: {
      const newest = await store.announcements.find(draft.id)
      if (newest?.state === 'draft') return draftPanel(context, newest, words.changed)
      return say(discardedText(draft))
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
    const { audience, startsAt, preflight, moment } = sending
    const { topic, platforms, within } = audience
    const to = [topic, ...(within === undefined ? platforms : [`server ${within}`])].join(', ')
    return {
      ...note(moment ? 'announcement.schedule' : 'announcement.send', {
        ...{ to, chats: preflight.chats },
      }),
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

/** Says what becomes of a confirmed draft. The message of an announcement counts down until its undo window closes. */
function confirmation(
  context: ModeratorContext,
  { number, act }: Announcement,
  { sending }: Proposal,
): Answered {
  if (act !== 'send' || !sending) {
    return postMessage(number, [words.confirmed[act === 'retract' ? act : 'correct'](number)])
  }
  const { moment, startsAt } = sending
  if (moment?.at.equals(startsAt)) {
    const day = localDay(startsAt, context.zone, context.call.now)
    return postMessage(number, [words.confirmed.later(number, day)], true)
  }
  return counting(context, number, startsAt)
}

/** Returns a message about a post, with buttons that show the post and undo it. */
function postMessage(post: number, said: Parameters<typeof paragraph>, isUndoable = false) {
  const follow = { label: words.acts.follow, command: `/announcements ${post}` }
  const undo = { label: words.acts.undo, command: `/announcements ${post} undo here` }
  return message([paragraph(...said)], isUndoable ? [undo, follow] : [follow])
}

/** Seconds before the end of an undo window at which the countdown changes. */
const MARKS = [1800, 600, 300, 120, 60, 30, 20, 10, 5, 0]

/** Shortest time between two changes of a message, in seconds: a group on Telegram allows 20 edits a minute. */
const SHORTEST = 3

/** Returns a message that counts down to the start of a post, and changes when the post can no longer be undone. */
function counting(context: ModeratorContext, post: number, startsAt: Temporal.Instant): Answered {
  const { now } = context.call
  const at = MARKS.map(seconds => startsAt.subtract({ seconds })).filter(
    mark => mark.since(now).total('seconds') >= SHORTEST || mark.equals(startsAt),
  )
  const live = {
    at,
    message: (time: Temporal.Instant) => confirmationAt(context, post, time),
    onChange: (listener: () => void) => context.operations.announcing.onWake(post, listener),
  }
  return { message: countdown(post, startsAt, now), live }
}

function countdown(post: number, startsAt: Temporal.Instant, now: Temporal.Instant): Message {
  const { confirmed } = words
  const seconds = startsAt.since(now).total('seconds')
  if (seconds <= 0) return postMessage(post, [confirmed.begun(post)])
  const value = confirmed.inside(seconds)
  const time = { type: 'time' as const, at: startsAt.toString(), style: 'R' as const, value }
  return postMessage(post, [confirmed.send(post), time, confirmed.undo], true)
}

/** Resolves to the confirmation of a post as it is at `now`. Throws {@link StoreError}. */
async function confirmationAt(
  context: ModeratorContext,
  post: number,
  now: Temporal.Instant,
): Promise<Message> {
  const { confirmed } = words
  const found = await postOf(context, post)
  if (!found || isUnsent(found)) {
    const draft = await unsentDraft(context, post)
    return draft
      ? message([paragraph(confirmed.again(post))], [draftButton(draft)])
      : postMessage(post, [confirmed.undone(post)])
  }
  const { startsAt } = found
  if (!startsAt || !canUndo(found, now)) return postMessage(post, [confirmed.begun(post)])
  if (found.state === 'paused') return postMessage(post, [confirmed.paused(post)], true)
  return countdown(post, startsAt, now)
}

/** Reports the state of a draft that was confirmed before. Offers to undo it while the undo window is open. */
async function confirmedBefore(
  context: ModeratorContext,
  { number, act }: Announcement,
): Promise<Answered> {
  const said = words.already[act](number)
  const found = await postOf(context, number)
  const { now } = context.call
  if (act !== 'send' || !found?.startsAt || !canUndo(found, now)) return postMessage(number, [said])
  const { startsAt, state } = found
  if (state === 'paused') return postMessage(number, [words.confirmed.paused(number)], true)
  const isSoon = startsAt.since(now).total('seconds') <= (MARKS[0] ?? 0)
  if (isSoon) return counting(context, number, startsAt)
  return postMessage(
    number,
    [words.confirmed.later(number, localDay(startsAt, context.zone, context.call.now))],
    true,
  )
}
