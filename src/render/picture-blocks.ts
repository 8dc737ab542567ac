import type { Table } from 'mdast'
import type { TableStyle, Timeline } from '../message.ts'
import type { ContentPicture, DrawnCell, DrawnEvent, StoredPicture, Theme } from '../picture.ts'
import { texts } from '../texts.ts'
import type { Block, BlockContext, Layout, PictureBlock, TextBlock } from './blocks.ts'
import { spaced } from './clean.ts'
import { eventHeight } from './heights.ts'
import { merged, plainText, type Run } from './runs.ts'
import {
  BETWEEN,
  EMPTY,
  PAGE_HEIGHT,
  PAGE_UNITS,
  type TablePage,
  tablePages,
} from './table-pages.ts'

/** The themes of the styles that show tables as pictures. */
const THEMES: Partial<Record<TableStyle, Theme>> = { picture: 'light', 'dark-picture': 'dark' }

/** Returns the picture of an announcement as a block. Pure. */
export function storedPicture(picture: StoredPicture, context: BlockContext): PictureBlock {
  return {
    ...context,
    kind: 'picture',
    picture,
    words: [],
    instead: [line([{ text: texts.picture }], context)],
  }
}

/** Returns an image among other blocks as a block. Pure. */
export function imagePicture(
  picture: ContentPicture | StoredPicture,
  alt: string,
  context: BlockContext,
): PictureBlock {
  const text = spaced(alt)
  return {
    ...context,
    kind: 'picture',
    picture,
    words: [line([{ text, italic: true }], context)],
    instead: [line([{ text: insteadOf(picture, text) }], context)],
  }
}

/** Returns the words in place of an image. Those of an announcement say themselves that there is one. Pure. */
export function insteadOf(picture: ContentPicture | StoredPicture, words: string): string {
  return 'id' in picture ? words : texts.pictureOf(words)
}

/**
 * Returns the pictures of a table, one for each page; undefined if the style has none, or if pictures cannot show the
 * table. Pure.
 */
export function tablePictures(
  table: Table,
  context: BlockContext,
  options: Layout,
  asCards: (page: Table) => Block[],
): PictureBlock[] | undefined {
  const theme = THEMES[options.style]
  if (!theme) return undefined
  return tablePages(table, options)?.map(page => ({
    ...context,
    kind: 'picture',
    picture: {
      type: 'png',
      drawing: {
        kind: 'table',
        rows: page.rows.map(row => row.map(drawnCell)),
        ...(table.align?.some(each => each !== null) && { align: table.align }),
        ...lookOf(theme, options),
      },
    },
    words: folded(tableLines(page), context, options),
    instead: asCards(page.table),
  }))
}

/**
 * Returns the pictures of a timeline, one for each page; none if the style has no pictures, because the text says the most
 * important part. Pure.
 */
export function timelinePictures(
  { today, todayText, events }: Timeline,
  context: BlockContext,
  options: Layout,
): PictureBlock[] {
  const theme = THEMES[options.style]
  if (!theme) return []
  return timelinePages(events, todayText).map(page => {
    const lines = page.map(({ name, dates, stateText }): Run[] => [
      { text: name, bold: true },
      { text: `: ${dates}, ${stateText}` },
    ])
    const words = folded([[{ text: todayText, italic: true }], ...lines], context, options)
    const look = lookOf(theme, options)
    const drawing = { kind: 'timeline' as const, today, todayText, events: page, ...look }
    return { ...context, kind: 'picture', picture: { type: 'png', drawing }, words, instead: words }
  })
}

/** Divides the events of a timeline into pages, each as long as a page of a table. */
function timelinePages(events: readonly DrawnEvent[], todayText: string): DrawnEvent[][] {
  const pages: DrawnEvent[][] = []
  let [units, height] = [0, 0]
  for (const event of events) {
    const { name, dates, stateText } = event
    const facts = `${dates}, ${stateText}`
    const taken = { units: name.length + facts.length + 3, height: eventHeight(name, facts) }
    if (pages.length === 0 || taken.units > units || taken.height > height) {
      pages.push([])
      units = PAGE_UNITS - todayText.length
      height = PAGE_HEIGHT - eventHeight(todayText, '')
    }
    pages.at(-1)?.push(event)
    units -= taken.units
    height -= taken.height
  }
  return pages
}

/** Replaces pictures, for a place that shows texts alone. Pure. */
export function withoutPictures(blocks: readonly Block[]): Block[] {
  return blocks.flatMap(block => (block.kind === 'picture' ? block.instead : [block]))
}

/** Returns the text of the words of a picture, a line for each block. Pure. */
export function altText(words: readonly TextBlock[]): string {
  return words.map(({ runs }) => plainText(runs)).join('\n')
}

function lookOf(theme: Theme, { accent }: Layout) {
  return { theme, ...(accent !== undefined && { accent }) }
}

function drawnCell(runs: readonly Run[]): DrawnCell {
  return runs.map(({ text, bold, italic, strike, code }) => ({
    text,
    ...(bold && { bold }),
    ...(italic && { italic }),
    ...(strike && { strike }),
    ...(code && { code }),
  }))
}

/** Returns a line of words for each row of a page: "**Drin** · 4.20 m · rising". A blank header has none. */
function tableLines({ rows: [header = [], ...rows] }: TablePage): Run[][] {
  const isBlank = header.every(cell => cell.length === 0)
  const italic = joinedCells(header).map(({ bold: _, ...run }) => ({
    ...run,
    italic: true as const,
  }))
  return [...(isBlank ? [] : [merged(italic)]), ...rows.map(joinedCells)]
}

function joinedCells(cells: readonly (readonly Run[])[]): Run[] {
  return cells.flatMap((cell, column): Run[] => [
    ...(column > 0 ? [{ text: BETWEEN }] : []),
    ...(cell.length > 0 ? cell : [{ text: EMPTY }]).map(run => ({
      ...run,
      text: run.text.replaceAll('\n', ' '),
      ...(column === 0 && { bold: true as const }),
    })),
  ])
}

/** Puts lines into a quote that is folded where a platform folds quotes. */
function folded(
  lines: readonly (readonly Run[])[],
  context: BlockContext,
  { quotes }: Layout,
): TextBlock[] {
  const quote = context.quote || ++quotes.count
  return lines.map((runs, index) =>
    line(runs, { ...context, quote, isFolded: true, tight: index > 0 }),
  )
}

function line(runs: readonly Run[], context: BlockContext): TextBlock {
  return { ...context, kind: 'text', runs, marker: '' }
}
