import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { checkBackups } from './backups.ts'
import { checkContent, checkFeed } from './content.ts'
import { checkDatabase, checkPosts, type Opened, openFacts, rowsOf } from './database.ts'
import type { DoctorContext } from './doctor-context.ts'
import { judgeConfiguration, judgeNetwork } from './judge-configuration.ts'
import { checkDisk, machineChecks } from './machine.ts'
import { platformChecks } from './platforms.ts'
import { type DoctorCheck, type RunOptions, runChecks } from './run-checks.ts'
import { askReadiness, judgeReadiness, localAddress } from './running-bot.ts'

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
  const context = { config, clock, timeoutMs, signal: ending.signal }
  const store = openFacts(context)
  const checks: DoctorCheck[] = [
    { part: 'configuration', run: async () => judgeConfiguration(config, warnings) },
    { part: 'network', run: async () => judgeNetwork(config, environment) },
    { part: 'content', run: () => checkContent(config, clock) },
    { part: 'database', run: () => checkDatabase(context, store) },
    { part: 'disk', run: async () => checkDisk(config) },
    { part: 'backups', run: () => checkBackups(context) },
    { part: 'bot', run: () => checkBot(context, store, secrets) },
    ...platformChecks(context, store),
    ...config.feeds.map(entry => ({ part: 'calendars', run: () => checkFeed(entry, context) })),
    { part: 'posts', run: () => checkPosts(context, store) },
    ...machineChecks(clock),
  ]
  try {
    return await runChecks(checks, { ...options, totalMs })
  } finally {
    ending.abort()
  }
}

async function checkBot(
  { config: { host, port, telegram, discord }, timeoutMs }: DoctorContext,
  store: Promise<Opened>,
  secrets: readonly string[],
): Promise<CheckResult[]> {
  if (port === 0) return [resultsOf('bot').ok('PORT is 0, so a running bot isn’t asked.')]
  const address = localAddress(host, port)
  const answer = await askReadiness(address, AbortSignal.timeout(timeoutMs))
  const rows = rowsOf(await store)
  const hasRun = rows !== undefined && (telegram ?? discord) !== undefined
  return judgeReadiness(answer, { address, holder: rows?.holder, hasRun, secrets })
}
