import { availableParallelism } from 'node:os'
import { briefing } from './briefing.ts'
import { report } from './measure.ts'

console.log(`Node ${process.version}, ${availableParallelism()} cores\n`)
if (!report(await briefing())) process.exitCode = 1
