import { availableParallelism } from 'node:os'
import { attacks } from './attacks.ts'
import { briefing } from './briefing.ts'
import { card, ledger, limiter, speed } from './delivery.ts'
import { drawing } from './drawing.ts'
import { type Figure, report } from './measure.ts'
import { mixed } from './mixed.ts'
import { rendering } from './rendering.ts'
import { replies } from './replies.ts'
import { rest } from './rest.ts'
import { schedule } from './schedule.ts'
import { search } from './search.ts'
import { store } from './store.ts'

/** The parts of the benchmark; `npm run bench -- replies` runs one of them. */
const parts: Record<string, () => Promise<Figure[]>> = {
  briefing,
  search,
  rendering,
  rest,
  drawing,
  replies,
  attacks,
  store,
  schedule,
  speed,
  card,
  ledger,
  limiter,
}

/** The parts that take minutes and run only by name. */
const long = { mixed }

const [only = ''] = process.argv.slice(2)
console.log(`Node ${process.version}, ${availableParallelism()} cores\n`)
const figures: Figure[] = []
for (const [name, measure] of Object.entries({ ...parts, ...(only in long && long) })) {
  if (only === '' || only === name) figures.push(...(await measure()))
}
if (!report(figures)) process.exitCode = 1
