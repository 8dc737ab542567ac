/** A worker's entry point: checks the SQLite file that `workerData` names, and posts a {@link Finding}. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { codeOf } from './sqlite-errors.ts'

/** The result of a check: `found` is `ok` or SQLite's text of the first fault; `code` is the error that ended it. */
export interface Finding {
  readonly found?: string
  readonly code?: number
}

function check(path: string): Finding {
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    const [row] = database.prepare('pragma quick_check(1)').all()
    database.close()
    return { found: String(row?.quick_check) }
  } catch (error) {
    const code = codeOf(error)
    return code === undefined ? {} : { code }
  }
}

parentPort?.postMessage(check(workerData))
