import { costlyContract } from './costly-contract.ts'

costlyContract(4)
