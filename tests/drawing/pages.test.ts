import fc from 'fast-check'
import type { PhrasingContent } from 'mdast'
import { expect, test } from 'vitest'
import { sceneOf } from '../../src/drawing/draw.ts'
import { message, table } from '../../src/message.ts'
import { picturesOf } from '../../src/render/pictures.ts'
import { runs } from '../properties.ts'
import { measure } from './scenes.ts'

/** The height that is refused, in CSS pixels: see `draw`. */
const REFUSED = 2800

type Cell = string | PhrasingContent[]

function heightsOf(rows: readonly (readonly Cell[])[]): number[] {
  return picturesOf(message([table(rows)]), 'picture').map(picture =>
    'drawing' in picture ? sceneOf(picture.drawing, measure).height : Number.NaN,
  )
}

const word = fc.oneof(
  fc.constantFrom('1', '4.20 m', 'rising', 'W'.repeat(20), '水'.repeat(12), 'مستوى'),
  fc.string({ unit: fc.constantFrom(...'aijWM.'), minLength: 1, maxLength: 30 }),
)
const lineEnd: PhrasingContent[] = [
  { type: 'text', value: '1' },
  { type: 'break' },
  { type: 'break' },
  { type: 'text', value: '2' },
]
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Cell>('', '1', '4.20 m') },
  { weight: 2, arbitrary: fc.array(word, { maxLength: 6 }).map((words): Cell => words.join(' ')) },
  { weight: 1, arbitrary: fc.constant<Cell>(lineEnd) },
)
const rows = fc.integer({ min: 1, max: 9 }).chain(columns =>
  fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
    minLength: 2,
    maxLength: 60,
    size: 'max',
  }),
)

test('each page of any table is drawn', { tags: 'slow' }, () => {
  fc.assert(
    fc.property(rows, given => {
      for (const height of heightsOf(given)) expect(height).toBeLessThanOrEqual(REFUSED)
    }),
    { numRuns: runs(60) },
  )
})

test('one row of long words among many short rows does not make a page too tall', () => {
  for (const columns of [3, 4, 5, 6]) {
    const row = (text: string) => Array.from({ length: columns }, () => text)
    const short = Array.from({ length: 39 }, () => row('1'))
    const heights = heightsOf([row('A'), row('abcdefghijklmnopqrst'), ...short])
    expect(heights.length).toBeGreaterThan(0)
    for (const height of heights) expect(height).toBeLessThanOrEqual(REFUSED)
  }
})

test('a table of six narrow columns is drawn with columns, in few pages', () => {
  const levels = Array.from({ length: 20 }, (_, index) => [
    `Gauge ${index}`,
    ...['4.2', '4.3', '4.1', '4.0', '3.9'],
  ])
  const heights = heightsOf([['Gauge', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri'], ...levels])
  expect(heights).toHaveLength(1)
  expect(heights[0]).toBeLessThan(800)
})
