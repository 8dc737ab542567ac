import type { TableStyle } from '../message.ts'
import type { Picture } from '../picture.ts'
import type { Links, Run } from './runs.ts'

/**
 * A part of a tree laid out for a chat: a paragraph of styled runs, or a code block. Lists are indents
 * and markers, tables are code or cards, and a quote is a property of the paragraph. A text in this form
 * can be cut anywhere without losing its style.
 */
export type Block = TextBlock | CodeBlock | PictureBlock

export interface TextBlock extends BlockContext {
  readonly kind: 'text'
  readonly runs: readonly Run[]
  /** 1 to 3; absent in running text. */
  readonly heading?: 1 | 2 | 3
  /** The marker of a list item, such as `• ` or `1. `; empty elsewhere. */
  readonly marker: string
  /** The block introduces the next one, as a rule or the line above cards does, so no message ends with it. */
  readonly leads?: true
  /** The header of the cards to which the block belongs, which every part of a cut table repeats. */
  readonly head?: TextBlock
  /** A line of less weight, such as a source. */
  readonly isQuiet?: true
}

interface CodeBlock extends BlockContext {
  readonly kind: 'code'
  readonly text: string
  /** Letters, digits and `_+-#`, at most 20; empty if the block names no language. */
  readonly language: string
  /** The header of a grid and its rule, which every part of a cut grid repeats. */
  readonly head?: string
}

export interface PictureBlock extends BlockContext {
  readonly kind: 'picture'
  readonly picture: Picture
  /** Everything that the picture says; empty if only people can see that. */
  readonly words: readonly TextBlock[]
  /** The blocks in place of a picture that is refused. */
  readonly instead: readonly Block[]
}

export interface BlockContext {
  /** Number of lists around the block. */
  readonly indent: number
  /** Number of the quote around the block, counted from 1; 0 if there is none. */
  readonly quote: number
  /** Whether the quote is never folded. */
  readonly isWhole?: boolean
  /** Whether the quote is always folded. */
  readonly isFolded?: true
  /** Whether the block follows the block before without an empty line. */
  readonly tight: boolean
}

export interface FlowOptions {
  /** Columns of a monospace block on a phone. */
  readonly columns: number
  readonly style: TableStyle
  readonly links: Links['links']
  /** The colour of drawn pictures, `#rrggbb`. */
  readonly accent?: string | undefined
}

/** The options, the number of quotes so far, and the definitions of references. */
export interface Layout extends FlowOptions, Links {
  readonly quotes: { count: number }
}
