import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { expect, test } from 'vitest'
import { parseText, tidy } from '../../src/content/markdown.ts'
import { has, walk } from '../../src/content/walk.ts'
import { runs } from '../properties.ts'

const IMAGE = '![@](map.png)'

/** Lines of every kind of block, with an image in most of them. */
const LINES = [
  ...['Words.', 'x\\', '', '', IMAGE, `a ${IMAGE} b`, `**c ${IMAGE} d** ~~${IMAGE}~~`],
  ...['- e', `- ${IMAGE}`, `- f ${IMAGE} g`, `  - h ${IMAGE}`, `  ${IMAGE}`, `- [x] i ${IMAGE}`],
  ...['3. j', `4. k ${IMAGE}`, `   ${IMAGE} l`, '> m', `> ${IMAGE}`, `> - n ${IMAGE} o`],
  ...[`## p ${IMAGE}`, `# ${IMAGE}`, '| q |', '| - |', `| r ${IMAGE} |`, '---', '```', '<br>'],
]

const bodies = fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 12 }).map(lines => {
  let number = 0
  return lines.join('\n').replace(/@/g, () => `I${++number}`)
})

/** The letters of a tree in their order, with the words of its images. */
function lettersOf(tree: Nodes): string {
  let letters = ''
  walk(tree, node => {
    if (node.type === 'image') letters += node.alt
    else if ('value' in node && node.type !== 'html') letters += node.value
  })
  return letters.replace(/\s/g, '')
}

test('images become blocks, and no word is lost, doubled or moved', () => {
  fc.assert(
    fc.property(bodies, source => {
      const root = parseText(source)
      const [before, images] = [lettersOf(root), count(root, 'image')]
      const inTables = root.children.reduce((sum, node) => sum + imagesInTables(node), 0)
      tidy(root, source)
      expect(lettersOf(root)).toBe(before)
      expect(root.children.filter(({ type }) => type === 'image')).toHaveLength(images - inTables)
      expect(count(root, 'image')).toBe(images - inTables)
      // A line end alone is what the editor has written.
      if (!/<br>|\\/.test(source)) expect(emptied(root)).toEqual([])
    }),
    { numRuns: runs(2000) },
  )
})

function count(tree: Nodes, type: Nodes['type']): number {
  let found = 0
  walk(tree, node => {
    if (node.type === type) found += 1
  })
  return found
}

function imagesInTables(tree: Nodes): number {
  let found = 0
  walk(tree, node => {
    if (node.type === 'table') found += count(node, 'image')
  })
  return found
}

/** Blocks that have no words. */
function emptied(root: Nodes): string[] {
  const found: string[] = []
  walk(root, node => {
    const isBlock = ['paragraph', 'heading', 'blockquote', 'list', 'listItem'].includes(node.type)
    const isFull = has(node, ({ type }) =>
      ['text', 'code', 'table', 'thematicBreak'].includes(type),
    )
    if (isBlock && !isFull) found.push(node.type)
  })
  return found
}
