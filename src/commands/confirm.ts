import { EXPIRES_HOURS } from '../announcing/preflight.ts'
import { correctionOf } from '../announcing/text.ts'
import { localDay } from '../briefing/local.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { Announcement } from '../store/announcement.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import { type Desk, postOf } from './desk.ts'
import { draftPanel, type Proposal, proposalOf, textOf } from './draft.ts'

const words = texts.announce

/**
 * Does what a draft says, where whoever confirms has seen it as it is: `revision` is what they have looked
 * at. However often that is asked for, by whomever, it is done once.
 */
export async function confirm(
  desk: Desk,
  draft: Announcement,
  revision: number | undefined,
): Promise<Message> {
  const { store, operations } = desk
  if (draft.state === 'confirmed') return saidBefore(draft)
  const proposal = await proposalOf(desk, draft)
  if (!proposal) return say(words.unknownPost(draft.broadcastId ?? 0))
  if (revision !== draft.revision) return draftPanel(desk, draft, words.changed)
  // Said by the panel itself, which offers no such button.
  const isFutile = proposal.sending?.isLate || proposal.sending?.preflight.chats === 0
  if (isFutile) return draftPanel(desk, draft)
  const how = await confirmationOf(desk, draft, proposal)
  if (!how) return say(words.takenBackAlready(draft.broadcastId ?? 0))
  const confirmed = await store.announcements.confirm(draft.id, revision, how)
  switch (confirmed.outcome) {
    case 'done':
      operations.announcing.wake()
      return saidOnce(desk, confirmed.announcement, proposal)
    case 'already':
      return saidBefore(confirmed.announcement)
    default: {
      const now = await store.announcements.find(draft.id)
      if (now?.state === 'draft') return draftPanel(desk, now, words.changed)
      return say(words.isDiscarded(draft.id))
    }
  }
}

async function confirmationOf(
  desk: Desk,
  draft: Announcement,
  { sending, changing, message: said }: Proposal,
) {
  const { authority, call, zone } = desk
  const { actor } = authority
  const note = (action: string, more: Record<string, string | number>) => ({
    note: { actor, action, details: { draft: draft.id, ...more } },
  })
  if (sending) {
    const { audience, startsAt, preflight } = sending
    const { topic, platforms, within } = audience
    const to = [topic, ...(within === undefined ? platforms : [`server ${within}`])].join(', ')
    return {
      ...note('announcement.send', { to, chats: preflight.chats }),
      broadcast: {
        ...{ kind: 'announcement' as const, audience, startsAt, by: actor },
        ...{ message: JSON.stringify(said), urgent: draft.options.urgent ?? false },
        expiresAt: startsAt.add({ hours: EXPIRES_HOURS }),
      },
    }
  }
  const chats = changing?.chats ?? 0
  if (draft.act === 'retract') {
    const notice = JSON.stringify(said)
    return { ...note('announcement.retract', { chats }), message: notice, isRetracted: true }
  }
  // By what it says at this moment: somebody may have corrected it before.
  const found = await postOf(desk, draft.broadcastId ?? 0)
  if (!found || found.broadcast.isRetracted) return undefined
  const corrected = correctionOf(found.message, textOf(draft), call.now, zone)
  const corrections = { message: JSON.stringify(corrected), isRetracted: false }
  return { ...note('announcement.correct', { chats }), ...corrections }
}

function saidOnce(desk: Desk, draft: Announcement, { sending }: Proposal): Message {
  const { broadcastId: post = 0, act } = draft
  const follow = { label: words.acts.follow, command: `/announcements ${post}` }
  if (act !== 'send') return message([paragraph(words.confirmed[act](post))], [follow])
  const { moment, startsAt } = sending ?? {}
  const isLater = moment && startsAt && moment.at.equals(startsAt)
  const said = isLater
    ? words.confirmed.later(post, localDay(startsAt, desk.zone))
    : words.confirmed.send(post)
  const undo = { label: words.acts.undo, command: `/announcements ${post} undo` }
  return message([paragraph(said)], [undo, follow])
}

function saidBefore({ broadcastId: post = 0 }: Announcement): Message {
  const follow = { label: words.acts.follow, command: `/announcements ${post}` }
  return message([paragraph(words.already(post))], [follow])
}
