import { createCanvas } from '@napi-rs/canvas'
import type { PlacedLine, Scene } from '../../src/drawing/scene.ts'
import { measureWith, WIDTH } from '../../src/drawing/scene.ts'

/** Measures as the drawing does. */
export const measure = measureWith(createCanvas(1, 1).getContext('2d'))

/**
 * Height of the marks that platforms show in the lower corners of an image, with their margin, in CSS pixels: Telegram
 * the time, and Discord ALT, on an image that is narrower.
 */
const MARKS = 35

/** Widths are sums of fractions. */
const TOLERANCE = 0.51

export function linesOf({ marks }: Scene): PlacedLine[] {
  return marks.filter(mark => mark.kind === 'line')
}

/** The words of a scene, line by line, in the order in which they are drawn. */
export function textsOf(scene: Scene): string[] {
  return linesOf(scene).map(({ line }) => line.pieces.map(({ text }) => text).join(''))
}

/** Returns what is wrong with the lines of a scene: clipped, outside of their area or of the picture, behind the marks of a platform, or overlapping. */
export function faultsOf(scene: Scene): string[] {
  const lines = linesOf(scene).filter(({ line }) => line.pieces.length > 0)
  const nameOf = ({ line }: PlacedLine) => line.pieces.map(({ text }) => text).join('')
  const boxes = lines.map(placed => {
    const { line, x, area } = placed
    const drawn = line.pieces.reduce((sum, piece) => sum + measure(piece), 0)
    return {
      name: nameOf(placed),
      left: x,
      right: x + drawn,
      top: area.y,
      bottom: area.y + area.height,
      area,
    }
  })
  const outside = boxes.filter(
    ({ left, right, top, bottom, area }) =>
      left < area.x - TOLERANCE ||
      right > area.x + area.width + TOLERANCE ||
      left < 0 ||
      right > WIDTH ||
      top < 0 ||
      bottom > scene.height - MARKS,
  )
  const overlapping = boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter(
        other =>
          one.left < other.right - TOLERANCE &&
          other.left < one.right - TOLERANCE &&
          one.top < other.bottom - TOLERANCE &&
          other.top < one.bottom - TOLERANCE,
      )
      .map(other => `"${one.name}" overlaps "${other.name}"`),
  )
  return [...outside.map(({ name }) => `"${name}" is outside`), ...overlapping]
}
