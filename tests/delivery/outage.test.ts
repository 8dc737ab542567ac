import { outageContract } from './outage-contract.ts'

outageContract([
  ['postgres', 'refuses', 1100, false],
  ['sqlite', 'is locked', 1300, true],
])
