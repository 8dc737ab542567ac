import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { systemClock } from '../src/clock.ts'
import { sentences } from '../src/log.ts'
import { openStore } from '../src/store/store.ts'
import { createDatabase, startPostgres } from './postgres.ts'

/**
 * Starts one PostgreSQL server for the whole run, and migrates one database of each kind. Each test that needs a database
 * has a copy of one: that takes a fifth of the time of all migrations.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-migrated-'))
  const migrated = {
    sqlite: `file:${join(folder, 'sitrep.db')}`,
    postgres: await createDatabase(server.url),
  }
  for (const url of Object.values(migrated)) {
    const store = await openStore({ url, clock: systemClock, log: sentences(() => {}) })
    await store.close()
  }
  project.provide('postgres', server.url)
  project.provide('migrated', migrated)
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true })
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the server. */
    postgres: string
    /** The addresses of databases with the newest schema and no rows of chats. No test opens them. */
    migrated: { readonly sqlite: string; readonly postgres: string }
  }
}
