import { describe } from 'vitest'
import { killStorm } from './migrate-contract.ts'
import { DIALECTS } from './stores.ts'

/** Statements between two kills. A random start meets each statement within a few runs. */
const STEP = 2

describe.for(DIALECTS)('migrations of %s', dialect => {
  killStorm(dialect, 1 + Math.floor(Math.random() * STEP), STEP)
})
