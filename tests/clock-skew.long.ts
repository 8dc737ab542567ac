import { MINUTE, skewContract } from './clock-skew-contract.ts'

skewContract([
  ['15 minutes ahead of', 15 * MINUTE],
  ['15 minutes behind', -15 * MINUTE],
])
