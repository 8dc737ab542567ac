import { createCanvas } from '@napi-rs/canvas'
import { type Drawing, PICTURE_BYTES } from '../picture.ts'
import { measureWith, paint, type Scene, WIDTH } from './scene.ts'
import { tableScene } from './table-picture.ts'
import type { Measure } from './text-layout.ts'
import { coloursOf } from './theme.ts'
import { timelineScene } from './timeline-picture.ts'

/** Pixels of the picture for one CSS pixel: most phones have three. */
const SCALE = 3

/** Most height of a picture, in CSS pixels. Telegram takes photos whose width and height are 10,000 together. */
const HEIGHT = 2800

/** One canvas for all pictures of a thread: a canvas of its own for each would wait for the garbage collector. */
const canvas = createCanvas(1, 1)
const context = canvas.getContext('2d')

/** Draws a picture as PNG. Throws {@link MissingGlyph}, or a `RangeError` if it would be too tall or too large. */
export function draw(drawing: Drawing): Buffer {
  const scene = sceneOf(drawing, measureWith(context))
  if (scene.height > HEIGHT) throw new RangeError(`The drawing is ${scene.height} pixels tall.`)
  // A new size clears the canvas and all of its settings.
  canvas.width = WIDTH * SCALE
  canvas.height = scene.height * SCALE
  context.scale(SCALE, SCALE)
  context.lang = 'en'
  paint(context, scene)
  const bytes = canvas.encodeSync('png')
  // An idle worker keeps no pixels.
  canvas.height = 1
  if (bytes.length > PICTURE_BYTES) throw new RangeError(`The drawing has ${bytes.length} bytes.`)
  return bytes
}

/** Lays out a drawing. Pure, but for the fonts that `measure` registers. */
export function sceneOf(drawing: Drawing, measure: Measure): Scene {
  const colours = coloursOf(drawing.theme, drawing.accent)
  return drawing.kind === 'table'
    ? tableScene(drawing, colours, measure)
    : timelineScene(drawing, colours, measure)
}
