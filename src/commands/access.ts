import { defaults, withNextDigest, withPauseExpired } from '../chats/subscription.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { BotRequest, ChatRef } from '../platform.ts'
import type { Subscription } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import type { Call, Keeping, Refusal } from './command.ts'

/** A chat whose settings are looked at or changed. */
export interface Access {
  /** What it wants; where it has never said so, what it would get, and stopped. */
  readonly subscription: Subscription
  readonly place: ChatRef
  readonly chats: Keeping['chats']
  /** A chat that is managed from elsewhere: what it is called, and what its lines begin with. */
  readonly elsewhere?: { readonly title: string; readonly prefix: string }
  /** What whoever asks is told, where they may not manage it; asked of the platform once. */
  refusal(): Promise<Refusal | undefined>
  /**
   * Changes it, if whoever asks may; by what it wants at that moment, which somebody else may have
   * changed meanwhile. Nothing is written where `how` returns nothing.
   */
  change(how: Change): Promise<Subscription | Refusal | undefined>
}

export type Change = (before: Subscription) => Subscription | undefined

/** The chat that was asked in, or one that is named; a message where there is none. */
export async function accessOf(call: Call, named?: string): Promise<Access | Message> {
  const { store, request, now, timeZone } = call
  const { place, reach, mayManage, isPressed = false } = request
  if (request.misplaced) return say(texts.tooOld)
  if (!store || !place) return say(texts.nothingKept)
  if (named === undefined) return open(store, place, mayManage)
  const reached = reach ? await reach(named) : 'elsewhere'
  if (typeof reached === 'string') return say(texts.unreached[reached])
  const { title, isBarred = false, ...other } = reached
  if (isBarred) {
    // Only the panel of a chat that has met a refusal says since when nothing arrives.
    const chat = await store.chats.find(other)
    if (!chat?.subscription.gone) return say(texts.unreached.rights)
  } else await call.seen?.(other.platform, [other.address])
  const access = await open(store, other, undefined)
  return { ...access, elsewhere: { title, prefix: `${other.address} ` } }

  async function open(kept: Keeping, where: ChatRef, mayChange: typeof mayManage): Promise<Access> {
    const blank = { ...defaults(timeZone), ...STOPPED }
    const chat = await kept.chats.find(where)
    let told: Promise<Refusal | undefined> | undefined
    const asOf = (found: Subscription) => withNextDigest(found, now, found)
    function refusal() {
      told ??= refuse(where, mayChange, isPressed)
      return told
    }
    return {
      place: where,
      chats: kept.chats,
      refusal,
      subscription: chat ? asOf(withPauseExpired(chat.subscription, now)) : blank,
      async change(how) {
        const refused = await refusal()
        if (refused) return refused
        const saved = await kept.chats.update(where, before => {
          const was = before ? withPauseExpired(before, now) : blank
          const after = how(was)
          return after && !isSame(after, was) ? withNextDigest(after, now, was) : undefined
        })
        return saved?.subscription
      },
    }
  }
}

/** Runs an action that only managers of the chat may use, or resolves to the refusal. */
export async function managing(
  call: Call,
  run: (access: Access) => Promise<Message | Refusal>,
  named?: string,
): Promise<Message | Refusal> {
  const access = await accessOf(call, named)
  if (isMessage(access)) return access
  return (await access.refusal()) ?? run(access)
}

/** Settings can be chosen before a chat subscribes. */
const STOPPED = { state: 'stopped' } as const

/** As JSON: of two instants a deep comparison sees no difference. */
function isSame(one: Subscription, other: Subscription): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}

export function isMessage(value: object): value is Message {
  return 'body' in value
}

async function refuse(
  { platform, kind }: ChatRef,
  mayManage: BotRequest['mayManage'],
  isPressed: boolean,
): Promise<Refusal | undefined> {
  const may = mayManage ? await mayManage() : true
  if (may === true) return undefined
  const isUnknown = may === 'unknown'
  if (platform === 'discord')
    return { refused: say(isUnknown ? texts.refusedMention : texts.refusedServer) }
  if (kind === 'channel')
    return { refused: say(isUnknown ? texts.refusedUnknown : texts.refusedChannel) }
  const why = isUnknown ? texts.refusedUnknown : texts.refusedGroup
  return { refused: say(isPressed ? `${why} ${texts.asGroup}` : why) }
}

export function say(text: string): Message {
  return message([paragraph(text)])
}
