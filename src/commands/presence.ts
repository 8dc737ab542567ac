import { overview } from '../briefing/overview.ts'
import { isLeft, refused, unproven, upToDate } from '../chats/reachability.ts'
import { back, planned } from '../chats/subscription.ts'
import { createUnreachable } from '../chats/unreachable-cache.ts'
import type { Log } from '../log.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { Bot, ChatPlace } from '../platform.ts'
import type { Chat, Subscription } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import type { Keeping, Registry } from './command.ts'
import { overviewPanel } from './panel.ts'

export interface PresenceOptions {
  readonly registry: () => Registry
  readonly store: () => Keeping | undefined
  readonly now: () => Temporal.Instant
  readonly today: () => Temporal.PlainDate
  readonly log?: Log | undefined
}

type Address = Pick<ChatPlace, 'platform' | 'address'>

export type Presence = Pick<
  Bot,
  'groups' | 'joined' | 'left' | 'moved' | 'seen' | 'unreachable'
> & {
  /** These places can be reached: a post has arrived, or they were never at fault. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
  /** A post has arrived in this place, which says nothing about its parts. `isMarked`: it was suspected lately. */
  arrived(place: ChatPlace, isMarked: boolean): Promise<void>
  /** A check has shown that this place, apart from its parts, can be reached. */
  proven(place: Address): Promise<void>
  /** A check could not tell whether a suspected place can be reached: its next post is the try. */
  unproven(place: Address): Promise<void>
}

/** Where the bot is let in and shown out. What a chat wants outlives that. */
export function createPresence(options: PresenceOptions): Presence {
  const { registry, store, now, today, log } = options
  const known = createUnreachable(now)

  /**
   * What can be reached again is as it was, but for what it has missed; of its parts those for which `isMeant`
   * holds. Whether anything was gone.
   */
  async function reopen(
    kept: Keeping,
    { platform, address }: Address,
    isMeant: (part: Chat) => boolean = () => true,
  ): Promise<boolean> {
    // Before the query: a mark that is made during it is remembered again.
    known.delete(platform, address)
    try {
      const chats = await kept.chats.findWithin({ platform, address })
      const all = chats.filter(({ subscription }) => subscription.gone)
      const gone = all.filter(chat => chat.place.address === address || isMeant(chat))
      for (const { place } of gone) {
        known.delete(platform, place.address)
        const saved = await kept.chats.update(place, before =>
          before?.gone ? back(before, now()) : undefined,
        )
        if (!saved) continue
        const fields = { event: 'chat.back', platform, chat: place.address }
        log?.info(fields, 'A chat can be reached again.')
      }
      // A sign of life of the whole brings the other parts back.
      if (gone.length < all.length) known.add(platform, address)
      return gone.length > 0
    } catch (error) {
      known.add(platform, address)
      throw error
    }
  }

  async function reopenAll(platform: string, addresses: readonly string[]): Promise<void> {
    const kept = store()
    if (!kept) return
    for (const address of addresses) await reopen(kept, { platform, address })
  }

  async function restore(kept: Keeping, place: ChatPlace): Promise<Message | undefined> {
    // The bot is let into a server again, and not into what was deleted there.
    const wasGone = await reopen(kept, place, ({ subscription }) => !isDeleted(subscription))
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

  function tell({ platform, address }: Address, after: Subscription): void {
    const { gone, unreached } = after
    const { right, said, tries, retryAt } = unreached ?? {}
    const state = isLeft(after) ? 'left' : 'suspected'
    const what = { event: 'chat.unreachable', platform, chat: address, state, why: gone }
    const fields = { ...what, right, said, tries, nextAt: retryAt?.toString() }
    if (tries && state === 'suspected') log?.debug(fields, 'A chat still cannot be reached.')
    else log?.info(fields, 'A chat cannot be reached.')
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
    async left(place, why, alone = false, more = {}) {
      const kept = store()
      if (!kept) return
      const { platform } = place
      const chats = await kept.chats.findWithin(place)
      for (const chat of chats.filter(each => !alone || each.place.address === place.address)) {
        const at = now()
        const saved = await kept.chats.update(chat.place, before => {
          // One that was forgotten meanwhile stays so.
          const after = before && refused(before, why, more, at)
          return after && planned(after, at)
        })
        const { address, within } = chat.place
        known.add(platform, address, within)
        if (saved) tell(chat.place, saved.subscription)
      }
    },
    async moved(platform, from, to) {
      const kept = store()
      if (!kept) return
      await kept.chats.move(platform, from, to)
      // It left the old address only to be found at the new one.
      await reopen(kept, { platform, address: to })
    },
    async seen(platform, addresses) {
      const kept = store()
      if (!kept) return
      await reopenAll(platform, await known.among(kept, platform, addresses))
    },
    async unreachable(platform) {
      return (await store()?.reach.unreachable(platform)) ?? []
    },
    returned: reopenAll,
    async arrived(place, isMarked) {
      const kept = store()
      if (!kept) return
      const [address] = isMarked
        ? [place.address]
        : await known.among(kept, place.platform, [place.address])
      if (address === undefined) return
      await reopen(kept, place, NO_PART)
      await kept.chats.update(place, before =>
        before?.missed && !before.gone ? upToDate(before) : undefined,
      )
    },
    async proven(place) {
      const kept = store()
      if (kept) await reopen(kept, place, NO_PART)
    },
    async unproven(place) {
      const found = await store()?.chats.find(place)
      if (!found) return
      await store()?.chats.update(found.place, before => {
        const after = before && unproven(before)
        return after && planned(after, now())
      })
    },
    groups: async platform => (await store()?.chats.groups(platform)) ?? [],
  }
}

const NO_PART = () => false

/** Whether the platform has said in so many words that the chat was deleted. */
function isDeleted(subscription: Subscription): boolean {
  return subscription.gone === 'deleted' && isLeft(subscription)
}
