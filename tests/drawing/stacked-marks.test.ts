import { createCanvas, loadImage } from '@napi-rs/canvas'
import { expect, test } from 'vitest'
import { draw } from '../../src/drawing/draw.ts'

/** Draws a table of four rows, and returns its size and the pixels of its first two rows. */
async function topOf(lastCell: string) {
  const rows = [
    ['A', 'B'],
    ['1', '2'],
    ['3', '4'],
    ['5', lastCell],
  ]
  const drawn = rows.map(row => row.map(text => [{ text }]))
  const image = await loadImage(draw({ kind: 'table', theme: 'light', rows: drawn }))
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  return [image.height, Buffer.from(context.getImageData(0, 0, image.width, 200).data)] as const
}

test('marks that are stacked above a letter cover no other row', async () => {
  const [height, plain] = await topOf('a')
  const [sameHeight, stacked] = await topOf(`a${'\u0301'.repeat(60)}`)
  expect(sameHeight).toBe(height)
  expect(Buffer.compare(stacked, plain)).toBe(0)
})
