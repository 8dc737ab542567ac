import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { judgeConfiguration, judgeNetwork } from '../../doctor/configuration.ts'
import { type Check, type RunOptions, runChecks } from '../../doctor/run-checks.ts'
import { askReadiness, judgeReadiness, localAddress } from '../../doctor/running-bot.ts'
import { checkContent, checkFeed } from './content.ts'
import { checkDatabase, checkPosts, type Opened, openFacts, rowsOf } from './database.ts'
import { checkBackups, checkDisk, machineChecks } from './machine.ts'
import { platformChecks } from './platforms.ts'
import type { Scene } from './scene.ts'

export interface DoctorOptions extends Pick<RunOptions, 'onProgress'> {
  readonly clock: Clock
  /** The warnings of the environment and of `.env`. */
  readonly warnings: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The tokens and passwords, which no result may have. */
  readonly secrets: readonly string[]
  /** Longest wait for one response, in milliseconds; five seconds if absent. */
  readonly timeoutMs?: number
  /** Longest time of all checks, in milliseconds; twelve seconds if absent. */
  readonly totalMs?: number
}

const TIMEOUT_MS = 5000
const TOTAL_MS = 12_000

/**
 * Checks everything that a bot needs, all at once. Changes nothing: it creates no database, posts nothing and takes no
 * updates. Never rejects.
 */
export async function examine(config: Config, options: DoctorOptions): Promise<CheckResult[]> {
  const { clock, warnings, environment, secrets } = options
  const { timeoutMs = TIMEOUT_MS, totalMs = TOTAL_MS } = options
  const ending = new AbortController()
  const scene = { config, clock, timeoutMs, signal: ending.signal }
  const store = openFacts(scene)
  const checks: Check[] = [
    { part: 'configuration', run: async () => judgeConfiguration(config, warnings) },
    { part: 'network', run: async () => judgeNetwork(config, environment) },
    { part: 'content', run: () => checkContent(config, clock) },
    { part: 'database', run: () => checkDatabase(scene, store) },
    { part: 'disk', run: async () => checkDisk(config) },
    { part: 'backups', run: async () => checkBackups(config, clock) },
    { part: 'process', run: () => checkProcess(scene, store, secrets) },
    ...platformChecks(scene, store),
    ...config.feeds.map(entry => ({ part: 'calendars', run: () => checkFeed(entry, scene) })),
    { part: 'posts', run: () => checkPosts(scene, store) },
    ...machineChecks(clock),
  ]
  try {
    return await runChecks(checks, { ...options, totalMs })
  } finally {
    ending.abort()
  }
}

async function checkProcess(
  { config: { host, port }, timeoutMs }: Scene,
  store: Promise<Opened>,
  secrets: readonly string[],
): Promise<CheckResult[]> {
  if (port === 0) return [resultsOf('process').ok('PORT is 0, so a running bot isn’t asked.')]
  const address = localAddress(host, port)
  const answer = await askReadiness(address, AbortSignal.timeout(timeoutMs))
  const holder = rowsOf(await store)?.holder
  return judgeReadiness(answer, { address, holder, secrets })
}
