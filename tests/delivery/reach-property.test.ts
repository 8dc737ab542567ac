import { reachProperty } from './reach-contract.ts'

reachProperty('sqlite', 25)
reachProperty('postgres', 3)
