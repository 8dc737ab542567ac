import { atMost } from '../../async/at-most.ts'
import { type CheckResult, resultsOf } from '../../check-result.ts'
import { sqlitePath } from '../../database-url.ts'
import { sentences } from '../../log.ts'
import { StoreError } from '../../store/error.ts'
import { damageOf, inspectStore, type StoreFacts } from '../../store/inspect.ts'
import type { DoctorContext } from './doctor-context.ts'
import { judgeDatabase, judgePosts } from './judge-database.ts'

/** The facts of the database, or the reason why it cannot be read. */
export type Opened = { readonly facts: StoreFacts | undefined } | { readonly failure: string }

/** Reads the database. Never rejects. */
export async function openFacts({ config, clock, timeoutMs }: DoctorContext): Promise<Opened> {
  const log = sentences(() => {})
  try {
    const inspecting = inspectStore({ url: config.databaseUrl, clock, log, timeoutMs })
    const opened = inspecting.then(facts => ({ facts }))
    const late = sqlitePath(config.databaseUrl)
      ? 'Another program keeps the database locked. Stop it.'
      : `The database doesn’t answer in ${timeoutMs / 1000} seconds. Check its server.`
    return (await atMost(timeoutMs, opened, clock)) ?? { failure: late }
  } catch (error) {
    return { failure: error instanceof StoreError ? error.message : 'Can’t read the database.' }
  }
}

/** Returns the rows of a database; undefined if they are not known. */
export const rowsOf = (opened: Opened) => ('facts' in opened ? opened.facts?.rows : undefined)

/** Checks the schema, the lease, and the file for damage. */
export async function checkDatabase(
  { config: { databaseUrl }, clock, timeoutMs, signal }: DoctorContext,
  store: Promise<Opened>,
): Promise<CheckResult[]> {
  const opened = await store
  if ('failure' in opened) return [resultsOf('database').error(opened.failure)]
  const path = sqlitePath(databaseUrl)
  if (path === undefined) return judgeDatabase('PostgreSQL', opened.facts, undefined)
  if (!opened.facts) return judgeDatabase(path, undefined, undefined)
  const over = new AbortController()
  const damage = await Promise.race([
    damageOf(path, AbortSignal.any([signal, over.signal])),
    clock.pause(timeoutMs, over.signal).then(() => 'unknown' as const),
  ])
  over.abort()
  return judgeDatabase(path, opened.facts, damage)
}

/** Checks what waits in the database. */
export async function checkPosts(
  { clock }: DoctorContext,
  store: Promise<Opened>,
): Promise<CheckResult[]> {
  const rows = rowsOf(await store)
  return rows ? judgePosts(rows, clock.now()) : []
}
