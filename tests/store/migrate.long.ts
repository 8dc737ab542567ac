import { describe } from 'vitest'
import { killStorm } from './migrate-contract.ts'
import { DIALECTS } from './stores.ts'

/** From a random one of the first statements on: each is met within a few runs. */
const STEP = 2

describe.for(DIALECTS)('migrations of %s', dialect => {
  killStorm(dialect, 1 + Math.floor(Math.random() * STEP), STEP)
})
