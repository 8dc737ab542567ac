import type { Log } from '../log.ts'
import type { ChatRef, Gone, Refused, UnreachablePlace } from '../platform.ts'
import type { Chat, Subscription } from '../store/chats/chat.ts'
import type { Store } from '../store/store.ts'
import { isLeft, refused, unproven, upToDate } from './reachability-rules.ts'
import { restored, withNextDigest } from './subscription.ts'
import { createUnreachable } from './unreachable-cache.ts'

type Address = Pick<ChatRef, 'platform' | 'address'>

/**
 * Records which chats can be reached. The settings of a chat outlive that. Each method throws {@link StoreError} if
 * the store fails.
 */
export interface Reachability {
  /** A platform refuses the bot in a chat; with all that is part of it, unless `alone`. */
  left(place: Address, why: Gone, alone?: boolean, more?: Refused): Promise<void>
  /** These chats can be reached: a post has arrived, or they were never at fault. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
  /**
   * The bot was added to a chat, which is restored with its parts, except parts that were deleted. Resolves to
   * whether any of them was unreachable.
   */
  joined(place: Address): Promise<boolean>
  /** A post has arrived in a chat, which says nothing about its parts. `isMarked`: it was suspected lately. */
  arrived(place: ChatRef, isMarked: boolean): Promise<void>
  /** A check has shown that a chat, apart from its parts, can be reached. */
  proven(place: Address): Promise<void>
  /** A check could not tell whether a suspected chat can be reached: its next post is the try. */
  unproven(place: Address): Promise<void>
  /**
   * A sign of life of these chats and their parts: suspected and left ones are back, without the posts that they
   * have missed. Costs no query unless one of them is known to be unreachable.
   */
  seen(platform: string, addresses: readonly string[]): Promise<void>
  /** A group goes on under another id. */
  moved(platform: string, from: string, to: string): Promise<void>
  /** Returns the suspected and left chats of a platform. */
  unreachable(platform: string): Promise<readonly UnreachablePlace[]>
}

export interface ReachabilityOptions {
  readonly store: Pick<Store, 'chats' | 'reach'>
  readonly now: () => Temporal.Instant
  readonly log?: Log | undefined
}

export function createReachability({ store, now, log }: ReachabilityOptions): Reachability {
  const { chats, reach } = store
  const known = createUnreachable(now)

  /** Restores a chat and those of its parts for which `isMeant` holds. Resolves to whether any was unreachable. */
  async function reopen(
    { platform, address }: Address,
    isMeant: (part: Chat) => boolean = () => true,
  ): Promise<boolean> {
    // Before the query: a mark that is made during it is remembered again.
    known.delete(platform, address)
    try {
      const found = await chats.findWithin({ platform, address })
      const all = found.filter(({ subscription }) => subscription.gone)
      const gone = all.filter(chat => chat.place.address === address || isMeant(chat))
      for (const { place } of gone) {
        known.delete(platform, place.address)
        const saved = await chats.update(place, before =>
          before?.gone ? restored(before, now()) : undefined,
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
    for (const address of addresses) await reopen({ platform, address })
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
    returned: reopenAll,
    joined: place => reopen(place, ({ subscription }) => !isDeleted(subscription)),
    unreachable: platform => reach.unreachable(platform),
    async left(place, why, alone = false, more = {}) {
      const { platform } = place
      const found = await chats.findWithin(place)
      for (const chat of found.filter(each => !alone || each.place.address === place.address)) {
        const at = now()
        const saved = await chats.update(chat.place, before => {
          // A chat that was forgotten in the meantime stays so.
          const after = before && refused(before, why, more, at)
          return after && withNextDigest(after, at)
        })
        const { address, within } = chat.place
        known.add(platform, address, within)
        if (saved) tell(chat.place, saved.subscription)
      }
    },
    async moved(platform, from, to) {
      await chats.move(platform, from, to)
      // The group left its old address only to be found at the new one.
      await reopen({ platform, address: to })
    },
    async seen(platform, addresses) {
      await reopenAll(platform, await known.among(reach, platform, addresses))
    },
    async arrived(place, isMarked) {
      const [address] = isMarked
        ? [place.address]
        : await known.among(reach, place.platform, [place.address])
      if (address === undefined) return
      await reopen(place, NO_PART)
      await chats.update(place, before =>
        before?.missed && !before.gone ? upToDate(before) : undefined,
      )
    },
    async proven(place) {
      await reopen(place, NO_PART)
    },
    async unproven(place) {
      const found = await chats.find(place)
      if (!found) return
      await chats.update(found.place, before => {
        const after = before && unproven(before)
        return after && withNextDigest(after, now())
      })
    },
  }
}

const NO_PART = () => false

/** Whether the platform has said in so many words that the chat was deleted. */
function isDeleted(subscription: Subscription): boolean {
  return subscription.gone === 'deleted' && isLeft(subscription)
}
