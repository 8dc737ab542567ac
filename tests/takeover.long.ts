import { takeoverContract } from './takeover-contract.ts'

// As an operator has it, with a process that sleeps for half a minute.
takeoverContract(10_000, 30_000)
