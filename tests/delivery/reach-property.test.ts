import { reachProperty } from './reach-contract.ts'

reachProperty('sqlite', 60)
reachProperty('postgres', 8)
