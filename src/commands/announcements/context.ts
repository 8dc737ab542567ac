import { messageOf } from '../../briefing/post-message.ts'
import type { Message } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import type { Broadcast } from '../../store/ledger/broadcast.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import type { Answered, Call, CommandStore, Operations } from '../command.ts'
import { type Authority, withAuthority } from '../moderators.ts'

/** The request of a moderator, with their authority and the parts that announcements use. */
export interface ModeratorContext {
  readonly call: Call
  readonly store: CommandStore
  readonly operations: Operations
  readonly authority: Authority
  /** The chat in which the moderator asks. */
  readonly place: ChatRef
  /** IANA zone of the times that the moderator types. */
  readonly zone: string
}

/**
 * Returns a command's `run` for a moderator or an admin of a server. Refuses a request without a chat, and every
 * request in a process that cannot announce.
 */
export function withModerator(run: (context: ModeratorContext) => Promise<Answered>) {
  return (call: Call): Promise<Answered> => {
    const { request, moderators, store, timeZone, operations } = call
    return withAuthority(request, moderators, async authority => {
      const place = request.chat?.ref
      if (!store || !operations || !place) return { refused: say(texts.announce.notHere) }
      const chat = await store.chats.find(place)
      const zone = chat?.subscription.zone ?? timeZone
      return run({ call, store, operations, authority, place, zone })
    })
  }
}

/** Resolves to a draft by its id, as a button has it; undefined if the user may not manage it, or it does not exist. */
export async function draftOf(
  context: ModeratorContext,
  id: number,
): Promise<Announcement | undefined> {
  return manageable(context, await context.store.announcements.find(id))
}

/** Resolves to the draft that a number names, as a moderator types it; undefined as in {@link draftOf}. */
export async function draftNumbered(
  context: ModeratorContext,
  number: number,
): Promise<Announcement | undefined> {
  return manageable(context, await context.store.announcements.numbered(number))
}

/** Resolves to the open draft of a new announcement that a number names; undefined as in {@link draftOf}. */
export async function unsentDraft(
  context: ModeratorContext,
  number: number,
): Promise<Announcement | undefined> {
  const draft = await draftNumbered(context, number)
  return draft?.act === 'send' && draft.state === 'draft' ? draft : undefined
}

/** Resolves to a draft if the user may manage it. */
export async function manageable(
  context: ModeratorContext,
  draft: Announcement | undefined,
): Promise<Announcement | undefined> {
  const { authority } = context
  if (!draft) return undefined
  if (draft.act === 'send') return isWithin(authority, draft.options.within) ? draft : undefined
  const concerned = draft.broadcastId !== undefined && (await postOf(context, draft.broadcastId))
  return concerned ? draft : undefined
}

/** Resolves to a post and its newest message; undefined if it does not exist or the user may not manage it. */
export async function postOf(
  { store, authority }: Pick<ModeratorContext, 'store' | 'authority'>,
  id: number,
): Promise<(Broadcast & { readonly message: Message }) | undefined> {
  const broadcast = await store.broadcasts.find(id)
  if (!broadcast || !mayManagePost(authority, broadcast)) return undefined
  return { ...broadcast, message: messageOf(broadcast) }
}

/** Tells whether a user may manage a post. An admin of a server may manage only its own announcements. Pure. */
export function mayManagePost(authority: Authority, { kind, audience }: Broadcast): boolean {
  if (authority.within === undefined) return true
  return kind === 'announcement' && isWithin(authority, audience.within)
}

function isWithin(authority: Authority, within: string | undefined): boolean {
  return authority.within === undefined || authority.within === within
}
