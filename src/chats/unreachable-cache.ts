import type { Reach } from '../store/chats/unreachable.ts'

/** How often marks of other processes are looked for, in milliseconds. */
const REFRESH_MS = 10_000

/** How far the clocks of two processes may differ, in minutes. */
const SKEW_MINUTES = 2

/** Remembers which places of each platform are unreachable, so that a sign of life of others costs no query. */
export interface Unreachable {
  /** Those of the addresses that are unreachable, or have a part that is. Throws {@link StoreError}. */
  among(
    reach: Pick<Reach, 'unreachable'>,
    platform: string,
    addresses: readonly string[],
  ): Promise<readonly string[]>
  add(platform: string, ...addresses: readonly (string | undefined)[]): void
  delete(platform: string, address: string): void
}

interface Known {
  readonly addresses: Set<string>
  /** When the store was asked last, by the clock of its marks and by the process's own, in milliseconds. */
  readAt?: Temporal.Instant
  readMs?: number
  reading?: Promise<void> | undefined
}

export function createUnreachable(now: () => Temporal.Instant): Unreachable {
  const platforms = new Map<string, Known>()

  function of(platform: string): Known {
    const known = platforms.get(platform) ?? { addresses: new Set() }
    platforms.set(platform, known)
    return known
  }

  function add(platform: string, ...addresses: readonly (string | undefined)[]): void {
    for (const address of addresses) if (address) of(platform).addresses.add(address)
  }

  /** All of them the first time; then what has changed, which other processes may have marked. */
  async function read(reach: Pick<Reach, 'unreachable'>, platform: string, known: Known) {
    const at = now()
    const places = await reach.unreachable(
      platform,
      known.readAt?.subtract({ minutes: SKEW_MINUTES }),
    )
    for (const { address, within } of places) add(platform, address, within)
    known.readAt = at
    known.readMs = performance.now()
  }

  const isFresh = ({ readMs }: Known) =>
    readMs !== undefined && performance.now() - readMs < REFRESH_MS

  return {
    add,
    delete: (platform, address) => void of(platform).addresses.delete(address),
    async among(reach, platform, addresses) {
      const known = of(platform)
      if (!isFresh(known)) {
        known.reading ??= read(reach, platform, known).finally(() => {
          known.reading = undefined
        })
        await known.reading
      }
      return addresses.filter(address => known.addresses.has(address))
    },
  }
}
