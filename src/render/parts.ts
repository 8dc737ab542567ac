import type { Block } from './flow.ts'
import type { Run } from './runs.ts'

/** Returns whether the platform accepts these blocks as one message. */
export type Fits = (blocks: readonly Block[]) => boolean

/**
 * Divides blocks into as few messages as possible, in order. A message ends between two blocks if
 * possible. A block longer than a message is cut at the end of a line or a word, and a word is cut only
 * if it is longer than a message. No message ends with a heading. Pure.
 */
export function parts(blocks: readonly Block[], fits: Fits): Block[][] {
  const done: Block[][] = []
  let rest = blocks
  while (rest.length > 0) {
    const count = mostThatFit(rest, fits)
    let part = rest.slice(0, count)
    rest = rest.slice(count)
    const [next, ...others] = rest
    if (next && !(part.length > 0 && mostWorthTrying([next]) > 0 && fits([next]))) {
      const before = part
      const cut = cutBlock(next, head => fits([...before, head]), part.length === 0)
      if (cut) {
        part = [...part, cut[0]]
        rest = isEmpty(cut[1]) ? others : [cut[1], ...others]
      } else if (part.length === 0) {
        // The block cannot be cut. The platform refuses it, but the loop must end.
        part = [next]
        rest = others
      }
    }
    const last = part.findLastIndex(block => block.kind !== 'text' || block.heading === undefined)
    if (rest.length > 0 && last >= 0) {
      rest = [...part.slice(last + 1), ...rest]
      part = part.slice(0, last + 1)
    }
    done.push(part)
  }
  return done
}

/**
 * Counts the first blocks that fit into one message. Tries few counts, because each try renders the
 * blocks.
 */
function mostThatFit(blocks: readonly Block[], fits: Fits): number {
  const most = mostWorthTrying(blocks)
  let low = 0
  let high = 1
  while (high <= most && fits(blocks.slice(0, high))) {
    low = high
    high *= 2
  }
  high = Math.min(high - 1, most)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(blocks.slice(0, middle))) low = middle
    else high = middle - 1
  }
  return low
}

/** Most blocks that may fit by the length of their bare text. More are never rendered. */
function mostWorthTrying(blocks: readonly Block[]): number {
  let length = 0
  const tooMuch = blocks.findIndex(block => {
    length += lengthOf(block)
    // A time may be rendered in half the length of its text.
    return length > 2 * MESSAGE_LENGTH
  })
  return tooMuch < 0 ? blocks.length : tooMuch
}

function lengthOf(block: Block): number {
  if (block.kind === 'code') return block.text.length
  return block.runs.reduce((sum, { text }) => sum + text.length, 0)
}

function isEmpty(block: Block): boolean {
  return block.kind === 'code' ? block.text === '' : block.runs.length === 0
}

/** More characters than any platform accepts in a message. */
const MESSAGE_LENGTH = 10_000

/** Cuts a block after as much text as fits; undefined if not one word fits and `force` is false. */
function cutBlock(
  block: Block,
  fits: (head: Block) => boolean,
  force: boolean,
): [Block, Block] | undefined {
  const text = block.kind === 'code' ? block.text : block.runs.map(run => run.text).join('')
  let low = 0
  let high = Math.min(text.length - 1, MESSAGE_LENGTH)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(before(block, middle))) low = middle
    else high = middle - 1
  }
  const end = wordEnd(text, low, block.kind === 'code')
  const at = end > 0 ? end : force ? Math.max(graphemeEnd(text, low), firstGrapheme(text)) : 0
  if (at <= 0 || at >= text.length) return undefined
  return [before(block, at), after(block, at)]
}

/**
 * The last index up to `limit` at which a line of code, or else a word, ends; 0 if there is none.
 */
function wordEnd(text: string, limit: number, code: boolean): number {
  const line = code ? text.lastIndexOf('\n', limit) : -1
  if (line > 0) return line
  const blank = /\s\S*$/.exec(text.slice(0, limit + 1))
  return blank && text.slice(0, blank.index).trim() !== '' ? blank.index : 0
}

/**
 * The last boundary of graphemes up to `limit`. A grapheme of more than 64 UTF-16 units may be cut.
 */
function graphemeEnd(text: string, limit: number): number {
  const from = Math.max(0, limit - 64)
  const window = text.slice(from, limit + 64)
  let end = 0
  for (const { index } of segmenter().segment(window)) if (from + index <= limit) end = from + index
  const codePoint = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? '') ? limit - 1 : limit
  return end > from ? end : codePoint
}

function firstGrapheme(text: string): number {
  return text.codePointAt(0) !== undefined && (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1
}

let graphemes: Intl.Segmenter | undefined

/** Creates the segmenter on first use, because a word is rarely longer than a message. */
function segmenter(): Intl.Segmenter {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return graphemes
}

function before(block: Block, at: number): Block {
  if (block.kind === 'code') return { ...block, text: block.text.slice(0, at) }
  return { ...block, runs: slice(block.runs, 0, at) }
}

function after(block: Block, at: number): Block {
  if (block.kind === 'code') {
    const rest = block.text.slice(at).replace(/^\n/, '')
    const { head } = block
    // Only if rows precede the cut, because a repeated head that is cut itself would never end.
    return { ...block, text: head && at > 2 * head.length && rest ? `${head}\n${rest}` : rest }
  }
  const [first, ...rest] = slice(block.runs, at, Number.POSITIVE_INFINITY)
  const runs = first ? [{ ...first, text: first.text.trimStart() }, ...rest] : []
  return { ...block, runs: runs.filter(({ text }) => text !== ''), marker: '' }
}

function slice(runs: readonly Run[], from: number, to: number): Run[] {
  let start = 0
  return runs.flatMap(run => {
    const text = run.text.slice(Math.max(0, from - start), Math.max(0, to - start))
    start += run.text.length
    return text === '' ? [] : [{ ...run, text }]
  })
}

/** Divides items into groups of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
