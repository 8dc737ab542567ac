import { boundedRead } from '../async/bounded-read.ts'
import { endOfAsOf } from '../briefing/footer.ts'
import type { Clock } from '../clock.ts'
import type { DeliveryContext } from '../delivery/context.ts'
import type { Feeds } from '../feeds/feeds.ts'
import { PLATFORM_STATUSES } from '../platform.ts'
import { readiness } from '../server/health.ts'
import type { MetricsSource } from '../server/metrics.ts'
import { ignoreStoreError } from '../store/error.ts'
import type { OutboxDepth } from '../store/ledger/outbox.ts'
import type { Store } from '../store/store.ts'
import type { Backups } from './backups.ts'
import type { EditionSource } from './edition-source.ts'
import { type Health, reportOf } from './health.ts'
import type { Lease } from './lease.ts'
import type { MetricRegistry } from './metric-registry.ts'
import type { Supervisor } from './platform-supervisor.ts'

/**
 * The figures of `/metrics`. The library that counts takes 2 MB of memory, so the first request for them loads
 * it. Counting begins then, so the counters lack what happened before. A scraper sees no difference, because it
 * can show an increase only from its first sample.
 */
export interface Metrics extends MetricsSource {
  readonly onSettled: NonNullable<DeliveryContext['onSettled']>
  /** Counts a response with the status 429. */
  onRateLimited(platform: string): void
  /** Counts an answer, and the time until it could be sent, in milliseconds. */
  onAnswered(platform: string, ms: number): void
}

export interface MetricsOptions {
  readonly platforms: readonly string[]
  readonly health: Health
  readonly store: Pick<Store, 'outbox'>
  readonly lease: Pick<Lease, 'state'>
  readonly supervisor: Pick<Supervisor, 'states'>
  readonly editions: Pick<EditionSource, 'published' | 'part'>
  readonly feeds: Pick<Feeds, 'ages'> | undefined
  readonly backups: Pick<Backups, 'newestAt'> | undefined
  readonly clock: Clock
}

/**
 * Longest wait for the store and for the folder of the backups, in milliseconds. Prometheus waits 10 s for an answer by
 * default.
 */
const READ_MS = 2000

export function createMetrics(options: MetricsOptions): Metrics {
  const { platforms, health, store, lease, supervisor, editions, feeds, backups, clock } = options
  let opening: Promise<MetricRegistry> | undefined
  let metrics: MetricRegistry | undefined
  // Kept from the last read, so that the age grows while the disk hangs.
  let newestBackupAt = clock.now()
  const readDepths = boundedRead(
    READ_MS,
    () => store.outbox.read(clock.now()).catch(ignoreStoreError),
    clock,
  )
  const readNewestBackup = boundedRead(READ_MS, async () => backups?.newestAt(), clock)

  async function open(): Promise<MetricRegistry> {
    const { createMetricRegistry } = await import('./metric-registry.ts')
    metrics = createMetricRegistry(platforms, backups !== undefined)
    return metrics
  }

  /** Returns the seconds since an instant; 0 if it lies ahead. */
  function secondsSince(instant: Temporal.Instant): number {
    return Math.max(0, instant.until(clock.now()).total('seconds'))
  }

  function setComponents({ ready, componentReady, leaseHeld }: MetricRegistry): void {
    ready.set(Number(readiness(reportOf(health)).ready))
    // A part without a report is in no trouble.
    for (const [component, report] of health) {
      componentReady.set({ component }, Number(report()?.ready ?? true))
    }
    leaseHeld.set(Number(lease.state() === 'held'))
  }

  function setPlatforms({ platformState }: MetricRegistry): void {
    for (const [platform, { status }] of Object.entries(supervisor.states())) {
      for (const state of PLATFORM_STATUSES) {
        platformState.set({ platform, state }, Number(state === status))
      }
    }
  }

  function setContent({ contentAge, contentStale, feedAge, feedFailures }: MetricRegistry): void {
    contentStale.set(Number(editions.part().status === 'stale'))
    const edition = editions.published()
    if (edition) {
      contentAge.set(secondsSince(endOfAsOf(edition.asOf).toZonedDateTime('UTC').toInstant()))
    }
    for (const { number, checkedAt, failures } of feeds?.ages() ?? []) {
      const feed = `${number}`
      feedFailures.set({ feed }, failures)
      if (checkedAt) feedAge.set({ feed }, secondsSince(checkedAt))
    }
  }

  /** Sets the figures of the outbox; removes them if the store has not answered. */
  function setOutbox(
    { outboxRows, outboxAge }: MetricRegistry,
    depths: readonly OutboxDepth[] | undefined,
  ): void {
    outboxRows.reset()
    outboxAge.reset()
    if (!depths) return
    for (const platform of platforms) {
      const depth = depths.find(each => each.platform === platform)
      for (const state of ['due', 'later', 'paused'] as const) {
        outboxRows.set({ platform, state }, depth?.[state] ?? 0)
      }
      outboxAge.set({ platform }, depth?.oldestS ?? 0)
    }
  }

  return {
    onSettled(platform, outcome) {
      if (outcome !== 'pending') metrics?.deliveries.inc({ platform, outcome })
    },
    onRateLimited: platform => metrics?.rateLimited.inc({ platform }),
    onAnswered: (platform, ms) => metrics?.answerDuration.observe({ platform }, ms / 1000),
    async read() {
      opening ??= open()
      const opened = await opening
      const [depths, newestAt] = await Promise.all([readDepths(), readNewestBackup()])
      newestBackupAt = newestAt ?? newestBackupAt
      setOutbox(opened, depths)
      setComponents(opened)
      setPlatforms(opened)
      setContent(opened)
      opened.backupAge?.set(secondsSince(newestBackupAt))
      return { text: await opened.text(), type: opened.type }
    },
  }
}
