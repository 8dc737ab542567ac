import type { Reachability } from '../chats/reachability.ts'
import type { Clock, ClockTrust } from '../clock.ts'
import type { Log } from '../log.ts'
import type { LeaseTerm } from '../platform.ts'
import type { Poster } from '../poster.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { Store } from '../store/store.ts'
import type { OutageBackoff } from './outage-backoff.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** Shared by the parts of delivery to one platform in a lease term. */
export interface DeliveryContext {
  readonly poster: Poster
  readonly limiter: RateLimiter
  readonly backoff: OutageBackoff
  readonly store: Pick<Store, 'broadcasts' | 'deliveries' | 'reach'>
  readonly reachability: Reachability
  readonly clock: Clock
  readonly log: Log
  readonly term: LeaseTerm
  readonly trust: ClockTrust
  /** See `Deliveries.installation`. */
  readonly installation: string
  /** Called with each outcome that was written to the ledger. `pending`: a part or a retry follows. */
  readonly onSettled?: (platform: string, state: Settlement['state']) => void
}
