import type { Clock } from '../clock.ts'
import type { Term } from '../platform.ts'

/** A platform takes, and sends what it has taken: it ends one before the other. */
export interface Life {
  /** Aborts when nothing new is taken any more. */
  readonly taking: AbortSignal
  /** Aborts when nothing is sent any more. */
  readonly sending: AbortSignal
  /** Takes nothing more. */
  close(): void
  /** The same; then waits for what is under way as long as it may, and sends nothing more. */
  end(underWay: Promise<unknown>): Promise<void>
}

/** A life within `term`: when that is over both end at once, for whoever has the next is not disturbed. */
export function createLife(clock: Clock, drainMs: number, term?: Term): Life {
  const taking = new AbortController()
  const sending = new AbortController()
  term?.signal.addEventListener('abort', () => {
    taking.abort()
    sending.abort()
  })
  return {
    taking: taking.signal,
    sending: sending.signal,
    close: () => taking.abort(),
    async end(underWay) {
      taking.abort()
      const patience = new AbortController()
      await Promise.race([underWay, clock.pause(drainMs, patience.signal)])
      patience.abort()
      sending.abort()
    },
  }
}
