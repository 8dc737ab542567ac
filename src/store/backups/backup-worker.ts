/** A worker's entry point: copies an SQLite file that may be in use, checks the copy, and posts `checking`, then a {@link Copied}. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { codeOf } from '../sql/sqlite-errors.ts'
import { type Inspection, inspectCopy } from './inspect-copy.ts'

export interface CopyJob {
  readonly path: string
  /** An empty file. */
  readonly copy: string
  /** See {@link inspectCopy}. A worker that imports the migrations would take four times as long to start. */
  readonly migrations: readonly string[]
}

/** The state of the copy; `code` is SQLite's code of the error that ended the work. */
export type Copied = { readonly inspection: Inspection } | { readonly code: number }

/** Longest wait for another process that writes, in milliseconds. A reader waits only while a journal is recovered. */
const BUSY_MS = 5000

function run({ path, copy, migrations }: CopyJob): Copied {
  try {
    const database = new DatabaseSync(path, { timeout: BUSY_MS })
    try {
      // It reads one state of the database, without a lock that writers wait for. The backup API of SQLite starts over
      // at each write of another connection, so it would never end beside a busy bot.
      database.prepare('vacuum into ?').run(copy)
    } finally {
      database.close()
    }
    parentPort?.postMessage('checking')
    return { inspection: inspectCopy(copy, migrations) }
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined) throw error
    return { code }
  }
}

parentPort?.postMessage(run(workerData))
