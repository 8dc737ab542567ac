import type { ChatRef } from '../platform.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/**
 * Decides whether a refused message is at fault. It is if every platform of the audience refuses it, and places of two
 * kinds do (private chats, groups and channels of each platform). A single kind counts only if the audience has no
 * other kind and no place has accepted the message. The senders of all platforms share one instance.
 */
export interface PlaceKinds {
  /** Records that a place has refused the content of a message. */
  refused(broadcast: Broadcast, place: ChatRef): void
  /** Records that a place has the whole message. */
  accepted(broadcast: Broadcast, place: ChatRef): void
  /** Whether the message is at fault; undefined until the audience has been read. */
  isMessageAtFault(broadcast: number): boolean | undefined
  /** Whether only places of a single kind have refused the message. */
  isSingle(broadcast: number): boolean
  /** Reads which kinds of places the audience has, and which have accepted the message. Throws {@link StoreError}. */
  read(broadcasts: Pick<Broadcasts, 'kinds'>, id: number): Promise<void>
  /** Forgets all other broadcasts. */
  keep(open: readonly Broadcast[]): void
}

/** The kinds of places that have refused or accepted one revision. */
interface Verdicts {
  readonly revision: number
  readonly refusing: Set<string>
  readonly accepting: Set<string>
}

export function createPlaceKinds(): PlaceKinds {
  const verdicts = new Map<number, Verdicts>()
  const audiences = new Map<number, ReadonlySet<string>>()

  function verdictsOf({ id, revision }: Pick<Broadcast, 'id' | 'revision'>): Verdicts {
    const existing = verdicts.get(id)
    if (existing?.revision === revision) return existing
    const created = { revision, refusing: new Set<string>(), accepting: new Set<string>() }
    verdicts.set(id, created)
    return created
  }

  const refusingOf = (id: number) => verdicts.get(id)?.refusing ?? new Set<string>()

  return {
    refused: (broadcast, place) => void verdictsOf(broadcast).refusing.add(kindOf(place)),
    accepted: (broadcast, place) => void verdictsOf(broadcast).accepting.add(kindOf(place)),
    isMessageAtFault(id) {
      const audience = audiences.get(id)
      if (!audience) return undefined
      const refusing = refusingOf(id)
      if (!platformsOf(audience).every(each => platformsOf(refusing).includes(each))) return false
      return refusing.size > 1 || (audience.size <= 1 && !verdicts.get(id)?.accepting.size)
    },
    isSingle: id => refusingOf(id).size === 1,
    async read(broadcasts, id) {
      const kinds = await broadcasts.kinds(id)
      audiences.set(id, new Set(kinds.map(kindOf)))
      for (const kind of kinds) if (kind.hasTaken) verdicts.get(id)?.accepting.add(kindOf(kind))
    },
    keep(open) {
      for (const kept of [verdicts, audiences]) {
        for (const id of kept.keys()) if (!open.some(each => each.id === id)) kept.delete(id)
      }
    },
  }
}

function kindOf({ platform, kind }: Pick<ChatRef, 'platform' | 'kind'>): string {
  return `${platform} ${kind}`
}

function platformsOf(kinds: ReadonlySet<string>): string[] {
  return [...kinds].map(kind => kind.split(' ', 1)[0] ?? kind)
}
