import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Term } from '../platform.ts'
import { StoreError } from '../store/error.ts'
import type { LeaseTable } from '../store/lease-table.ts'

export interface LeaseOptions {
  readonly table: LeaseTable
  readonly name: string
  /** Tells this process from every other. */
  readonly holder: string
  readonly clock: Pick<Clock, 'pause'>
  readonly log: Log
  /** How long it holds without being renewed, in milliseconds. */
  readonly ttlMs?: number
}

export interface Lease {
  /**
   * Waits until it is ours, for as long as it takes; nothing where the signal aborts before. `onWait`
   * is told where it has to be waited for.
   */
  acquire(signal: AbortSignal, onWait?: () => void): Promise<HeldLease | undefined>
  state(): 'starting' | 'waiting' | 'held'
}

export interface HeldLease extends Term {
  /** Counted up with each term, whoever holds it. */
  readonly epoch: number
  /** Gives it up at once, so that another process need not wait until it expires. */
  release(): Promise<void>
}

const TTL_MS = 10_000

/** Of the time that it holds: how often it is renewed, and how long before its end we stop. */
const RENEWED = 0.3
const MARGIN = 0.3

/**
 * One process acts at a time. Who may act is decided by the store's clock; whether we may still act,
 * by ours, counted from before we asked: whatever the network did, we stop first.
 */
export function createLease(options: LeaseOptions): Lease {
  const { table, name, holder, clock, log, ttlMs = TTL_MS } = options
  const everyMs = ttlMs * RENEWED
  let state: ReturnType<Lease['state']> = 'starting'

  /** A failing store has told it itself. */
  function tell(err: unknown): void {
    if (err instanceof StoreError) return
    log.error(
      { event: 'lease.failed', err },
      'The lease could not be asked for; it is tried again.',
    )
  }

  function begin(epoch: number, askedAt: ClockReading): HeldLease {
    const over = new AbortController()
    const { signal } = over
    let until = askedAt
    let timer: NodeJS.Timeout | undefined

    function end(): void {
      clearTimeout(timer)
      if (!signal.aborted) over.abort()
    }

    function holds(): boolean {
      if (!signal.aborted && isPast(until)) {
        log.warn({ event: 'lease.lost', epoch }, 'The lease was not renewed in time; we stop.')
        end()
      }
      return !signal.aborted
    }

    function extend(from: ClockReading): void {
      const forMs = ttlMs * (1 - MARGIN)
      until = { monotonic: from.monotonic + forMs, wall: from.wall + forMs }
      clearTimeout(timer)
      timer = setTimeout(holds, until.monotonic - performance.now() + 1)
    }

    async function keep(): Promise<void> {
      for (;;) {
        await clock.pause(everyMs, signal)
        if (!holds()) return
        const from = readClocks()
        try {
          const renewed = await table.renew(name, holder, epoch, ttlMs)
          if (!holds()) return
          if (renewed) extend(from)
          else {
            log.warn(
              { event: 'lease.lost', epoch },
              'Another process has taken the lease; we stop.',
            )
            return end()
          }
        } catch (err) {
          // It may be back before the time is over.
          tell(err)
        }
      }
    }

    extend(askedAt)
    state = 'held'
    signal.addEventListener('abort', () => {
      state = 'waiting'
    })
    log.info({ event: 'lease.acquired', epoch }, 'This process is the active one.')
    void keep()
    return {
      epoch,
      signal,
      holds,
      async release() {
        end()
        await table.release(name, holder, epoch).catch(tell)
      },
    }
  }

  return {
    state: () => state,
    async acquire(signal, onWait) {
      let told = false
      while (!signal.aborted) {
        const askedAt = readClocks()
        try {
          const answer = await table.acquire(name, holder, ttlMs)
          if ('epoch' in answer) {
            if (!signal.aborted) return begin(answer.epoch, askedAt)
            // Stopped meanwhile: whoever waits need not wait until it expires.
            await table.release(name, holder, answer.epoch)
            return undefined
          }
          if (!told) {
            const fields = { event: 'lease.waiting', holder: answer.takenBy }
            log.info(fields, 'Another process is the active one; this one stands by.')
          }
          told = true
        } catch (err) {
          tell(err)
        }
        state = 'waiting'
        onWait?.()
        await clock.pause(everyMs, signal)
      }
      return undefined
    },
  }
}

/** By both clocks: the monotonic one does not run while the machine sleeps, the other may be set. */
interface ClockReading {
  readonly monotonic: number
  readonly wall: number
}

function readClocks(): ClockReading {
  return { monotonic: performance.now(), wall: Date.now() }
}

function isPast({ monotonic, wall }: ClockReading): boolean {
  return performance.now() >= monotonic || Date.now() >= wall
}
