import { takeoverContract } from './takeover-contract.ts'

// Long enough for a slow moment of the machine. The long tests play PostgreSQL's as well.
takeoverContract(3000, 0, 'sqlite')
