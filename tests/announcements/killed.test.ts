import { killedContract } from './killed-contract.ts'

killedContract('sqlite')
