import type { Clock } from '../clock.ts'

/** A platform takes, and sends what it has taken: it ends one before the other. */
export interface Drain {
  /** Aborts when nothing new is taken any more. */
  readonly accepting: AbortSignal
  /** Aborts when nothing is sent any more. */
  readonly sending: AbortSignal
  /** Takes nothing more. */
  close(): void
  /** The same; then waits for what is under way as long as it may, and sends nothing more. */
  end(underWay: Promise<unknown>): Promise<void>
}

/** A life within `term`: when that is over both end at once, for whoever has the next is not disturbed. */
export function createDrain(clock: Clock, drainMs: number, term?: AbortSignal): Drain {
  const accepting = new AbortController()
  const sending = new AbortController()
  term?.addEventListener('abort', () => {
    accepting.abort()
    sending.abort()
  })
  return {
    accepting: accepting.signal,
    sending: sending.signal,
    close: () => accepting.abort(),
    async end(underWay) {
      accepting.abort()
      const patience = new AbortController()
      await Promise.race([underWay, clock.pause(drainMs, patience.signal)])
      patience.abort()
      sending.abort()
    },
  }
}
