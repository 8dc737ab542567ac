import type { Clock } from '../clock.ts'
import { atMost } from './at-most.ts'

/** Ends a platform in two steps: first it accepts nothing more, then it sends nothing more. */
export interface Drain {
  /** Aborts when nothing more is accepted. */
  readonly accepting: AbortSignal
  /** Aborts when nothing more is sent. */
  readonly sending: AbortSignal
  /** Aborts `accepting`. */
  close(): void
  /** Aborts `accepting`, waits for `underWay` for at most `drainMs`, and aborts `sending`. */
  end(underWay: Promise<unknown>): Promise<void>
}

/**
 * Creates the signals of a platform. Both abort at once when the lease term ends, because the next lease holder
 * serves the platform from then on.
 *
 * @param drainMs longest wait for work under way, in milliseconds.
 */
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
      await atMost(drainMs, underWay, clock)
      sending.abort()
    },
  }
}
