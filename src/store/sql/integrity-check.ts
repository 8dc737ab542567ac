import { Worker } from 'node:worker_threads'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Finding } from './integrity-worker.ts'
import { CORRUPT, explainSqlite, IO_ERROR, NOT_A_DATABASE } from './sqlite-errors.ts'

/** Delay from the start to the first check, and between two checks, in milliseconds. */
const FIRST_MS = 60_000
const DAILY_MS = 24 * 60 * 60 * 1000

export interface IntegrityCheck {
  /** A sentence for the operator about the damage that the last check found; undefined if it found none. */
  damage(): string | undefined
  /** Ends the checks. */
  stop(): void
}

export interface IntegrityCheckOptions {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * Checks all pages of an SQLite file for damage once a day, including pages that no query reads. SQLite checks
 * some 200 MB a second and blocks its thread, so the check runs in a worker, on a read-only connection.
 */
export function startIntegrityCheck({ path, clock, log }: IntegrityCheckOptions): IntegrityCheck {
  const stopping = new AbortController()
  const { signal } = stopping
  let damage: string | undefined

  function report(finding: Finding): void {
    const { code } = finding
    const state = damageIn(finding, path)
    if (state === 'none') {
      if (damage) log.info({ event: 'store.recovered' }, 'Database connection restored.')
      damage = undefined
      return
    }
    if (state === 'unknown') {
      log.warn({ event: 'store.unchecked', code }, 'Couldn’t check the database for damage.')
      return
    }
    const { message, errcode } = state
    if (!damage) log.error({ event: 'store.damaged', code: errcode }, message)
    damage = message
  }

  async function run(): Promise<void> {
    await clock.pause(FIRST_MS, signal)
    while (!signal.aborted) {
      const finding = await checkIntegrity(path, signal)
      if (!signal.aborted) report(finding)
      await clock.pause(DAILY_MS, signal)
    }
  }

  void run()
  return { damage: () => damage, stop: () => stopping.abort() }
}

/**
 * Tells from the result of a check if a file is damaged; `unknown` if the check has failed for another cause. The message
 * tells the operator what to do. Pure.
 */
export function damageIn(
  { found, code }: Finding,
  path: string,
): 'none' | 'unknown' | { readonly message: string; readonly errcode: number } {
  if (found === 'ok') return 'none'
  const errcode = found === undefined ? code : CORRUPT
  if (errcode === undefined || ![CORRUPT, IO_ERROR, NOT_A_DATABASE].includes(errcode)) {
    return 'unknown'
  }
  return { message: (explainSqlite({ errcode }, path) as Error).message, errcode }
}

/**
 * Checks a file once in a worker; `path` may be an address as well. Never rejects. After an abort the worker ends when
 * SQLite returns from its current call.
 */
export function checkIntegrity(path: string, signal: AbortSignal): Promise<Finding> {
  const worker = new Worker(new URL('./integrity-worker.ts', import.meta.url), { workerData: path })
  worker.unref()
  const end = () => void worker.terminate()
  signal.addEventListener('abort', end, { once: true })
  return new Promise(resolve => {
    worker.once('message', resolve)
    worker.once('error', () => resolve({}))
    worker.once('exit', () => {
      signal.removeEventListener('abort', end)
      resolve({})
    })
  })
}
