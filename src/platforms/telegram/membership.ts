import type { ChatMember, ChatMemberUpdated, Update, UserFromGetMe } from 'telegraf/types'
import type { ChatRef, Gone, Refused } from '../../platform.ts'
import { texts } from '../../texts.ts'
import { placeOf, targetOf } from './reply-target.ts'

export type Membership =
  /** The bot was let into a chat. */
  | { readonly kind: 'joined'; readonly place: ChatRef }
  /** The bot may post again in a chat that it was in all the time. */
  | { readonly kind: 'allowed'; readonly chat: string }
  | ({ readonly kind: 'left'; readonly chat: string; readonly why: Gone } & Refused)

/** Out of a chat, or back in it: the bot's own rights have changed. */
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
  // A restricted user may have left the group.
  if (member.status === 'restricted') return !member.is_member
  return member.status === 'left' || member.status === 'kicked'
}

/**
 * Whether the bot's status lets it post: administrators in a channel, members that are not muted elsewhere. An update
 * names the status before and after, so what both share (the group's own permissions) does not matter here. `mayPost`
 * in `probe.ts` counts it, because it has to show that a post would arrive. Throws on an unknown status: it must not
 * count as a removal.
 */
function canPost(member: ChatMember): boolean {
  if (!STATUSES.includes(member.status)) throw new TypeError('The status of a member is unknown.')
  if (member.status === 'restricted') return member.is_member && member.can_send_messages
  // Telegram sets this of administrators of channels alone.
  if (member.status === 'administrator' && member.can_post_messages === false) return false
  return ['member', 'administrator', 'creator'].includes(member.status)
}

const STATUSES = ['creator', 'administrator', 'member', 'restricted', 'left', 'kicked']

/**
 * The chat that an update of any kind comes from, unless the update tells that the bot is out or muted, or that
 * the chat goes on elsewhere. Pure. Throws on a status of the bot that is not known.
 */
export function livingChat(update: Update, me: Pick<UserFromGetMe, 'id'>): string | undefined {
  if ('my_chat_member' in update && !canPost(update.my_chat_member.new_chat_member))
    return undefined
  for (const part of Object.values(update) as unknown[]) {
    const { chat, message, left_chat_member, migrate_to_chat_id } = (part ?? {}) as Living
    if (left_chat_member?.id === me.id || migrate_to_chat_id !== undefined) return undefined
    const id = (chat ?? message?.chat)?.id
    if (Number.isSafeInteger(id)) return String(id)
  }
  return undefined
}

interface Living {
  readonly chat?: { readonly id?: unknown } | null
  readonly message?: { readonly chat?: { readonly id?: unknown } | null } | null
  readonly left_chat_member?: { readonly id?: unknown } | null
  readonly migrate_to_chat_id?: unknown
}
