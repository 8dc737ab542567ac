import type { ChatMember, ChatPermissions } from 'telegraf/types'
import type { ChatRef } from '../../platform.ts'
import type { Failure, Outcome } from '../../poster.ts'
import { texts } from '../../texts.ts'
import { tryOnce } from '../retry.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'

const rights = texts.rights.telegram

type Gone = Extract<Failure, { next: 'gone' }>

/**
 * Checks, without posting, whether the bot with the id `own` may post in a chat. The value is false if only a post can
 * show it: Telegram still shows the chat of a user who has blocked the bot, and does not tell whether a topic is open.
 */
export async function probe(
  call: Call,
  own: number,
  { address, kind }: Pick<ChatRef, 'address' | 'kind'>,
): Promise<Outcome<boolean>> {
  if (kind === 'private') return { ok: true, value: false }
  const [chat_id, topic] = address.split('/')
  const ask = <T>(method: string, payload: object) =>
    tryOnce(() => call<T>(method, { chat_id, ...payload }), classifyError)
  const chat = await ask<{ permissions?: ChatPermissions }>('getChat', {})
  const member = await ask<ChatMember>('getChatMember', { user_id: own })
  if (!member.ok) return member
  const may = mayPost(member.value, kind, chat.ok ? chat.value?.permissions : undefined)
  if (typeof may === 'object') return { ok: false, failure: may }
  return { ok: true, value: may && topic === undefined }
}

/**
 * Returns true if a post would arrive, by the bot's status and the group's permissions. Returns a failure if a right is
 * missing, and false if only a post can show it. `canPost` in `membership.ts` compares two statuses instead. Pure.
 */
function mayPost(
  member: ChatMember,
  kind: ChatRef['kind'],
  permissions: ChatPermissions | undefined,
): boolean | Gone {
  switch (member?.status) {
    case 'creator':
      return true
    case 'administrator':
      return kind !== 'channel' || member.can_post_messages === true || lacks(rights.post)
    case 'member':
    case 'restricted': {
      if (member.status === 'restricted' && !member.is_member) return OUT
      if (kind === 'channel') return lacks(rights.post)
      const isMuted = member.status === 'restricted' && !member.can_send_messages
      if (isMuted || permissions?.can_send_messages === false) return lacks(rights.send)
      return permissions?.can_send_messages === true
    }
    case 'left':
    case 'kicked':
      return OUT
    default:
      return false
  }
}

const OUT: Gone = { next: 'gone', code: 'out', why: 'removed', isSure: true }

function lacks(right: string): Gone {
  return { next: 'gone', code: 'rights', why: 'forbidden', right }
}
