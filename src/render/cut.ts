import type { Block, PictureBlock } from './blocks.ts'
import type { Run } from './runs.ts'

/** Most UTF-16 units of a head that is repeated: more than two lines of a grid, even of emoji. */
const HEAD_LENGTH = 1000

/** A block that may be divided: a picture stays whole. */
export type Cuttable = Exclude<Block, PictureBlock>

/** Whether a block is text. Pure. */
export function isText(block: Block): block is Cuttable {
  return block.kind !== 'picture'
}

/** Returns the beginning of a block, up to a UTF-16 unit. Pure. */
export function before(block: Cuttable, at: number): Cuttable {
  if (block.kind === 'code') return { ...block, text: block.text.slice(0, at) }
  return { ...block, runs: slice(block.runs, 0, at) }
}

/** Returns the rest of a block, from a UTF-16 unit on. Pure. */
export function after(block: Cuttable, at: number): Cuttable {
  if (block.kind === 'code') {
    const rest = block.text.slice(at).replace(/^\n/, '')
    const { head: first, ...others } = block
    // A head that was cut itself, or that fills a message, is not repeated.
    const head = first && at > first.length && first.length <= HEAD_LENGTH ? first : undefined
    return head && rest ? { ...block, text: `${head}\n${rest}` } : { ...others, text: rest }
  }
  const [first, ...rest] = slice(block.runs, at, Number.POSITIVE_INFINITY)
  const runs = first ? [{ ...first, text: first.text.trimStart() }, ...rest] : []
  return { ...block, runs: runs.filter(({ text }) => text !== ''), marker: '' }
}

/** The runs of a part of the text. Copies only those that the part cuts, because a block may have thousands. */
function slice(runs: readonly Run[], from: number, to: number): Run[] {
  const found: Run[] = []
  let start = 0
  for (const run of runs) {
    if (start >= to) break
    const end = start + run.text.length
    if (start >= from && end <= to) found.push(run)
    else if (end > from) {
      found.push({ ...run, text: run.text.slice(Math.max(0, from - start), to - start) })
    }
    start = end
  }
  return found
}
