import { takeoverContract } from './takeover-contract.ts'

// The lease of an operator, and a process that sleeps for half a minute.
takeoverContract(10_000, 30_000)
