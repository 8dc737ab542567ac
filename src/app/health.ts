import type { ClockCheck } from '../clock.ts'
import type { Feeds } from '../feeds/feeds.ts'
import type { ComponentHealth } from '../server/health.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import type { Backups } from './backups.ts'
import type { EditionSource } from './edition-source.ts'
import type { Lease } from './lease.ts'
import type { Supervisor } from './platform-supervisor.ts'

/** Reports on the parts of the process by name, for `/readyz` and `/status`. A part without a report is left out. */
export type Health = Map<string, () => ComponentHealth | undefined>

/** The parts that live as long as the process. */
export interface HealthParts {
  readonly editions: EditionSource
  readonly store: Store
  /** The daily backups; absent if there are none. */
  readonly backups?: Pick<Backups, 'part'> | undefined
  readonly lease: Lease
  readonly clockCheck: ClockCheck
  readonly supervisor: Supervisor
  /** The calendars outside the content; absent if there are none. */
  readonly feeds?: Feeds | undefined
  /** Whether the local chat is served: it has no platform to compare the clock with. */
  readonly isLocal: boolean
}

export function createHealth(parts: HealthParts): Health {
  const { editions, store, backups, lease, clockCheck, supervisor, feeds, isLocal } = parts
  const health: Health = new Map()
  health.set('content', editions.part)
  if (feeds) health.set('feeds', feeds.part)
  health.set('store', () => ({ ...store.state(), ready: store.state().status === 'open' }))
  // A failed backup is no reason to send people elsewhere, so this part is always ready.
  if (backups) health.set('backups', backups.part)
  health.set('lease', () => ({ status: lease.state(), ready: true }))
  if (!isLocal) health.set('clock', clockCheck.part)
  for (const name of Object.keys(supervisor.states())) {
    health.set(name, () => {
      const state = supervisor.states()[name]
      if (!state || ['running', 'standby'].includes(state.status)) {
        return state && { ...state, ready: true }
      }
      return { reason: texts.health.notReady(state.status), ...state, ready: false }
    })
  }
  return health
}

/** Returns the current report of each part. */
export function reportOf(health: Health): Record<string, ComponentHealth> {
  const reports = [...health].map(([name, report]) => [name, report()] as const)
  return Object.fromEntries(
    reports.filter((each): each is [string, ComponentHealth] => each[1] !== undefined),
  )
}
