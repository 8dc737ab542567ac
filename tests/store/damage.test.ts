import { test } from 'vitest'
import { survivesCopies, survivesSingles } from './damage-contract.ts'
import { DIALECTS } from './stores.ts'

test.for(DIALECTS)(
  'on %s a damaged column of any table affects its row alone',
  { timeout: 60_000 },
  dialect => survivesCopies(dialect, 31),
)

test.for(DIALECTS)(
  'on %s a damaged row that everything depends on is mended',
  { timeout: 60_000 },
  dialect => survivesSingles(dialect, 16),
)
