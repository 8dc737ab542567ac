import { mkdtempSync, rmSync } from 'node:fs'
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
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The address of an empty database. */
export async function emptyDatabase(dialect: Dialect): Promise<string> {
  if (dialect === 'postgres') return createDatabase(inject('postgres'))
  return `file:${join(temporaryFolder(), 'data/sitrep.db')}`
}

/** A store that is closed with the end of the test. */
export async function openTestStore(options: { url: string } & Partial<StoreOptions>) {
  const memory = await openMemoryLog()
  const store = await openStore({ clock: systemClock, log: memory.log, ...options })
  onTestFinished(() => store.close())
  return { ...memory, store }
}
