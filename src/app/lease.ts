import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { LeaseTerm } from '../platform.ts'
import { StoreError } from '../store/error.ts'
import type { LeaseTable } from '../store/lease-table.ts'

export interface LeaseOptions {
  readonly table: LeaseTable
  readonly name: string
  /** Identifies this process among all others. */
  readonly holder: string
  readonly clock: Pick<Clock, 'pause'>
  readonly log: Log
  /** How long the lease lasts without a renewal, in milliseconds; ten seconds by default. */
  readonly ttlMs?: number
}

/** A lease in the store: of all processes with this database, only its holder acts. */
export interface Lease {
  /**
   * Waits until this process holds the lease; a failing store is retried. Resolves to undefined if the signal aborts
   * first. `onWait` is called after each try that fails.
   */
  acquire(signal: AbortSignal, onWait?: () => void): Promise<HeldLease | undefined>
  state(): 'starting' | 'waiting' | 'held'
}

/** A term of the lease that this process holds. */
export interface HeldLease extends LeaseTerm {
  /** Ends the term and frees the lease, so that another process does not wait until it expires. */
  release(): Promise<void>
}

const TTL_MS = 10_000

/** Fractions of the time to live: the pause between renewals, and how long before the expiry the term ends. */
const RENEWAL = 0.3
const MARGIN = 0.3

/**
 * Creates a lease. The store's clock decides who may acquire the lease. This process's clocks decide how long its term
 * lasts, counted from before each request to the store. The term therefore ends before the lease expires, however long
 * the request took.
 */
export function createLease(options: LeaseOptions): Lease {
  const { table, name, holder, clock, log, ttlMs = TTL_MS } = options
  const everyMs = ttlMs * RENEWAL
  let state: ReturnType<Lease['state']> = 'starting'

  /** Logs an error. The store logs its own failures. */
  function logFailure(err: unknown): void {
    if (err instanceof StoreError) return
    log.error({ event: 'lease.failed', err }, 'Couldn’t acquire the lease. Retrying.')
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
        log.warn(
          { event: 'lease.lost', epoch },
          'Lost the lease because it wasn’t renewed in time. Stopped posting.',
        )
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

    async function renewUntilOver(): Promise<void> {
      for (;;) {
        await clock.pause(everyMs, signal)
        if (!holds()) return
        const from = readClocks()
        try {
          const isRenewed = await table.renew(name, holder, epoch, ttlMs)
          if (!holds()) return
          if (isRenewed) extend(from)
          else {
            log.warn(
              { event: 'lease.lost', epoch },
              'Another process took the lease. Stopped posting.',
            )
            return end()
          }
        } catch (err) {
          // The store may answer the next renewal before the term ends.
          logFailure(err)
        }
      }
    }

    extend(askedAt)
    state = 'held'
    signal.addEventListener('abort', () => {
      state = 'waiting'
    })
    log.info({ event: 'lease.acquired', epoch }, 'Active: this process polls, schedules and posts.')
    void renewUntilOver()
    return {
      lease: name,
      epoch,
      signal,
      holds,
      async release() {
        end()
        await table.release(name, holder, epoch).catch(logFailure)
      },
    }
  }

  return {
    state: () => state,
    async acquire(signal, onWait) {
      let isLogged = false
      while (!signal.aborted) {
        const askedAt = readClocks()
        try {
          const answer = await table.acquire(name, holder, ttlMs)
          if ('epoch' in answer) {
            if (!signal.aborted) return begin(answer.epoch, askedAt)
            // Aborted in the meantime: free the lease, so that another process does not wait until it expires.
            await table.release(name, holder, answer.epoch)
            return undefined
          }
          if (!isLogged) {
            const fields = { event: 'lease.waiting', holder: answer.takenBy }
            log.info(fields, 'Standby: another process is active.')
          }
          isLogged = true
        } catch (err) {
          logFailure(err)
        }
        state = 'waiting'
        onWait?.()
        await clock.pause(everyMs, signal)
      }
      return undefined
    },
  }
}

/**
 * A time by both clocks, in milliseconds. The monotonic clock stops while the machine sleeps, and the wall clock may
 * be set, so a term ends by the earlier of the two.
 */
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
