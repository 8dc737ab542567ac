import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changedCell } from '../../src/briefing/changed-cell.ts'
import { message, paragraph } from '../../src/message.ts'
import { inlineMarkdown } from '../../src/render/discord-inline.ts'
import { runs } from '../../src/render/runs.ts'

/** Takes every link as it is. */
const LINKS = { links: () => true, definitions: new Map<string, string>() }

const shown = (from: string, to: string) => {
  const spans = (text: string) => (text === '' ? [] : [{ text }])
  return inlineMarkdown(runs(changedCell(spans(from), spans(to)), LINKS))
}

test('a cell whose words have changed is shown before and after', () => {
  expect(shown('KFOR', 'EUFOR')).toBe('~~KFOR~~ → **EUFOR**')
  expect(shown('', 'EUFOR')).toBe('**EUFOR**')
  expect(shown('KFOR', '')).toBe('~~KFOR~~')
})

test('a cell of which a few words have changed shows these words in their place', () => {
  expect(
    shown(
      'Ferries sail at nine o’clock from the old harbour',
      'Ferries sail at ten o’clock from the old harbour',
    ),
  ).toBe('Ferries sail at ~~nine~~ **ten** o’clock from the old harbour')
  expect(
    shown('Closed until Friday, says the mayor of the town', 'Closed, says the mayor of the town'),
  ).toBe('Closed ~~until Friday~~, says the mayor of the town')
})

test('a cell with a link or with struck text is quoted with its own marks', () => {
  const cell = changedCell([{ text: 'Open' }], [{ text: 'Open', struck: true }])
  expect(inlineMarkdown(runs(cell, LINKS))).toBe('“Open” → “~~Open~~”')
  const link = changedCell([{ text: 'map', url: 'https://x.org/a' }], [{ text: 'map' }])
  expect(inlineMarkdown(runs(link, LINKS))).toContain('https://x.org/a')
})

const text = fc
  .array(fc.constantFrom('a', 'b', 'ferry', 'Фери', '港口', '港口', ',', '.', '~~', '**', '9'), {
    maxLength: 12,
  })
  .map(words => words.join(' ').trim())

/** Returns the text without the nodes of one type. */
const without = (type: 'delete' | 'strong', nodes: ReturnType<typeof changedCell>): string =>
  nodes
    .filter(node => node.type !== type)
    .map(node =>
      'children' in node
        ? without(type, node.children as typeof nodes)
        : 'value' in node
          ? node.value
          : '',
    )
    .join('')

test('the kept and the struck words are the old text, the kept and the bold words the new one', () => {
  fc.assert(
    fc.property(text, text, (from, to) => {
      const spans = (value: string) => (value === '' ? [] : [{ text: value }])
      const cell = changedCell(spans(from), spans(to))
      const squeezed = (value: string) => value.replace(/[\s→]+/g, '')
      expect(squeezed(without('strong', cell))).toBe(squeezed(from))
      expect(squeezed(without('delete', cell))).toBe(squeezed(to))
      expect(message([paragraph(...cell)]).body.children).toHaveLength(1)
    }),
    { numRuns: 300 },
  )
})
