import { accessSync, constants, copyFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { openStore, type StoreOptions } from '../../src/store/store.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { createDatabase } from '../postgres.ts'

export const DIALECTS = ['sqlite', 'postgres'] as const
export type Dialect = (typeof DIALECTS)[number]

/** The subscription of an example chat. */
export const WISH: Subscription = {
  state: 'active',
  topics: ['announcements', 'digest'],
  zone: 'Europe/Sarajevo',
  cadence: 'weekly',
  hour: 9,
  weekday: 1,
  tableStyle: 'grid',
  onlyNew: false,
}

/** A folder that is gone with the end of the test. */
export function temporaryFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'sitrep-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Linux keeps the files of this folder in memory. */
const MEMORY = '/dev/shm'

/** Free bytes in {@link MEMORY} from which databases are created there. A container may have 64 MiB of it. */
const MEMORY_BYTES = 2 ** 30

function hasMemory(): boolean {
  if (process.platform !== 'linux') return false
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= MEMORY_BYTES
  } catch {
    return false
  }
}

const DATABASES = hasMemory() ? MEMORY : tmpdir()

/**
 * A folder for SQLite databases, which is gone with the end of the test. It is in memory if possible: SQLite waits for
 * the disk at each commit, which takes half of the time of a test that writes much. PostgreSQL does not wait either.
 */
export function databaseFolder(): string {
  return temporaryFolder(DATABASES)
}

/** The address of an empty database, without tables. */
export async function emptyDatabase(dialect: Dialect): Promise<string> {
  if (dialect === 'postgres') return createDatabase(inject('postgres'))
  return `file:${join(databaseFolder(), 'data/sitrep.db')}`
}

/** The address of a new database with the newest schema. */
export async function newDatabase(dialect: Dialect): Promise<string> {
  const migrated = inject('migrated')
  if (dialect === 'postgres') {
    return createDatabase(inject('postgres'), new URL(migrated.postgres).pathname.slice(1))
  }
  const path = join(databaseFolder(), 'sitrep.db')
  copyFileSync(migrated.sqlite.slice('file:'.length), path)
  return `file:${path}`
}

/** A store that is closed with the end of the test. */
export async function openTestStore(options: { url: string } & Partial<StoreOptions>) {
  const memory = await openMemoryLog()
  const store = await openStore({ clock: systemClock, log: memory.log, ...options })
  onTestFinished(() => store.close())
  return { ...memory, store }
}
