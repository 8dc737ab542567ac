import { takeoverContract } from './takeover-contract.ts'

// Long enough for a slow moment of the machine.
takeoverContract(3000, 0)
