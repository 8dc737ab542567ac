import { hostname } from 'node:os'
import { createBackups } from '../app/backups.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { sqlitePath } from '../database-url.ts'
import { sentences } from '../log.ts'
import { skipDueDigests } from '../schedule/skip-due-digests.ts'
import type { Settled } from '../store/backups/restoration.ts'
import { inspectStore } from '../store/inspect.ts'
import { openStore, type Store } from '../store/store.ts'
import { counted, listed } from '../texts/plurals.ts'
import { askFirst } from './ask-first.ts'
import { OPERATOR } from './audit-entry.ts'
import { EXIT, fail } from './terminal.ts'

/** The posts that a bot will not send of a restored database. */
interface Unsent extends Settled {
  /** Chats whose due digest is skipped. */
  readonly digests: number
}

/** Settles an open database: see {@link Store.restoration}. Throws {@link StoreError}. */
async function settle(store: Store): Promise<Unsent> {
  // Digests first, because the second step ends all leases, so that a waiting bot may acquire one.
  const digests = await skipDueDigests(store, systemClock.now())
  return { ...(await store.restoration.settle(OPERATOR)), digests }
}

const options = (url: string) => ({ url, clock: systemClock, log: sentences(() => {}) })

/** Migrates and settles a copy of a backup, which no process uses. Throws {@link StoreError}. */
export async function settleCopy(copy: string): Promise<Unsent> {
  const store = await openStore(options(`file:${copy}`))
  try {
    return await settle(store)
  } finally {
    await store.close()
  }
}

/** Longest wait for an answer of the database, in milliseconds. */
const ANSWER_MS = 10_000

const ACTIVE =
  'Nothing changed, because a bot is active on this database. Stop it first. If the database was restored just now, wait a minute.'

/** The leases of a bot on platforms and of the local chat. */
const LEASES = ['active', 'local'] as const

async function isActive({ lease }: Pick<Store, 'lease'>): Promise<boolean> {
  const taken = await Promise.all(LEASES.map(name => lease.isTaken(name)))
  return taken.includes(true)
}

/** Longest time for which a command that is killed keeps bots waiting, in milliseconds. */
const TTL_MS = 60_000

/** Settles a database while no bot can become active on it. Resolves to undefined if one is. */
async function settleAlone(store: Store): Promise<Unsent | undefined> {
  const holder = `${hostname()}:${process.pid}:restore`
  const held: { readonly name: string; readonly epoch: number }[] = []
  try {
    for (const name of LEASES) {
      const answer = await store.lease.acquire(name, holder, TTL_MS)
      if (!('epoch' in answer)) return undefined
      held.push({ name, epoch: answer.epoch })
    }
    return await settle(store)
  } finally {
    for (const { name, epoch } of held) await store.lease.release(name, holder, epoch)
  }
}

/**
 * Settles the database of the configuration, which another tool has restored. Asks first, unless `yes`. Resolves to an exit
 * code. Throws {@link StoreError}.
 */
export async function settleInPlace(config: Config, yes: boolean): Promise<number> {
  const opening = options(config.databaseUrl)
  // To open an empty database, or that of another program, would create tables in it.
  const facts = await inspectStore({ ...opening, timeoutMs: ANSWER_MS })
  if (!facts || facts.isEmpty) {
    const place = sqlitePath(config.databaseUrl) ?? 'DATABASE_URL'
    return fail(
      `Nothing changed, because ${place} is no database of Sitrep yet. Restore it first.`,
      EXIT.io,
    )
  }
  const beforeUpgrade = createBackups({ config, ...opening })?.beforeUpgrade
  const store = await openStore({ ...opening, beforeUpgrade })
  try {
    if (await isActive(store)) return fail(ACTIVE, EXIT.io)
    const end = await askFirst('Stop all posts of this database that a bot may have sent', {
      yes,
      nothing: 'Nothing changed',
      how: 'Add --yes to settle the database.',
    })
    if (end !== undefined) return end
    const settled = await settleAlone(store)
    // A bot has become active in the meantime.
    if (!settled) return fail(ACTIVE, EXIT.io)
    report(settled)
    return EXIT.ok
  } finally {
    await store.close()
  }
}

/** Prints what a bot will not send of a restored database. */
export function report({ stopped, uncertain, paused, digests }: Unsent): void {
  const numbers = paused.map(id => `#${id}`)
  const lines = [
    ...(stopped > 0
      ? [
          `${counted(stopped, 'post', 'posts')} had begun and stopped here; ${counted(uncertain, 'delivery counts', 'deliveries count')} as uncertain.`,
        ]
      : []),
    ...(numbers.length > 0
      ? [`Paused for you to check: ${listed(numbers)}. Send with: bin/sitrep broadcast --resume N`]
      : []),
    ...(digests > 0
      ? [`Digests that are due are skipped in ${counted(digests, 'chat', 'chats')}.`]
      : []),
    'Reminders due before now are not sent. Edits that the bot finds in its first hour wait for your approval.',
  ]
  console.log('So that nothing is sent twice:')
  for (const line of lines) console.log(`  ${line}`)
  console.log('Start the bot now.')
}
