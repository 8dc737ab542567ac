import { test } from 'vitest'
import { survivesCopies, survivesSingles } from './damage-contract.ts'
import { DIALECTS } from './stores.ts'

test.for(DIALECTS)(
  'on %s every bad value in every column affects its row alone',
  {
    timeout: 600_000,
  },
  dialect => survivesCopies(dialect, 1),
)

test.for(DIALECTS)(
  'on %s every bad value in a row that everything depends on is mended',
  {
    timeout: 600_000,
  },
  dialect => survivesSingles(dialect, 1),
)
