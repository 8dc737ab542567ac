import { describe } from 'vitest'
import { killStorm } from './migrate-contract.ts'
import { DIALECTS } from './stores.ts'

describe.for(DIALECTS)('migrations of %s', dialect => {
  killStorm(dialect, 1, 1)
})
