import { expect, test } from 'vitest'
import { exampleFrom } from '../../src/commands/example.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { Edition } from '../../src/content/edition.ts'
import { edition, section } from '../content/fixture.ts'
import { answerTo, shipped } from '../shipped.ts'

const FRONT = 'command: alpha\ntitle: Alpha\nsummary: S.'
const of = (body: string) => edition({ 'sections/01-alpha.md': section(FRONT, body) })
const tableOf = (...names: readonly string[]) =>
  `## Town gauges\n\n| Town | Level |\n| - | - |\n${names.map(name => `| ${name} | 1 |`).join('\n')}\n`

test.each<[string, string, Edition]>([
  ['Albania', 'a word that names a row', shipped],
  ['Mostar', 'a word before a longer name', of(tableOf('North Haven', 'Mostar'))],
  ['North Haven', 'a name of several words', of(tableOf('7', 'North Haven'))],
  ['Port', 'a word that is no command', of(tableOf('Stop', 'Help', 'Port'))],
  ['Port', 'no other name of a command', of(tableOf('Quit', 'Overview', 'Commands', 'Port'))],
  ['Port', 'no name of several words', of(tableOf('How do I stop', 'Delete my data', 'Port'))],
  ['Port', 'no greeting and no thanks', of(tableOf('Hello', 'Thanks', 'Good morning', 'Port'))],
  [
    'Port',
    'no new name of a command',
    { ...of(tableOf('Follow', 'Port')), commands: { subscribe: 'follow' } },
  ],
  ['Town gauges', 'a heading, and no name that unsubscribes', of(tableOf('Quit'))],
  ['Town gauges', 'a heading', of(tableOf('1', '~~Gone~~'))],
  ['Alpha', 'the title', of('Words.')],
  [
    'Alpha',
    'the title without a search',
    { ...of(tableOf('Mostar')), commands: { search: false } },
  ],
])('the example is “%s”: %s, and has an answer', async (example, _, read) => {
  const registry = createRegistry(read)
  expect(exampleFrom(registry)).toBe(example)
  const { message, understood } = await answerTo(example, registry)
  expect(understood).toBe(true)
  expect(JSON.stringify(message.body)).not.toContain('No results')
})
