/**
 * Opens a store as a process of its own and closes it again; given a number, the process kills
 * itself before that statement. Usage: node open-or-die.ts URL [NUMBER]
 */
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { Client } from 'pg'
import { systemClock } from '../../src/clock.ts'
import { sentences } from '../../src/log.ts'
import { openStore } from '../../src/store/store.ts'

const [url = '', number] = process.argv.slice(2)
let left = Number(number ?? Number.POSITIVE_INFINITY)

function count(): void {
  left -= 1
  if (left <= 0) process.kill(process.pid, 'SIGKILL')
}

for (const [prototype, names] of [
  [StatementSync.prototype, ['all', 'run']],
  [DatabaseSync.prototype, ['exec']],
  [Client.prototype, ['query']],
] as unknown as [Record<string, (...values: unknown[]) => unknown>, string[]][]) {
  for (const name of names) {
    const original = prototype[name]
    prototype[name] = function (...values: unknown[]) {
      count()
      return original?.apply(this, values)
    }
  }
}

// Several at the same instant: each busy until then, so that none is late.
while (Date.now() < Number(process.env.OPEN_AT ?? 0));

try {
  const store = await openStore({ url, clock: systemClock, log: sentences(console.error) })
  await store.close()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 74
}
