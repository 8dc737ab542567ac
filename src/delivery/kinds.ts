import type { ChatPlace } from '../platform.ts'
import type { Broadcast } from '../store/broadcast.ts'
import type { Broadcasts } from '../store/broadcasts.ts'

/**
 * Whether a message is refused by places of different kinds (people, groups and channels of each platform), so
 * that the message is at fault. A single kind counts only if the audience has no other, and no place has taken the
 * message. The senders of all platforms share it.
 */
export interface Kinds {
  /** A place has refused what a message holds. */
  refused(broadcast: Broadcast, place: ChatPlace): void
  /** A place has the whole message. */
  took(broadcast: Broadcast, place: ChatPlace): void
  /** Undefined as long as the audience is not known: see `read`. */
  isOfMessage(broadcast: number): boolean | undefined
  /** Whether places of a single kind have refused the message. */
  isSingle(broadcast: number): boolean
  /** Reads which kinds of places the audience has, and which have taken the message. Throws {@link StoreError}. */
  read(broadcasts: Pick<Broadcasts, 'kinds'>, id: number): Promise<void>
  /** Forgets all broadcasts but these. */
  keep(open: readonly Broadcast[]): void
}

/** The kinds of places that have taken one revision, and those that have refused it. */
interface Verdicts {
  readonly revision: number
  readonly refusing: Set<string>
  readonly taking: Set<string>
}

export function createKinds(): Kinds {
  const verdicts = new Map<number, Verdicts>()
  const audiences = new Map<number, ReadonlySet<string>>()

  function of({ id, revision }: Pick<Broadcast, 'id' | 'revision'>): Verdicts {
    const known = verdicts.get(id)
    if (known?.revision === revision) return known
    const made = { revision, refusing: new Set<string>(), taking: new Set<string>() }
    verdicts.set(id, made)
    return made
  }

  const refusingOf = (id: number) => verdicts.get(id)?.refusing ?? new Set<string>()

  return {
    refused: (broadcast, place) => void of(broadcast).refusing.add(kindOf(place)),
    took: (broadcast, place) => void of(broadcast).taking.add(kindOf(place)),
    isOfMessage(id) {
      const audience = audiences.get(id)
      if (!audience) return undefined
      const refusing = refusingOf(id)
      if (!platformsOf(audience).every(each => platformsOf(refusing).includes(each))) return false
      return refusing.size > 1 || (audience.size <= 1 && !verdicts.get(id)?.taking.size)
    },
    isSingle: id => refusingOf(id).size === 1,
    async read(broadcasts, id) {
      const kinds = await broadcasts.kinds(id)
      audiences.set(id, new Set(kinds.map(kindOf)))
      for (const kind of kinds) if (kind.hasTaken) verdicts.get(id)?.taking.add(kindOf(kind))
    },
    keep(open) {
      for (const kept of [verdicts, audiences]) {
        for (const id of kept.keys()) if (!open.some(each => each.id === id)) kept.delete(id)
      }
    },
  }
}

function kindOf({ platform, kind }: Pick<ChatPlace, 'platform' | 'kind'>): string {
  return `${platform} ${kind}`
}

function platformsOf(kinds: ReadonlySet<string>): string[] {
  return [...kinds].map(kind => kind.split(' ', 1)[0] ?? kind)
}
