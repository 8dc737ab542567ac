import type { ChatMember, ChatMemberUpdated, Update, UserFromGetMe } from 'telegraf/types'
import type { ChatRef, RefusalDetails, UnreachableReason } from '../../platform.ts'
import { texts } from '../../texts.ts'
import { placeOf, targetOf } from './reply-target.ts'

/** A change of the bot's own status in a chat. */
export type Membership =
  /** The bot was added to a chat, for the first time or again. */
  | { readonly kind: 'joined'; readonly place: ChatRef }
  /** The bot may post again in a chat that it had not left. */
  | { readonly kind: 'allowed'; readonly chat: string }
  | ({
      readonly kind: 'left'
      readonly chat: string
      readonly why: UnreachableReason
    } & RefusalDetails)

/** Reads an update of the bot's own status; undefined if the change makes no difference for posts. Pure. */
export function readMembership({ chat, ...change }: ChatMemberUpdated): Membership | undefined {
  const { old_chat_member: before, new_chat_member: member } = change
  const [was, is] = [before, member].map(canPost)
  const { chat: address } = targetOf({ chat })
  if (is) {
    if (isOut(before)) return { kind: 'joined', place: placeOf({ chat }) }
    return was ? undefined : { kind: 'allowed', chat: address }
  }
  const left = { kind: 'left', chat: address } as const
  if (isOut(member)) {
    return { ...left, why: chat.type === 'private' ? 'blocked' : 'removed', isSure: true }
  }
  if (!was) return undefined
  const { post, send } = texts.rights.telegram
  const right = chat.type === 'channel' ? post : send
  return { ...left, why: 'forbidden', right, said: member.status }
}

function isOut(member: ChatMember): boolean {
  // A restricted member keeps that status after leaving the group.
  if (member.status === 'restricted') return !member.is_member
  return member.status === 'left' || member.status === 'kicked'
}

/**
 * Whether the bot's status lets it post: as an administrator in a channel, as a member that is not muted elsewhere. An
 * update compares two statuses, so the group's own permissions, which both share, do not matter here. `mayPost` in
 * `probe.ts` counts them, because it predicts whether a post would arrive. Throws a TypeError on an unknown status,
 * which must not count as a removal.
 */
function canPost(member: ChatMember): boolean {
  if (!STATUSES.includes(member.status)) throw new TypeError('The status of a member is unknown.')
  if (member.status === 'restricted') return member.is_member && member.can_send_messages
  // Telegram sets this field for administrators of channels alone.
  if (member.status === 'administrator' && member.can_post_messages === false) return false
  return ['member', 'administrator', 'creator'].includes(member.status)
}

const STATUSES = ['creator', 'administrator', 'member', 'restricted', 'left', 'kicked']

/**
 * Returns the chat that an update of any kind shows to be reachable; undefined if the update has no chat, or reports
 * that the bot was removed or muted, or that the chat continues under another id. Throws a TypeError on an unknown
 * status of the bot. Pure.
 */
export function reachableChat(update: Update, me: Pick<UserFromGetMe, 'id'>): string | undefined {
  if ('my_chat_member' in update && !canPost(update.my_chat_member.new_chat_member))
    return undefined
  for (const part of Object.values(update) as unknown[]) {
    const { chat, message, left_chat_member, migrate_to_chat_id } = (part ?? {}) as UpdatePart
    if (left_chat_member?.id === me.id || migrate_to_chat_id !== undefined) return undefined
    const id = (chat ?? message?.chat)?.id
    if (Number.isSafeInteger(id)) return String(id)
  }
  return undefined
}

/** The fields of a message or another part of an update, which may have any form. */
interface UpdatePart {
  readonly chat?: { readonly id?: unknown } | null
  readonly message?: { readonly chat?: { readonly id?: unknown } | null } | null
  readonly left_chat_member?: { readonly id?: unknown } | null
  readonly migrate_to_chat_id?: unknown
}
