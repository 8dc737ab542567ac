import { overview } from '../briefing/overview.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { Bot, ChatPlace } from '../platform.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import type { Keeping, Registry } from './command.ts'
import { overviewPanel } from './panel.ts'
import { back, planned } from './subscription.ts'

export interface PresenceOptions {
  readonly registry: () => Registry
  readonly store: () => Keeping | undefined
  readonly now: () => Temporal.Instant
  readonly today: () => Temporal.PlainDate
}

export type Presence = Pick<
  Bot,
  'groups' | 'joined' | 'left' | 'moved' | 'seen' | 'unreachable'
> & {
  /** Chats that do not count as gone any more: it was not theirs. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
}

/** Where the bot is let in and shown out. What a chat wants outlives that. */
export function createPresence(options: PresenceOptions): Presence {
  const { registry, store, now, today } = options

  /** What can be reached again is as it was, but for what it has missed. Whether anything was gone. */
  async function reopen(kept: Keeping, place: Pick<ChatPlace, 'platform' | 'address'>) {
    const chats = await kept.chats.findWithin(place)
    const gone = chats.filter(({ subscription }) => subscription.gone)
    for (const chat of gone) {
      await kept.chats.update(chat.place, before => before && back(before, now()))
    }
    return gone.length > 0
  }

  async function restore(kept: Keeping, place: ChatPlace): Promise<Message | undefined> {
    const wasGone = await reopen(kept, place)
    const own = await kept.chats.find(place)
    if (!own) return wasGone ? say(texts.backAgain) : undefined
    if (own.subscription.state === 'stopped') return undefined
    const { edition } = registry()
    const { body, actions } = overviewPanel({
      subscription: own.subscription,
      edition,
      now: now(),
    })
    return message([paragraph(texts.backAgain), ...body.children], actions)
  }

  async function returned(platform: string, addresses: readonly string[]): Promise<void> {
    const kept = store()
    if (!kept) return
    for (const address of addresses) await reopen(kept, { platform, address })
  }

  return {
    async joined(place) {
      const kept = store()
      const again = kept && (await restore(kept, place))
      if (again) return again
      // Whoever writes to the bot first is answered anyway, and a channel's readers have not asked.
      if (place.kind !== 'group') return undefined
      const { edition } = registry()
      const { body, actions } = overview(edition, today())
      return message([paragraph(texts.greeting(edition.title)), ...body.children], actions)
    },
    async left(place, why, alone = false) {
      const kept = store()
      if (!kept) return
      const chats = await kept.chats.findWithin(place)
      for (const chat of chats.filter(each => !alone || each.place.address === place.address)) {
        // One that was forgotten meanwhile stays so.
        await kept.chats.update(
          chat.place,
          before => before && planned({ ...before, gone: why }, now()),
        )
      }
    },
    async moved(platform, from, to) {
      const kept = store()
      if (!kept) return
      await kept.chats.move(platform, from, to)
      // It left the old address only to be found at the new one.
      await reopen(kept, { platform, address: to })
    },
    seen: returned,
    unreachable: async platform => (await store()?.chats.unreachable(platform)) ?? [],
    groups: async platform => (await store()?.chats.groups(platform)) ?? [],
    returned,
  }
}
