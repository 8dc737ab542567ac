import { describe } from 'vitest'
import { DIALECTS } from '../store/stores.ts'
import { CHANGES, changesContract, pairsContract } from './moves-contract.ts'

describe.for(DIALECTS)('changed settings on %s', dialect => {
  for (const night of CHANGES) pairsContract(dialect, night, 100)
  changesContract(dialect, dialect === 'sqlite' ? 60 : 10)
})
