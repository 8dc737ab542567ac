import type { ChatPlace } from '../platform.ts'
import type { Broadcast } from '../store/broadcast.ts'
import type { Broadcasts } from '../store/broadcasts.ts'

/**
 * Whether a message is refused by places of different kinds (people, groups and channels of each platform), so
 * that the message is at fault. A single kind counts only if the audience has no other. The senders of all
 * platforms share it.
 */
export interface Kinds {
  /** A place has refused what a message holds. */
  refused(broadcast: Broadcast, place: ChatPlace): void
  /** Undefined as long as the audience is not known: see `read`. */
  isOfMessage(broadcast: number): boolean | undefined
  /** Reads which kinds of places the audience has. Throws {@link StoreError}. */
  read(broadcasts: Pick<Broadcasts, 'kinds'>, id: number): Promise<void>
  /** Forgets all broadcasts but these. */
  keep(open: readonly Broadcast[]): void
}

export function createKinds(): Kinds {
  const refusing = new Map<number, { revision: number; readonly by: Set<string> }>()
  const audiences = new Map<number, ReadonlySet<string>>()

  return {
    refused({ id, revision }, { platform, kind }) {
      const known = refusing.get(id)
      const entry = known?.revision === revision ? known : { revision, by: new Set<string>() }
      entry.by.add(`${platform} ${kind}`)
      refusing.set(id, entry)
    },
    isOfMessage(id) {
      const audience = audiences.get(id)
      if (!audience) return undefined
      const by = refusing.get(id)?.by ?? new Set<string>()
      const spans = platformsOf(audience).every(each => platformsOf(by).includes(each))
      return spans && by.size >= Math.min(2, audience.size)
    },
    async read(broadcasts, id) {
      const kinds = await broadcasts.kinds(id)
      audiences.set(id, new Set(kinds.map(({ platform, kind }) => `${platform} ${kind}`)))
    },
    keep(open) {
      for (const kept of [refusing, audiences]) {
        for (const id of kept.keys()) if (!open.some(each => each.id === id)) kept.delete(id)
      }
    },
  }
}

function platformsOf(kinds: ReadonlySet<string>): string[] {
  return [...kinds].map(kind => kind.split(' ', 1)[0] ?? kind)
}
