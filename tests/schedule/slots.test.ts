import { describe } from 'vitest'
import { DIALECTS } from '../store/stores.ts'
import { slotContract } from './slots-contract.ts'

describe.for(DIALECTS)('slots on %s', dialect => {
  slotContract(dialect, dialect === 'sqlite' ? 12 : 2)
})
