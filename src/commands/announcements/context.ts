import { messageOf } from '../../briefing/post-message.ts'
import type { Message } from '../../message.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import type { Broadcast } from '../../store/ledger/broadcast.ts'
import { texts } from '../../texts.ts'
import { say } from '../access.ts'
import { type Authority, withAuthority } from '../authority.ts'
import type { Answered, Call, Keeping, Operations } from '../command.ts'

/** What it takes to deal with announcements: whoever asks, what they may, and what they work with. */
export interface ModeratorContext {
  readonly call: Call
  readonly store: Keeping
  readonly operations: Operations
  readonly authority: Authority
  /** IANA zone whose clock is meant where they name a time. */
  readonly zone: string
}

/** Runs what is for those who may announce, where anything can be announced from. */
export function withModerator(
  call: Call,
  run: (context: ModeratorContext) => Promise<Answered>,
): Promise<Answered> {
  const { request, moderators, store, timeZone } = call
  return withAuthority(request, moderators, async authority => {
    const { operations } = call
    if (!store || !operations || !request.place) return { refused: say(texts.announce.notHere) }
    const chat = await store.chats.find(request.place)
    const zone = chat?.subscription.zone ?? timeZone
    return run({ call, store, operations, authority, zone })
  })
}

/** A draft that whoever asks may deal with: of a server's own, whoever manages that. */
export async function draftOf(
  context: ModeratorContext,
  id: number,
): Promise<Announcement | undefined> {
  const { store, authority } = context
  const draft = await store.announcements.find(id)
  if (!draft) return undefined
  if (draft.act === 'send') return isWithin(authority, draft.options.within) ? draft : undefined
  const concerned = draft.broadcastId !== undefined && (await postOf(context, draft.broadcastId))
  return concerned ? draft : undefined
}

/** A post that whoever asks may deal with, and what it says at this moment. */
export async function postOf(
  { store, authority }: Pick<ModeratorContext, 'store' | 'authority'>,
  id: number,
): Promise<{ readonly broadcast: Broadcast; readonly message: Message } | undefined> {
  const [broadcast, written] = [await store.broadcasts.find(id), await store.broadcasts.message(id)]
  if (!broadcast || !written || !mayManagePost(authority, broadcast)) return undefined
  return { broadcast, message: messageOf(written.message) }
}

/** Whoever manages a server has a say in its own announcements, and in nothing else. Pure. */
export function mayManagePost(authority: Authority, { kind, audience }: Broadcast): boolean {
  if (authority.within === undefined) return true
  return kind === 'announcement' && isWithin(authority, audience.within)
}

function isWithin(authority: Authority, within: string | undefined): boolean {
  return authority.within === undefined || authority.within === within
}
