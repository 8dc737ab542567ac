import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { answer } from '../src/commands/answer.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import { parseLine } from '../src/commands/parse-line.ts'
import { createRegistry } from '../src/commands/registry.ts'
import type { Edition } from '../src/content/edition.ts'
import { loadEdition } from '../src/content/load.ts'
import { parseEdition } from '../src/content/parse.ts'
import { thousandSections } from '../tests/content/large.ts'
import { circumstancesOf } from './circumstances.ts'
import { type Figure, percentile, time } from './measure.ts'

const root = join(import.meta.dirname, '..')
/** Processes that are started for each figure; each takes up to a second. */
const PROCESSES = 7

const today = Temporal.PlainDate.from('2026-11-23')

/** Command to message, search, loading, and one answer from nothing. */
export async function briefing(): Promise<Figure[]> {
  const shipped = sound(await loadEdition(join(root, 'content'), reservedNames))
  const registry = createRegistry(shipped)
  const large = createRegistry(sound(parseEdition(thousandSections(), reservedNames)))
  const circumstances = circumstancesOf(registry, today)
  const commands = registry.commands.map(({ name }) => `/${name}`)
  const queries = ['kosovo', 'training', 'cybr', 'joint exercises police', 'what is stability']
  await large.ready()
  // Frequent and rare words, their beginnings, typos, words of titles and headings.
  const largeQueries = [
    ...['sestase', 'polirumbor mitmarket', 'section 512', 'tycufo', 'se', 'sese', 'section'],
    ...['item 2 sese', 'table', 'sesxse birixe', 'what is the sesese birise ketstasta', 'po mi'],
  ]

  const run = (program: string, args: string[], env = {}) =>
    time(PROCESSES, () =>
      execFileSync(program, args, { cwd: root, env: { ...process.env, ...env } }),
    )
  const main = [join(root, 'src/main.ts'), 'ask', 'threats']
  const cold = await run(process.execPath, main)
  const uncached = await run(process.execPath, main, { NODE_DISABLE_COMPILE_CACHE: '1' })
  const coldNpm = await run('npm', ['run', '-s', 'ask', '--', 'threats'])
  const commandTimes = await time(5000, run =>
    answer(parseLine(registry, commands[run % commands.length] ?? ''), circumstances),
  )
  const search = (target: typeof registry, typed: string[]) =>
    time(1000, run => target.search(typed[run % typed.length] ?? '', 5))
  const searchTimes = await search(registry, queries)
  const largeSearchTimes = await search(large, largeQueries)
  const loading = await time(3, () => parseEdition(thousandSections(), reservedNames))

  const ms = 'ms'
  return [
    { what: 'ask, whole process, median', value: percentile(cold, 0.5), aim: 600, unit: ms },
    {
      what: 'ask, without the compile cache, median',
      value: percentile(uncached, 0.5),
      aim: 600,
      unit: ms,
    },
    {
      what: 'npm run -s ask, whole process, median',
      value: percentile(coldNpm, 0.5),
      aim: 1000,
      unit: ms,
    },
    { what: 'command → message, p50', value: percentile(commandTimes, 0.5), aim: 0.5, unit: ms },
    { what: 'command → message, p99', value: percentile(commandTimes, 0.99), aim: 0.5, unit: ms },
    {
      what: 'search, shipped briefing, p99',
      value: percentile(searchTimes, 0.99),
      aim: 5,
      unit: ms,
    },
    {
      what: 'search, 1,000 sections, p99',
      value: percentile(largeSearchTimes, 0.99),
      aim: 5,
      unit: ms,
    },
    {
      what: 'loading 1,000 sections, median',
      value: percentile(loading, 0.5),
      aim: 1500,
      unit: ms,
    },
  ]
}

function sound(result: { edition?: Edition; problems?: unknown }): Edition {
  if (!result.edition) throw new Error(JSON.stringify(result.problems))
  return result.edition
}
