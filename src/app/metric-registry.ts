import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry, register } from 'prom-client'

/** The outcomes of deliveries: the final states of the ledger's rows. */
const OUTCOMES = ['sent', 'failed', 'gone', 'skipped', 'uncertain'] as const

/** Upper bounds of the answers' durations, in seconds. Discord expects an answer within 3 s. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10]

export type MetricRegistry = ReturnType<typeof createMetricRegistry>

/** Creates the metrics of one service. Every label has a fixed set of values, or one value a component or calendar. */
export function createMetricRegistry(platforms: readonly string[], hasBackups: boolean) {
  const registry = new Registry()
  const registers = [registry]
  const gauge = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Gauge({ name: `sitrep_${name}`, help, labelNames, registers })
  const counter = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Counter({ name: `sitrep_${name}`, help, labelNames, registers })

  const metrics = {
    deliveries: counter(
      'deliveries_total',
      'Deliveries that have ended, by their outcome in the ledger.',
      'platform',
      'outcome',
    ),
    rateLimited: counter(
      'rate_limited_total',
      'Responses of a platform with the status 429.',
      'platform',
    ),
    answerDuration: new Histogram({
      name: 'sitrep_answer_duration_seconds',
      help: 'Time from the arrival of a request until its answer can be sent.',
      labelNames: ['platform'],
      buckets: BUCKETS_S,
      registers,
    }),
    outboxRows: gauge(
      'outbox_rows',
      'Deliveries that wait: due now, due later, or of a paused announcement.',
      'platform',
      'state',
    ),
    outboxAge: gauge(
      'outbox_oldest_age_seconds',
      'How long the oldest delivery that is due has waited.',
      'platform',
    ),
    ready: gauge('ready', '1 if /readyz answers 200.'),
    componentReady: gauge('component_ready', '1 if a part of /readyz is ready.', 'component'),
    platformState: gauge(
      'platform_state',
      '1 for the state of the connection to a platform, 0 for the others.',
      'platform',
      'state',
    ),
    leaseHeld: gauge('lease_held', '1 if this process holds the lease, so that it posts.'),
    contentAge: gauge('content_age_seconds', 'Time since the as-of date of the edition.'),
    contentStale: gauge('content_stale', '1 if the last edit has problems and is not in use.'),
    feedAge: gauge(
      'feed_age_seconds',
      'Time since the last successful check of a calendar, by its place in CALENDAR_FEEDS.',
      'feed',
    ),
    feedFailures: gauge(
      'feed_failures',
      'Failed checks of a calendar since the last success.',
      'feed',
    ),
    // A gauge without labels would be 0 before it is set.
    backupAge: hasBackups
      ? gauge(
          'backup_age_seconds',
          'Time since the newest backup; since the start if there is none.',
        )
      : undefined,
  }
  // A series that begins at 0 shows its first increase.
  for (const platform of platforms) {
    metrics.rateLimited.inc({ platform }, 0)
    metrics.answerDuration.zero({ platform })
    for (const outcome of OUTCOMES) metrics.deliveries.inc({ platform, outcome }, 0)
  }
  // The figures of the process are in the library's own registry, once for all services of the process.
  if (register.getMetricsAsArray().length === 0) collectDefaultMetrics()
  const all = Registry.merge([register, registry])
  return { ...metrics, text: () => all.metrics(), type: all.contentType }
}
