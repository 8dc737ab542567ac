import { worstContract } from './worst-contract.ts'

worstContract(1)
