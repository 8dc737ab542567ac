import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ANONYMOUS } from '../../src/bot.ts'
import { answer } from '../../src/commands/answer.ts'
import { reservedNames } from '../../src/commands/builtin.ts'
import { parseLine } from '../../src/commands/parse-line.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { loadEdition } from '../../src/content/load.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { folder } from '../content/fixture.ts'
import { expectDiscordTakes } from '../discord-markdown.ts'
import { temporaryFolder } from '../store/stores.ts'
import { type Mutation, mutations, ODD_TEXTS } from './mutate.ts'
import { expectTelegramTakes, watchFaults } from './oracle.ts'
import { fuzz, share } from './share.ts'

/** Most time of a processor for one folder of a few KB, in milliseconds; a usual one takes ten. */
const MOST_MS = 3000

const YAML = [
  ...['&a [*a]', '*missing', '!!js/function x', '<<: {a: 1}', '? [a]\n: b', '%YAML 1.3', '...'],
  ...['- - - - x', '{a: {b: {c: }}}', '|+\n  x', '>-\n x', '"\\x41\\u0000"', '0o17', '.nan', '~'],
  ...['2026-13-45', '2026-02-30', '9999-12-31', '\t- x', '!!binary AAAA', '&a {x: *a}', '[,,]'],
]
const MARKDOWN = [
  ...[
    '# One',
    '###### Six',
    '> '.repeat(60),
    '- '.repeat(60),
    '1. '.repeat(40),
    '| a | b |\n|-|-|',
  ],
  ...['![x](y)', '[x](<javascript:1>)', '[a]: b', '[^1]', '<div>', '<!-- x', '```', '~~~', '---'],
  ...['a\n=\n', '**', '__', '*a **b *c', '`', '\\', '&#0;', '&copy;', 'https://x.org', '- [x] y'],
  ...['| a |\n|-|\n| **b |', '|'.repeat(200), '[', '![', '](', '\u2028', '  \n', '    code', '***'],
]

const cases = fc.record({
  /** Whether the folder is the shipped one; otherwise it is a small one. */
  isShipped: fc.nat(15).map(lot => lot === 0),
  changes: mutations,
})

/** A changed text; the same for the same mutation. */
function changed(text: string, { at, how, value }: Mutation): string {
  const lines = text.split('\n')
  const place = at % lines.length
  const odd = [...ODD_TEXTS, ...YAML, ...MARKDOWN][value % 100] ?? MARKDOWN[value % 30] ?? ''
  const offset = at % (text.length + 1)
  const kinds: (() => string)[] = [
    () => lines.toSpliced(place, 1).join('\n'),
    () => lines.toSpliced(place, 0, lines[place] ?? '').join('\n'),
    () => lines.toSpliced(place, 0, odd).join('\n'),
    () => lines.with(place, odd).join('\n'),
    () => lines.with(place, (lines[place] ?? '').replace(/:.*/, `: ${odd}`)).join('\n'),
    () => lines.with(place, (lines[place] ?? '').replace(/^(\s*- )?\w+/, '$1__proto__')).join('\n'),
    () => lines.with(place, `  ${lines[place]}`).join('\n'),
    () => text.slice(0, offset) + odd + text.slice(offset),
    () => text.slice(0, offset),
    () => text.slice(offset),
    () => text.replaceAll('\n', '\r\n'),
    () => `\uFEFF${text}`,
    () => `${text}\n${(MARKDOWN[value % MARKDOWN.length] ?? '').repeat(at % 300)}`,
    () => `${text}\n${`${MARKDOWN[value % MARKDOWN.length]}\n\n`.repeat(at % 300)}`,
    () => `${text}${text}`,
    () => '',
  ]
  return kinds[how % kinds.length]?.() ?? text
}

async function read(directory: string): Promise<Map<string, string>> {
  const names = await readdir(directory, { recursive: true })
  const files = names.filter(name => /\.(md|yaml)$/.test(name)).sort()
  return new Map(
    await Promise.all(
      files.map(async name => [name, await readFile(join(directory, name), 'utf8')] as const),
    ),
  )
}

/** Mutated files through the loader: problems that name a place, or an edition that can be shown. */
export function fuzzContent(percent: number): void {
  const count = share(percent)

  test(`${count} mutated content folders are problems, or can be shown`, {
    timeout: 3_600_000,
  }, async () => {
    const directory = temporaryFolder()
    const faults: string[] = []
    using _ = watchFaults(fault => faults.push(fault))
    const shipped = await read(join(import.meta.dirname, '../../content'))
    const small = new Map(folder().map(({ path, text }) => [path, text]))
    let shown = 0

    await fuzz({
      ...{ name: 'content', cases, count, batch: 20 },
      async reset() {},
      async play(all) {
        for (const { isShipped, changes } of all) {
          const files = new Map(isShipped ? shipped : small)
          for (const change of changes) {
            const [name = ''] = [...files.keys()].slice(change.value % files.size)
            files.set(name, changed(files.get(name) ?? '', change))
          }
          const content = join(directory, 'content')
          await rm(content, { recursive: true, force: true })
          for (const [name, text] of files) {
            await mkdir(dirname(join(content, name)), { recursive: true })
            await writeFile(join(content, name), text)
          }
          const began = process.cpuUsage()
          const cache = join(directory, 'cache')
          const { edition, problems } = await loadEdition(content, reservedNames, cache)
          for (const { file, line, message } of problems ?? []) {
            expect([...files.keys(), '']).toContain(file)
            expect(line).toBeGreaterThan(0)
            expect(message).not.toBe('')
          }
          if (edition) await expectShown(createRegistry(edition))
          expect(edition !== undefined || (problems?.length ?? 0) > 0).toBe(true)
          expect(process.cpuUsage(began).user / 1000).toBeLessThan(MOST_MS)
          shown += edition ? 1 : 0
          expect(faults.splice(0)).toEqual([])
        }
      },
    })
    console.log(`fuzz content: ${shown} of ${count} editions were shown`)
    expect(shown).toBeGreaterThan(0)
  })
}

const NO_MODERATORS = { users: [], roles: [] }

/** Every section, table and event of an edition passes what both platforms check. */
async function expectShown(registry: ReturnType<typeof createRegistry>): Promise<void> {
  const today = Temporal.PlainDate.from('2026-11-23')
  const now = today.toZonedDateTime('UTC').toInstant()
  const lines = registry.commands.filter(each => !each.forModerators && !each.private)
  for (const { name } of lines) {
    const { message } = await answer(parseLine(registry, `/${name}`), {
      ...{
        registry,
        today,
        now,
        timeZone: 'UTC',
        zone: 'UTC',
        moderators: NO_MODERATORS,
        store: undefined,
      },
      ...{ request: ANONYMOUS, operations: undefined },
    })
    for (const body of renderDiscord(message)) expectDiscordTakes(body)
    for (const { method, ...body } of renderTelegram(message)) expectTelegramTakes(method, body)
  }
}
