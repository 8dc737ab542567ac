import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import UPNG from 'upng-js'
import { expect, test } from 'vitest'
import { draw } from '../../src/drawing/draw.ts'
import { PICTURE_BYTES, type Theme } from '../../src/picture.ts'
import { SAMPLES } from './samples.ts'

/** The width of a narrow phone, at which the golden pictures are looked at. */
const WIDTH = 360

/** A pixel differs if one of its channels differs by more than this, out of 255. */
const LEVELS = 24

/** Largest share of pixels that may differ: processors round differently. */
const SHARE = 0.001

const COLOURS = 128

/** `npm run screenshots` draws the golden pictures again. */
const isRetaken = process.env.SCREENSHOTS !== undefined

async function shrink(bytes: Buffer) {
  const picture = await loadImage(bytes)
  const height = Math.round((picture.height * WIDTH) / picture.width)
  const canvas = createCanvas(WIDTH, height)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, WIDTH, height)
  return { height, pixels: context.getImageData(0, 0, WIDTH, height).data }
}

/** A file of half the size. */
function withFewColours(pixels: Uint8ClampedArray, height: number): Uint8Array {
  return new Uint8Array(UPNG.encode([new Uint8Array(pixels).buffer], WIDTH, height, COLOURS))
}

const GOLDEN: readonly (readonly [keyof typeof SAMPLES, Theme])[] = [
  ['rivers', 'light'],
  ['scripts', 'dark'],
  ['columns', 'light'],
  ['words', 'light'],
  ['timeline', 'light'],
  ['timeline', 'dark'],
  ['years', 'dark'],
  ['thirty', 'light'],
]

test.for(GOLDEN)('%s in the %s theme looks as it did', { tags: 'slow' }, async ([name, theme]) => {
  const bytes = draw({ ...SAMPLES[name], theme })
  expect(bytes.length).toBeLessThan(PICTURE_BYTES)
  const now = await shrink(bytes)
  const path = join(import.meta.dirname, `golden/${name}-${theme}.png`)
  if (isRetaken) writeFileSync(path, withFewColours(now.pixels, now.height))
  const then = await shrink(readFileSync(path))
  expect(now.height).toBe(then.height)
  const differing = now.pixels.reduce(
    (count, level, index) => count + Number(Math.abs(level - (then.pixels[index] ?? 0)) > LEVELS),
    0,
  )
  expect(differing / now.pixels.length).toBeLessThan(SHARE)
})
