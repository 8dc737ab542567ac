import type { SKRSContext2D } from '@napi-rs/canvas'
import { fontOf } from './fonts.ts'
import type { Piece } from './styled-text.ts'
import type { Line, Measure } from './text-layout.ts'

/** Width of a picture in CSS pixels: that of a narrow phone. */
export const WIDTH = 360

/** Space around the content of a picture, in CSS pixels. */
export const MARGIN = 16

/** Space below the last text, in CSS pixels: there Telegram shows the time of a message, and Discord the mark ALT. */
export const BELOW = 36

/** Width of the content. */
export const INNER = WIDTH - 2 * MARGIN

/** A picture before it is drawn. All lengths are CSS pixels, from the upper left corner. */
export interface Scene {
  readonly height: number
  readonly fill: string
  /** In the order in which they are drawn. */
  readonly marks: readonly Mark[]
}

export type Mark = Box | Stroke | PlacedLine

export interface Box {
  readonly kind: 'box'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly radius?: number
  readonly fill?: string
  /** Colour of the outline, which is drawn inside of the box. */
  readonly outline?: string
  /** Whether the outline is dashed. */
  readonly isDashed?: boolean
}

interface Stroke {
  readonly kind: 'stroke'
  readonly from: readonly [x: number, y: number]
  readonly to: readonly [x: number, y: number]
  readonly colour: string
  readonly width: number
}

/** A line of text in the area that it may fill. */
export interface PlacedLine {
  readonly kind: 'line'
  readonly line: Line
  /** The left end of the text. */
  readonly x: number
  readonly area: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
}

/** Share of the height of a line that is above the base line. */
const ASCENT = 0.72

/** Places lines below each other. Texts from right to left are aligned right if nothing else is said. Pure. */
export function placeLines(
  lines: readonly Line[],
  area: { readonly x: number; readonly y: number; readonly width: number },
  lineHeight: number,
  align?: 'left' | 'right' | 'center' | null,
): PlacedLine[] {
  return lines.map((line, index) => {
    const free = area.width - line.width
    const side = align ?? (line.isRightToLeft ? 'right' : 'left')
    const offset = side === 'left' ? 0 : side === 'right' ? free : free / 2
    const placed = { ...area, y: area.y + index * lineHeight, height: lineHeight }
    return { kind: 'line', line, x: area.x + Math.max(0, offset), area: placed }
  })
}

/** Returns a measure with the fonts of a canvas, which sets the canvas's font and direction. */
export function measureWith(context: SKRSContext2D): Measure {
  const known = new Map<string, number>()
  return piece => {
    setFont(context, piece)
    const key = `${context.font} ${context.direction} ${piece.text}`
    const width = known.get(key) ?? context.measureText(piece.text).width
    known.set(key, width)
    return width
  }
}

/** Draws a scene on a canvas, of which one unit is a CSS pixel. */
export function paint(context: SKRSContext2D, scene: Scene): void {
  context.fillStyle = scene.fill
  context.fillRect(0, 0, WIDTH, scene.height)
  for (const mark of scene.marks) {
    if (mark.kind === 'box') paintBox(context, mark)
    else if (mark.kind === 'stroke') paintStroke(context, mark)
    else paintLine(context, mark)
  }
}

function paintBox(context: SKRSContext2D, box: Box): void {
  const { x, y, width, height, radius = 0, fill, outline, isDashed = false } = box
  if (fill !== undefined) {
    context.fillStyle = fill
    context.beginPath()
    context.roundRect(x, y, width, height, radius)
    context.fill()
  }
  if (outline === undefined) return
  context.strokeStyle = outline
  context.lineWidth = 1.5
  context.setLineDash(isDashed ? [3, 2] : [])
  context.beginPath()
  context.roundRect(x + 0.75, y + 0.75, width - 1.5, height - 1.5, Math.max(0, radius - 0.75))
  context.stroke()
  context.setLineDash([])
}

function paintStroke(context: SKRSContext2D, { from, to, colour, width }: Stroke): void {
  context.strokeStyle = colour
  context.lineWidth = width
  context.beginPath()
  context.moveTo(...from)
  context.lineTo(...to)
  context.stroke()
}

/** Marks above each other that would reach other lines. */
const STACKED = /\p{M}{3}/u

/** Space above and below a line for marks, in CSS pixels. */
const MARKS = 5

function paintLine(context: SKRSContext2D, placed: PlacedLine): void {
  const { line, area } = placed
  context.save()
  if (line.pieces.some(({ text }) => STACKED.test(text))) {
    context.beginPath()
    context.rect(0, area.y - MARKS, WIDTH, area.height + 2 * MARKS)
    context.clip()
  }
  paintPieces(context, placed)
  context.restore()
}

function paintPieces(context: SKRSContext2D, { line, x, area }: PlacedLine): void {
  const baseline = area.y + area.height * ASCENT
  let left = x
  for (const piece of line.pieces) {
    const { text, style, width } = piece
    if (style.fill !== undefined) {
      context.fillStyle = style.fill
      context.beginPath()
      context.roundRect(left, area.y + 1, width, area.height - 2, 3)
      context.fill()
    }
    setFont(context, piece)
    context.fillStyle = style.colour
    context.fillText(text, left, baseline)
    if (style.isStruck) {
      const y = baseline - style.size * 0.3
      context.fillRect(left, y, width, Math.max(1, style.size / 14))
    }
    left += width
  }
}

function setFont(context: SKRSContext2D, piece: Omit<Piece, 'width'>): void {
  context.font = fontOf(piece.text, piece.isEmoji, piece.style)
  context.direction = piece.level % 2 === 1 ? 'rtl' : 'ltr'
  context.textAlign = 'left'
}
