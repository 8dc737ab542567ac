import { expect, test } from 'vitest'
import { message, table } from '../../src/message.ts'
import { picturesOf } from '../../src/render/pictures.ts'

/** Counts the rows in each picture of a table with these columns and rows. */
function rowsIn(columns: number, rows: number): number[] {
  const row = (name: string) => Array.from({ length: columns }, (_, index) => `${name}${index}`)
  const body = Array.from({ length: rows }, (_, index) => row(`v${index}.`))
  const pictures = picturesOf(message([table([row('Col'), ...body])]), 'picture')
  return pictures.map(picture =>
    'drawing' in picture && picture.drawing.kind === 'table' ? picture.drawing.rows.length - 1 : 0,
  )
}

test('a table of 20 columns has several rows in each picture, also if it is long', () => {
  for (const rows of [6, 30]) expect(Math.min(...rowsIn(20, rows))).toBeGreaterThan(1)
})
