import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { answer } from '../src/commands/answer.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import { parseLine } from '../src/commands/parse-line.ts'
import { createRegistry } from '../src/commands/registry.ts'
import { loadEdition } from '../src/content/load.ts'
import { parseMarkdown } from '../src/content/markdown.ts'
import { parseEdition } from '../src/content/parse.ts'
import { type Message, message, paragraph, table } from '../src/message.ts'
import { renderDiscord } from '../src/render/discord.ts'
import { renderTelegram } from '../src/render/telegram.ts'
import { renderText } from '../src/render/text.ts'
import { COSTLY, COSTLY_YAML } from '../tests/content/costly.ts'
import { folder, section } from '../tests/content/fixture.ts'
import { circumstancesOf } from './circumstances.ts'
import { type Figure, percentile, time } from './measure.ts'

const root = join(import.meta.dirname, '..')
const today = Temporal.PlainDate.from('2026-11-23')

/** Message to body for each renderer; the server from its start to its first answer. */
export async function rendering(): Promise<Figure[]> {
  const { edition } = await loadEdition(join(root, 'content'), reservedNames)
  if (!edition)
    throw new Error('The shipped content is broken: npm run -s check:content tells how.')
  const registry = createRegistry(edition)
  const circumstances = circumstancesOf(registry, today)
  const shipped = await Promise.all(
    registry.commands.map(async ({ name }) => {
      return (await answer(parseLine(registry, `/${name}`), circumstances)).message
    }),
  )
  const large = largeMessage()
  const renderers: Record<string, (given: Message) => unknown> = {
    text: given => renderText(given, { columns: 80, style: 'grid', colour: true }),
    telegram: given => renderTelegram(given),
    discord: given => renderDiscord(given),
  }
  const figures: Figure[] = []
  for (const [name, render] of Object.entries(renderers)) {
    const small = await time(1000, rendersOf(render, shipped, 1000 + 20))
    const long = await time(20, rendersOf(render, [large], 20 + 5))
    figures.push(
      { what: `${name}, shipped, p50`, value: percentile(small, 0.5), aim: 2, unit: 'ms' },
      { what: `${name}, shipped, p99`, value: percentile(small, 0.99), aim: 2, unit: 'ms' },
      { what: `${name}, 60 KB section, p50`, value: percentile(long, 0.5), unit: 'ms' },
      { what: `${name}, 60 KB section, p99`, value: percentile(long, 0.99), unit: 'ms' },
    )
  }
  for (const name of SLOW) {
    const body = COSTLY[name]
    if (body === undefined) throw new Error(`There is no costly file of ${name}.`)
    const took = await time(3, () => {
      const parsed = parseMarkdown(body)
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems[0]))
      renderTelegram({ body: parsed.body })
      renderDiscord({ body: parsed.body })
    })
    const value = percentile(took, 0.5)
    figures.push({ what: `64 KiB of ${name}, parsed and rendered`, value, aim: 1000, unit: 'ms' })
  }
  const yaml: { readonly name: string; readonly ms: number }[] = []
  for (const [name, text] of Object.entries(COSTLY_YAML)) {
    for (const path of ['events.yaml', 'sections/02-costly.md']) {
      const files = folder({ [path]: path.endsWith('.md') ? section(text) : text })
      const took = await time(1, () => parseEdition(files, reservedNames))
      yaml.push({ name, ms: percentile(took, 0.5) })
    }
  }
  const [slowest] = yaml.sort((a, b) => b.ms - a.ms)
  figures.push({
    what: `64 KiB of YAML, slowest: ${slowest?.name}`,
    value: slowest?.ms ?? Number.NaN,
    aim: 1000,
    unit: 'ms',
  })
  const starts: number[] = []
  for (let run = 0; run < 5; run++) starts.push(await measureServer())
  return [
    ...figures,
    { what: 'start → first answer, median', value: percentile(starts, 0.5), aim: 800, unit: 'ms' },
  ]
}

/** Renders a message of its own in each run, because the renderers cache what they have computed for a node. */
function rendersOf(render: (given: Message) => unknown, from: readonly Message[], runs: number) {
  const messages = Array.from({ length: runs }, (_, run) => {
    return structuredClone(from[run % from.length] ?? message([]))
  })
  return () => render(messages.pop() ?? message([]))
}

/** Kinds of bodies of 64 KiB that take longest. */
const SLOW = [
  ...['a list of www', 'a list of mail addresses', 'links, apart', 'quotes of a line'],
  ...['backticks that close nothing', 'rules', 'rows with links', 'prose'],
  ...['a host of many labels', 'paths with hosts'],
]

/** Sections of prose and tables, 60 KB of words. */
function largeMessage(): Message {
  const sentence =
    'The quick brown fox, it is said, jumps over 12 lazy dogs near notes.sh and runs on. '
  const rows = Array.from({ length: 20 }, (_, row) => [`Row ${row}`, sentence.slice(0, 40)])
  const part = [paragraph(sentence.repeat(12)), table([['Name', 'What'], ...rows])]
  return message(Array.from({ length: 30 }, () => part).flat())
}

/** From the start of the process until a typed line's answer has arrived, as a page gets it. */
async function measureServer(): Promise<number> {
  const before = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    cwd: root,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const address = /http:\S+/.exec(String(said))?.[0] ?? ''
  await (await fetch(address)).text()
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const session = await fetch(`${address}/session`, { ...json, body: '{}' })
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
  const events = await fetch(`${address}/events`, { headers: { cookie } })
  await fetch(`${address}/lines`, {
    ...json,
    headers: { ...json.headers, cookie },
    body: '{"line":"/threats"}',
  })
  let text = ''
  for await (const chunk of events.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('"line":"/threats"')) break
  }
  const start = performance.now() - before
  child.kill('SIGTERM')
  await once(child, 'close')
  return start
}
