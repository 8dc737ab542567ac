import type { DrawnCell, TableDrawing } from '../picture.ts'
import { BELOW, INNER, MARGIN, type Mark, placeLines, type Scene } from './scene.ts'
import { type StyledRun, styled } from './styled-text.ts'
import { layOut, type Measure, widthsOf } from './text-layout.ts'
import type { Colours } from './theme.ts'

const TITLE = { size: 15, line: 22 }
const VALUE = { size: 14, line: 20 }
const LABEL_SIZE = 13

/** Space between a label and its value, and between two columns of values. */
const GAP = 12
const GUTTER = 20

/** Most width of the labels. Longer ones wrap. */
const LABELS = Math.floor(INNER * 0.38)

/** Space above and below a card. */
const PADDING = 12

type Runs = readonly StyledRun[]

interface Entry {
  readonly label: Runs
  readonly value: Runs
}

interface Card {
  readonly title: Runs
  /** The other cells that are not blank. */
  readonly entries: readonly Entry[]
}

/**
 * Lays out a table as cards, one for each row: the first cell as its title, then each column with its label. Blank
 * cells are left out. Pure.
 */
export function cardsOf({ rows }: TableDrawing, colours: Colours, measure: Measure): Scene {
  const { name, cards } = readCards(rows, colours)
  const entries = cards.flatMap(card => card.entries)
  const shape = shapeOf(entries, measure)
  const marks: Mark[] = []
  const place = (runs: Runs, line: number, x: number, y: number, width: number) => {
    const lines = layOut(runs, width, measure)
    marks.push(...placeLines(lines, { x, y, width }, line))
    return y + lines.length * line
  }
  const placeEntry = ({ label, value }: Entry, x: number, y: number) => {
    const { labels, indent, width } = shape
    const below = hasText(label) ? place(label, VALUE.line, x, y, labels) : y
    return Math.max(below, place(value, VALUE.line, x + indent, y, width - indent))
  }

  let y = hasText(name) ? place(name, VALUE.line, MARGIN, PADDING, INNER) - 8 : 0
  for (const [index, card] of cards.entries()) {
    if (index > 0) {
      const ends = { from: [MARGIN, y], to: [MARGIN + INNER, y] } as const
      marks.push({ kind: 'stroke', ...ends, colour: colours.hairline, width: 1 })
    }
    y += PADDING
    if (hasText(card.title)) y = place(card.title, TITLE.line, MARGIN, y, INNER)
    const length = Math.ceil(card.entries.length / shape.columns)
    const bottoms = Array.from({ length: shape.columns }, (_, column) => {
      const x = MARGIN + column * (shape.width + GUTTER)
      const those = card.entries.slice(column * length, (column + 1) * length)
      return those.reduce((bottom, entry) => placeEntry(entry, x, bottom), y)
    })
    y = Math.max(...bottoms) + PADDING
  }
  // A header alone has no card below.
  if (cards.length === 0) y += 2 * PADDING
  return { height: Math.ceil(y - PADDING + BELOW), fill: colours.plain.fill, marks }
}

/** Gives the cells of a table their styles. `name` has the header of the titles and the labels that no card has. */
function readCards(
  [header = [], ...rows]: TableDrawing['rows'],
  { plain, code }: Colours,
): { readonly name: Runs; readonly cards: readonly Card[] } {
  const runs = (cell: DrawnCell, size: number, weight: 400 | 600, colour: string) =>
    styled(cell, { size, weight, colour }, { colour: code.text, fill: code.fill })
  const [first = [], ...labels] = header.map(cell => runs(cell, LABEL_SIZE, 400, plain.quiet))
  const cards = rows.map(([title = [], ...values]) => ({
    title: runs(title, TITLE.size, 600, plain.accent),
    entries: values
      .map((value, column) => ({
        label: labels[column] ?? [],
        value: runs(value, VALUE.size, 400, plain.text),
      }))
      .filter(({ value }) => hasText(value)),
  }))
  const isNeeded = (label: Runs) =>
    hasText(label) && !cards.some(({ entries }) => entries.some(entry => entry.label === label))
  const between = runs([{ text: ' · ' }], LABEL_SIZE, 400, plain.quiet)
  const name = [first, ...labels]
    .filter(isNeeded)
    .flatMap((label, index) => (index === 0 ? label : [...between, ...label]))
  return { name, cards }
}

/** Chooses the widths of labels and values. Short ones stand in two columns. */
function shapeOf(entries: readonly Entry[], measure: Measure) {
  const widest = (runs: readonly Runs[]) =>
    Math.ceil(Math.max(0, ...runs.map(each => widthsOf(each, measure).line)))
  const label = widest(entries.map(entry => entry.label))
  const labels = Math.min(label, LABELS)
  const indent = labels > 0 ? labels + GAP : 0
  const half = (INNER - GUTTER) / 2
  const isShort = label <= labels && indent + widest(entries.map(entry => entry.value)) <= half
  return isShort && entries.length > 1
    ? { labels, indent, width: half, columns: 2 }
    : { labels, indent, width: INNER, columns: 1 }
}

function hasText(runs: Runs): boolean {
  return runs.some(({ text }) => text.trim() !== '')
}
