import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { createRegistry } from '../../src/commands/registry.ts'
import { edition, section } from '../content/fixture.ts'
import { answerTo } from '../shipped.ts'

const table = (word: string) => `| Town |\n| - |\n| ${word} |\n\n`

/** The headings of an answer, without that of the section. */
async function headings(line: string, body: string): Promise<string[]> {
  const front = 'command: alpha\ntitle: Alpha\nsummary: S.'
  const read = edition({ 'sections/01-alpha.md': section(front, body) })
  const { message } = await answerTo(line, createRegistry(JSON.parse(JSON.stringify(read))))
  return message.body.children
    .filter(({ type }) => type === 'heading')
    .slice(1)
    .map(node => textOf(node))
}

test('tables under equal headings have one name each in the short answer, in the details and in /tables', async () => {
  const body = `Intro.\n\n## Gauges\n\n${table('a')}## *Gauges*\n\nText.\n\n- item\n\n${table('b').replace(/^(?=.)/gm, '  ')}`
  for (const line of ['/alpha', '/alpha details']) {
    expect(await headings(line, body)).toEqual(['Gauges', 'Gauges (2)'])
  }
  const names = await headings('/alpha details', `${body}## Fares\n\n${table('c')}${table('d')}`)
  expect(names).toEqual(['Gauges', 'Gauges (2)', 'Fares'])
})

test('the details have the whole text without the summary, to which they lead back', async () => {
  const front = 'command: alpha\ntitle: Alpha\nsummary: The short of it.'
  const body = `Intro.\n\n## Gauges\n\n${table('a')}The end.\n`
  const of = createRegistry(edition({ 'sections/01-alpha.md': section(front, body) }))
  const { message } = await answerTo('/alpha details', of)
  expect(textOf(message.body)).toMatch(/^AlphaIntro\.GaugesTownaThe end\.Source/)
  expect(message.actions).toContainEqual({ label: 'Summary', command: '/alpha' })
  expect(textOf((await answerTo('/alpha', of)).message.body)).toMatch(
    /^AlphaThe short of it\.Gauges/,
  )
})

test('a heading that an editor numbered keeps its words', async () => {
  const body = `## Day (2)\n\n${table('a')}## Day\n\nText.\n\n## Day\n\n${table('b')}## Day\n\n${table('c')}`
  expect(await headings('/alpha details', body)).toEqual(['Day (2)', 'Day', 'Day', 'Day (3)'])
})

test('equal headings are one result of a search', async () => {
  const front = 'command: alpha\ntitle: Alpha\nsummary: S.'
  const body = `## Ports\n\nA.\n\n## Ports\n\nB.\n`
  const of = createRegistry(edition({ 'sections/01-alpha.md': section(front, body) }))
  expect(of.search('ports', 9).map(({ text }) => text)).toEqual(['Ports'])
})
