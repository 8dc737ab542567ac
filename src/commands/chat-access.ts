import type { Origin, RequestChat } from '../bot.ts'
import { defaults, withNextDigest, withPauseExpired } from '../chats/subscription.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { ChatRef } from '../platform.ts'
import type { Subscription } from '../store/chats/chat.ts'
import type { EventServer } from '../store/schedule/scheduled-events.ts'
import { texts } from '../texts.ts'
import type { Call, CommandStore, Refusal } from './command.ts'

/** A chat whose settings a user wants to read or change. */
export interface Access {
  /** The settings of the chat. A chat without stored settings has the defaults and is stopped. */
  readonly subscription: Subscription
  readonly place: ChatRef
  readonly chats: CommandStore['chats']
  /** The events of the chat's server; absent if the server has no list of its own, or the edition no events. */
  readonly serverEvents?: ServerEventAccess
  /** Set if the request came from another chat: the managed chat's title, and the prefix of its lines. */
  readonly elsewhere?: { readonly title: string; readonly prefix: string }
  /** Resolves to the refusal if the user may not manage the chat. Asks the platform at most once. */
  refusal(): Promise<Refusal | undefined>
  /**
   * Changes the settings if the user may manage the chat. `how` gets the settings as stored at that moment, because
   * another user may have changed them. If `how` returns undefined, nothing is written. Resolves to the new
   * settings, the refusal, or undefined if nothing changed. Throws {@link StoreError} if the store fails.
   */
  change(how: Change): Promise<Subscription | Refusal | undefined>
}

/** The switch of the events in a server's own list. */
interface ServerEventAccess {
  /** The server's id on the platform. */
  readonly server: string
  /** Whether the bot may add events there. */
  readonly mayCreate: boolean
  /** Absent if the events were never turned on. */
  readonly known?: EventServer
}

/** Returns the changed settings; undefined if nothing changes. */
export type Change = (before: Subscription) => Subscription | undefined

/** Matches the name, link or id of another chat at the start of a line. */
const REFERENCE = /^(?:(?:https?:\/\/)?t\.me\/(\w{4,32})|(@\w{4,32}|-?\d{5,20}))(?:\s+|$)/

/** Splits a line into the other chat that it names, if it names one, and the rest. Pure. */
export function splitReference(typed: string): { readonly named?: string; readonly line: string } {
  const given = typed.trim()
  const [whole = '', linked, named = linked && `@${linked}`] = REFERENCE.exec(given) ?? []
  return { ...(named !== undefined && { named }), line: given.slice(whole.length).trim() }
}

/** Tells whether a text names another chat, and nothing else. Pure. */
export function isReference(typed: string): boolean {
  const { named, line } = splitReference(typed)
  return named !== undefined && line === ''
}

/** Resolves to the chat of the request, or to the named chat; to a message if that chat cannot be used. */
export async function accessOf(call: Call, named?: string): Promise<Access | Message> {
  const { store, request, now, timeZone } = call
  const { chat, origin } = request
  if (origin.isMisplaced) return say(texts.tooOld)
  if (!store || !chat) return say(texts.nothingKept)
  if (named === undefined) return accessTo(store, chat)
  const reached = chat.reach ? await chat.reach(named) : 'elsewhere'
  if (typeof reached === 'string') return say(texts.unreached[reached])
  const { title, isBarred = false, ...other } = reached
  if (isBarred) {
    // The bot lacks the right to post there. The panel can say since when only if the chat is marked as unreachable.
    const chat = await store.chats.find(other)
    if (!chat?.subscription.gone) return say(texts.unreached.rights)
  } else if (origin.by !== 'suggested') await call.seen?.(other.platform, [other.address])
  const access = await accessTo(store, { ref: other })
  return { ...access, elsewhere: { title, prefix: `${other.address} ` } }

  async function accessTo(kept: CommandStore, managed: RequestChat): Promise<Access> {
    const { ref } = managed
    const serverEvents = await serverEventsOf(kept, managed)
    const initial = { ...defaults(timeZone), ...STOPPED }
    const chat = await kept.chats.find(ref)
    const withDigestTime = (found: Subscription) => withNextDigest(found, now, found)
    let decision: Promise<Refusal | undefined> | undefined
    function refusal() {
      decision ??= refusalFor(managed, origin)
      return decision
    }
    return {
      place: ref,
      ...(serverEvents && { serverEvents }),
      chats: kept.chats,
      refusal,
      subscription: chat ? withDigestTime(withPauseExpired(chat.subscription, now)) : initial,
      async change(how) {
        const refused = await refusal()
        if (refused) return refused
        const saved = await kept.chats.update(ref, before => {
          const was = before ? withPauseExpired(before, now) : initial
          const after = how(was)
          return after && !isSame(after, was) ? withNextDigest(after, now, was) : undefined
        })
        return saved?.subscription
      },
    }
  }

  async function serverEventsOf(kept: CommandStore, { ref, mayCreateEvents }: RequestChat) {
    const { platform, within: server } = ref
    const isOffered = mayCreateEvents !== undefined && call.registry.edition.eventNames
    if (!isOffered || server === undefined) return undefined
    const known = await kept.scheduledEvents.find({ platform, server })
    return { server, mayCreate: mayCreateEvents, ...(known && { known }) }
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

/** A user can change settings before the chat subscribes, so new settings start as stopped. */
const STOPPED = { state: 'stopped' } as const

/** Compares as JSON, because a deep comparison treats any two `Temporal.Instant` as equal. */
function isSame(one: Subscription, other: Subscription): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}

/** Tells whether an object is a message, rather than a refusal or an {@link Access}. */
export function isMessage(value: object): value is Message {
  return 'body' in value
}

async function refusalFor(
  { ref, mayManage }: RequestChat,
  { by }: Origin,
): Promise<Refusal | undefined> {
  const may = mayManage ? await mayManage() : true
  if (may === true) return undefined
  const isUnknown = may === 'unknown'
  if (isInServer(ref))
    return { refused: say(isUnknown ? texts.refusedMention : texts.refusedServer) }
  if (ref.kind === 'channel')
    return { refused: say(isUnknown ? texts.refusedUnknown : texts.refusedChannel) }
  const why = isUnknown ? texts.refusedUnknown : texts.refusedGroup
  const isPressed = by === 'button' || by === 'post-button'
  return { refused: say(isPressed ? `${why} ${texts.asGroup}` : why) }
}

/** Tells whether a chat is part of a server, whose admins manage it and may announce in the server. Pure. */
export function isInServer({ kind, within }: ChatRef): boolean {
  return kind === 'channel' && within !== undefined
}

export function say(text: string): Message {
  return message([paragraph(text)])
}
