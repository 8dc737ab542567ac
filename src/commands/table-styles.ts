import type { RootContent, Table } from 'mdast'
import stringWidth from 'string-width'
import type { Edition } from '../content/edition.ts'
import { plainText } from '../content/plain-text.ts'
import { leading, strong, type TableStyle, table } from '../message.ts'
import { texts } from '../texts.ts'

const words = texts.settings

/** Words before and behind the name of a style: "as an image", "always cards", "grid when it fits". */
const AROUND = /^(?:(?:always|as|in|to|an?|with|the|use)\s+)+|\s+(?:when it fits|styles?|mode)$/g

/** The names that users type for the styles. */
const NAMES: readonly (readonly [RegExp, TableStyle])[] = [
  [/^grids?$/, 'grid'],
  [/^cards?$/, 'cards'],
  [/^(?:light|(?:light )?(?:images?|pictures?))$/, 'picture'],
  [/^(?:dark|dark[ -](?:images?|pictures?))$/, 'dark-picture'],
]

/** Returns a line about the style of tables as `tables` and the words for the style; another line as it is. Pure. */
export function tablesLine(line: string): string {
  return (
    line
      // "show the tables as images", "table style: cards"
      .replace(
        /^(?:(?:show|draw|make|send)\s+(?:(?:me|all|the)\s+)*)?tables?(?:\s+style)?\b/i,
        'tables',
      )
      // "use images for all tables"
      .replace(/^(?:use|show|draw|send)\s+(.+?)\s+for\s+(?:(?:all|the)\s+)*tables?\b/i, 'tables $1')
  )
}

/** Returns the style that a user named, in lower case; undefined if the words name none. Pure. */
export function parseTableStyle(value: string): TableStyle | undefined {
  const name = value.trim().replace(AROUND, '')
  return NAMES.find(([names]) => names.test(name))?.[1]
}

/**
 * Shows a small table in each style, below the name of the style. Both styles with pictures share one picture: dark if
 * the chat chose that, so that its button shows the difference. Two pictures would be two messages on Telegram. The
 * picture comes last, because all text before it is its caption there. Pure.
 */
export function tableSamples(edition: Edition, chosen: TableStyle): RootContent[] {
  const sample = sampleOf(edition)
  const picture = chosen === 'dark-picture' ? chosen : 'picture'
  return (['grid', 'cards', picture] as const).flatMap(style => [
    leading(strong(style === picture ? words.someImage : words.tables[style])),
    { ...sample, data: { style } },
  ])
}

/** Most columns of the sample, and its rows below the header. */
const COLUMNS = 3
const ROWS = 2

/** Columns of a grid on the narrowest phone (Telegram), and the gap between two columns. */
const GRID = { width: 32, gap: 2 } as const

/** Returns the first rows and columns of the first table that fit a grid; a table of our own if none do. */
function sampleOf({ sections }: Pick<Edition, 'sections'>): Table {
  for (const { table: whole } of sections.flatMap(({ tables }) => tables)) {
    const rows = whole.children
      .slice(0, ROWS + 1)
      .map(({ children }) => children.slice(0, COLUMNS).map(plainText))
    const count = fitting(rows)
    const align = whole.align?.slice(0, count)
    if (rows.length > ROWS && count > 1) {
      return { ...table(rows.map(row => row.slice(0, count))), ...(align && { align }) }
    }
  }
  return table(words.sample)
}

/** Returns how many columns fit a grid side by side. */
function fitting(rows: readonly (readonly string[])[]): number {
  let width = -GRID.gap
  const first = rows[0] ?? []
  const tooFar = first.findIndex((_, index) => {
    width += GRID.gap + Math.max(...rows.map(row => stringWidth(row[index] ?? '')))
    return width > GRID.width
  })
  return tooFar < 0 ? first.length : tooFar
}
