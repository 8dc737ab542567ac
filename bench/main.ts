import { availableParallelism } from 'node:os'
import { briefing } from './briefing.ts'
import { report } from './measure.ts'
import { rendering } from './rendering.ts'

console.log(`Node ${process.version}, ${availableParallelism()} cores\n`)
const figures = [...(await briefing()), ...(await rendering())]
if (!report(figures)) process.exitCode = 1
