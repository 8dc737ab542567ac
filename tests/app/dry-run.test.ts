import { expect, test } from 'vitest'
import { dryRun } from '../../src/app/dry-run.ts'
import { reservedNames } from '../../src/commands/builtin.ts'
import { chooseFiles } from '../../src/content/files.ts'
import { parseEdition } from '../../src/content/parse.ts'
import { folder, section } from '../content/fixture.ts'

test.each([
  [false, ['edition.yaml', 'events.yaml', 'sections/01-alpha.md', 'sections/02-b.md']],
  [true, ['_edition.yaml', '_events.yaml', 'sections/01-alpha.md', 'sections/_02-b.md']],
])(
  'each step names the file that its answer comes from, with drafts: %s',
  async (hasDrafts, paths) => {
    const body = '## Gauges\n\n| a |\n| - |\n| 1 |'
    const b = section('command: b\ntitle: B\nsummary: S', body)
    const [edition, events] = folder().map(({ text }) => text)
    const sources = folder({
      'sections/02-b.md': b,
      'sections/_02-b.md': b,
      '_edition.yaml': `${edition}commands: {exercises: drills}\n`,
      '_events.yaml': events,
    })
    const parsed = parseEdition(sources, reservedNames, undefined, hasDrafts)
    if (!parsed.edition) throw new Error(JSON.stringify(parsed.problems))
    const seen = new Set<string>()
    const files = chooseFiles(sources, hasDrafts)
    const found = await dryRun(
      parsed.edition,
      files,
      () => true,
      path => seen.add(path),
    )
    expect(found).toEqual([])
    expect([...seen].sort()).toEqual(paths.sort())
  },
)
