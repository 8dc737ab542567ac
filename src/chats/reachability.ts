import type { Log } from '../log.ts'
import type { ChatRef, RefusalDetails, UnreachableChat, UnreachableReason } from '../platform.ts'
import type { Chat, Subscription } from '../store/chats/chat.ts'
import type { Store } from '../store/store.ts'
import {
  afterInconclusiveCheck,
  afterRefusal,
  isLeft,
  withoutMissed,
} from './reachability-rules.ts'
import { restored, withNextDigest } from './subscription.ts'
import { createUnreachable } from './unreachable-cache.ts'

type Address = Pick<ChatRef, 'platform' | 'address'>

/**
 * Records which chats can be reached. An unreachable chat keeps its settings. Each method throws {@link StoreError} if
 * the store fails.
 */
export interface Reachability {
  /**
   * Marks a chat after a platform refused the bot there. Marks the parts of the chat too, unless `alone` is set. Erases
   * the record of a server's events if the bot was surely removed.
   */
  left(
    place: Address,
    why: UnreachableReason,
    alone?: boolean,
    more?: RefusalDetails,
  ): Promise<void>
  /** Restores chats that received a post, or that were marked because of a fault on our side. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
  /**
   * Restores a chat that the bot was added to, and its parts, except parts that were deleted. Resolves to whether any
   * of them was unreachable.
   */
  joined(place: Address): Promise<boolean>
  /** Restores a chat, without its parts, after a post arrived there. `isMarked`: the chat was suspected lately. */
  arrived(place: ChatRef, isMarked: boolean): Promise<void>
  /** Restores a chat, without its parts, after a check showed that the bot can post there. */
  proven(place: Address): Promise<void>
  /** Records an inconclusive check of a suspected chat: its next post is the try. */
  unproven(place: Address): Promise<void>
  /**
   * Restores suspected and left chats, and their parts, after any activity there. Missed posts are not sent again.
   * Needs no query unless one of the chats is known to be unreachable.
   */
  seen(platform: string, addresses: readonly string[]): Promise<void>
  /** Moves a group and its parts to a new id, because the platform replaced the old one. */
  moved(platform: string, from: string, to: string): Promise<void>
  /** Returns the suspected and left chats of a platform. */
  unreachable(platform: string): Promise<readonly UnreachableChat[]>
}

export interface ReachabilityOptions {
  readonly store: Pick<Store, 'chats' | 'reach' | 'scheduledEvents'>
  readonly now: () => Temporal.Instant
  readonly log?: Log | undefined
}

/** Creates the record of reachability. `now` is the wall time that the marks are written with. */
export function createReachability({ store, now, log }: ReachabilityOptions): Reachability {
  const { chats, reach, scheduledEvents } = store
  const marked = createUnreachable(now)

  /** Restores a chat and each of its parts that `includes` accepts. Resolves to whether any was unreachable. */
  async function reopen(
    { platform, address }: Address,
    includes: (part: Chat) => boolean = () => true,
  ): Promise<boolean> {
    // Delete before the query, so that a mark made during the query stays.
    marked.delete(platform, address)
    try {
      const found = await chats.findWithin({ platform, address })
      const all = found.filter(({ subscription }) => subscription.gone)
      const gone = all.filter(chat => chat.place.address === address || includes(chat))
      for (const { place } of gone) {
        marked.delete(platform, place.address)
        const saved = await chats.update(place, before =>
          before?.gone ? restored(before, now()) : undefined,
        )
        if (!saved) continue
        const fields = { event: 'chat.back', platform, chat: place.address }
        log?.info(fields, 'A chat is reachable again.')
      }
      // Remember the chat, so that activity in it restores the parts that stay unreachable.
      if (gone.length < all.length) marked.add(platform, address)
      return gone.length > 0
    } catch (error) {
      marked.add(platform, address)
      throw error
    }
  }

  async function reopenAll(platform: string, addresses: readonly string[]): Promise<void> {
    for (const address of addresses) await reopen({ platform, address })
  }

  function logUnreachable({ platform, address }: Address, after: Subscription): void {
    const { gone, unreached } = after
    const { right, said, tries, retryAt } = unreached ?? {}
    const state = isLeft(after) ? 'left' : 'suspected'
    const what = { event: 'chat.unreachable', platform, chat: address, state, why: gone }
    const fields = { ...what, right, said, tries, nextAt: retryAt?.toString() }
    if (tries && state === 'suspected') log?.debug(fields, 'A chat is still unreachable.')
    else log?.info(fields, 'A chat is unreachable.')
  }

  return {
    returned: reopenAll,
    joined: place => reopen(place, ({ subscription }) => !isDeleted(subscription)),
    unreachable: platform => reach.unreachable(platform),
    async left(place, why, alone = false, more = {}) {
      const { platform, address: server } = place
      if (why === 'removed' && more.isSure) await scheduledEvents.forget({ platform, server })
      const found = await chats.findWithin(place)
      for (const chat of found.filter(each => !alone || each.place.address === place.address)) {
        const at = now()
        const saved = await chats.update(chat.place, before => {
          // A chat that was erased in the meantime is not written again.
          const after = before && afterRefusal(before, why, more, at)
          return after && withNextDigest(after, at)
        })
        const { address, within } = chat.place
        marked.add(platform, address, within)
        if (saved) logUnreachable(chat.place, saved.subscription)
      }
    },
    async moved(platform, from, to) {
      await chats.move(platform, from, to)
      // The platform may have refused posts to the old address, and that mark moved with the chat.
      await reopen({ platform, address: to })
    },
    async seen(platform, addresses) {
      await reopenAll(platform, await marked.among(reach, platform, addresses))
    },
    async arrived(place, isMarked) {
      const [address] = isMarked
        ? [place.address]
        : await marked.among(reach, place.platform, [place.address])
      if (address === undefined) return
      await reopen(place, noParts)
      await chats.update(place, before =>
        before?.missed && !before.gone ? withoutMissed(before) : undefined,
      )
    },
    async proven(place) {
      await reopen(place, noParts)
    },
    async unproven(place) {
      const found = await chats.find(place)
      if (!found) return
      await chats.update(found.place, before => {
        const after = before && afterInconclusiveCheck(before)
        return after && withNextDigest(after, now())
      })
    },
  }
}

const noParts = () => false

/** Tells whether the platform said explicitly that the chat was deleted. */
function isDeleted(subscription: Subscription): boolean {
  return subscription.gone === 'deleted' && isLeft(subscription)
}
