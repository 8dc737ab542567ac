import { expect, test } from 'vitest'
import { playOutage } from './outage-contract.ts'

/** A tenth of an operator's. */
const TTL_MS = 1000

const NONE = { doubled: 0, lost: 0, admitted: 0 }

test.for([
  ['postgres', 'refuses', 1100, false],
  ['sqlite', 'is locked', 1300, true],
] as const)(
  'nothing that was answered is sent again after %s %s for %d ms, long messages: %s',
  { timeout: 60_000 },
  async ([dialect, how, awayMs, isLong]) => {
    const at = isLong ? 310 : 90
    const { terms, ...outcome } = await playOutage({
      dialect,
      how,
      awayMs,
      ttlMs: TTL_MS,
      at,
      isLong,
    })
    expect(outcome).toEqual(NONE)
    // The lease was really lost, and with it everything that hung on it.
    if (awayMs > TTL_MS) expect(terms).toBeGreaterThan(1)
  },
)
