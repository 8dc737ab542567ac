import type { Reach } from '../store/chats/unreachable.ts'

/** Age in milliseconds after which the cache reads the marks of other processes again. */
const REFRESH_MS = 10_000

/** Most minutes that the clocks of two processes may differ. */
const SKEW_MINUTES = 2

/** A cache of the unreachable chats of each platform, so that activity in other chats needs no query. */
export interface Unreachable {
  /** Returns the addresses that are unreachable, or have an unreachable part. Throws {@link StoreError}. */
  among(
    reach: Pick<Reach, 'unreachable'>,
    platform: string,
    addresses: readonly string[],
  ): Promise<readonly string[]>
  add(platform: string, ...addresses: readonly (string | undefined)[]): void
  delete(platform: string, address: string): void
}

interface Marks {
  readonly addresses: Set<string>
  /** When the last query began, by the clock that the marks are written with. */
  readAt?: Temporal.Instant
  /** When the last query ended, in milliseconds of `performance.now()`, which no clock change moves. */
  readMs?: number
  /** The query that is running. */
  reading?: Promise<void> | undefined
}

export function createUnreachable(now: () => Temporal.Instant): Unreachable {
  const platforms = new Map<string, Marks>()

  function marksOf(platform: string): Marks {
    const marks = platforms.get(platform) ?? { addresses: new Set() }
    platforms.set(platform, marks)
    return marks
  }

  function add(platform: string, ...addresses: readonly (string | undefined)[]): void {
    for (const address of addresses) if (address) marksOf(platform).addresses.add(address)
  }

  /** Reads all marks the first time, and then the marks that other processes may have written since. */
  async function read(reach: Pick<Reach, 'unreachable'>, platform: string, marks: Marks) {
    const at = now()
    const places = await reach.unreachable(
      platform,
      marks.readAt?.subtract({ minutes: SKEW_MINUTES }),
    )
    for (const { address, within } of places) add(platform, address, within)
    marks.readAt = at
    marks.readMs = performance.now()
  }

  const isFresh = ({ readMs }: Marks) =>
    readMs !== undefined && performance.now() - readMs < REFRESH_MS

  return {
    add,
    delete: (platform, address) => void marksOf(platform).addresses.delete(address),
    async among(reach, platform, addresses) {
      const marks = marksOf(platform)
      if (!isFresh(marks)) {
        marks.reading ??= read(reach, platform, marks).finally(() => {
          marks.reading = undefined
        })
        await marks.reading
      }
      return addresses.filter(address => marks.addresses.has(address))
    },
  }
}
