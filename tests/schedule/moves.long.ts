import { describe } from 'vitest'
import { CHANGES, changesContract, pairsContract } from './moves-contract.ts'

describe('changed settings on sqlite', () => {
  for (const night of CHANGES) pairsContract('sqlite', night, 100)
  changesContract('sqlite', 60)
})

// `npm test` plays the pairs of one night on PostgreSQL as well.
describe('changed settings on postgres', () => changesContract('postgres', 10))
