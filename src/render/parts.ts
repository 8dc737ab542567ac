import type { Block } from './blocks.ts'
import { after, before, type Cuttable } from './cut.ts'
import type { Steps } from './steps.ts'

/** Returns the share of a message that blocks take: at most 1 if the platform accepts them as one message. */
export type Share = (blocks: readonly Block[]) => number

/**
 * Divides blocks into as few messages as possible, in order. A message ends between two blocks if
 * possible. A block longer than a message is cut at the end of a line, a sentence or a word, and a word is
 * cut only if it is longer than a message. No message ends with a lead; see {@link leadLength}. Pauses
 * after each message. Pure.
 */
export function* parts(blocks: readonly Block[], share: Share): Steps<Block[][]> {
  const done: Block[][] = []
  let rest = blocks
  while (rest.length > 0) {
    rest = withHead(rest, done.at(-1), share)
    const count = mostThatFit(rest, share)
    let part = rest.slice(0, count)
    rest = rest.slice(count)
    const [next, ...others] = rest
    // A block that fits alone begins a message, unless only leads would stand in this one.
    const isFull = part.some(block => leadLength(block) < Number.POSITIVE_INFINITY)
    if (next && !(isFull && mostWorthTrying([next]) > 0 && share([next]) <= 1)) {
      const before = part
      const force = isFull ? 'words' : part.length > 0 ? 'graphemes' : 'always'
      const cut = cutBlock(next, head => share([...before, head]), force)
      if (cut) {
        part = [...part, cut[0]]
        rest = isEmpty(cut[1]) ? others : [cut[1], ...others]
      } else if (part.length === 0) {
        // The block cannot be cut. The platform refuses it, but the loop must end.
        part = [next]
        rest = others
      }
    }
    if (rest.length > 0) {
      const moved = leadsOf(part)
      part = moved.part
      rest = [...moved.leads, ...rest]
    }
    done.push(part)
    yield
  }
  return done
}

/** Most of a message that a repeated header may take. */
const HEAD_SHARE = 0.25

/** Puts the header of cards before the first blocks of a message, if they are cards of a table that was cut. */
function withHead(
  blocks: readonly Block[],
  before: readonly Block[] | undefined,
  share: Share,
): readonly Block[] {
  const [first] = blocks
  const head = first?.kind === 'text' ? first.head : undefined
  // A message that is only the header has no room for a card.
  if (!head || !before || before.at(-1) === head || share([head]) > HEAD_SHARE) return blocks
  return [head, ...blocks]
}

/** UTF-16 units up to which a whole block is a lead. In a longer block, the last sentence is the lead. */
const LEAD_LENGTH = 300

/**
 * Counts the UTF-16 units of the lead at the end of a block, which introduces the next block: a heading, a rule, a
 * sentence that ends in a colon, the line above cards. Infinity if the whole block is a lead.
 */
export function leadLength(block: Block): number {
  if (block.kind !== 'text') return 0
  if (block.heading !== undefined || block.leads) return Number.POSITIVE_INFINITY
  const text = textOf(block).trimEnd()
  if (!COLON.test(text)) return 0
  if (text.length <= LEAD_LENGTH) return Number.POSITIVE_INFINITY
  const before = [...text.slice(0, -1).matchAll(SENTENCE_ENDS)].at(-1)
  return before ? text.length - before.index - before[0].length : 0
}

/** A colon at the end of a text, and the marks of notes, brackets, quotes and emoji that may stand behind it. */
const COLON =
  /[:：﹕︓፡፦՝](?:\[\d{1,4}\]|[\p{Pe}\p{Pf}\p{Extended_Pictographic}\p{EMod}"'”’*\s]|\u200D|\uFE0F)*$/u
const SENTENCE_ENDS = /[.!?…](?=\s)|\n|[。！？｡][」』）】》〉”’"')]*/g

/** Takes the leads from the end of a part, unless it has nothing else. */
function leadsOf(part: Block[]): { part: Block[]; leads: Block[] } {
  const last = part.findLastIndex(block => leadLength(block) < Number.POSITIVE_INFINITY)
  const block = part[last]
  if (!block) return { part, leads: [] }
  const leads = part.slice(last + 1)
  const length = leadLength(block)
  if (length === 0 || block.kind === 'picture') return { part: part.slice(0, last + 1), leads }
  const at = textOf(block).trimEnd().length - length
  const moved = leadsOf([...part.slice(0, last), before(block, at)])
  return { part: moved.part, leads: [...moved.leads, after(block, at), ...leads] }
}

/** Counts the first blocks that fit into one message. */
function mostThatFit(blocks: readonly Block[], share: Share): number {
  return largest(mostWorthTrying(blocks), count => share(blocks.slice(0, count)))
}

/** The first number of blocks or UTF-16 units that is tried: an estimate. */
const FIRST_TRY = 1000

/**
 * Finds the largest number up to `most` whose share of a message is at most 1, if all smaller ones have such a share;
 * 0 if none has. Each try renders a text, so the next one aims at a full message by the last two shares. Every third
 * one halves the numbers that are left, because shares do not grow evenly.
 */
function largest(most: number, share: (count: number) => number): number {
  let [low, high] = [0, most + 1]
  let [at, before] = [Math.min(most, FIRST_TRY), { at: 0, used: 0 }]
  for (let tries = 1; high - low > 1; tries++) {
    const used = share(at)
    if (used <= 1) low = at
    else high = at
    const aim = at + Math.floor(((1 - used) * (at - before.at)) / (used - before.used))
    before = { at, used }
    const isAimed = tries % 3 > 0 && !Number.isNaN(aim)
    at = isAimed ? Math.max(low + 1, Math.min(aim, high - 1)) : (low + high) >> 1
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
  if (block.kind === 'picture') return block.instead.reduce((sum, each) => sum + lengthOf(each), 0)
  if (block.kind === 'code') return block.text.length
  return block.runs.reduce((sum, { text }) => sum + text.length, 0)
}

function textOf(block: Block): string {
  if (block.kind === 'picture') return ''
  return block.kind === 'code' ? block.text : block.runs.map(({ text }) => text).join('')
}

function isEmpty(block: Cuttable): boolean {
  return block.kind === 'code' ? block.text === '' : block.runs.length === 0
}

/** More characters than any platform accepts in a message. */
const MESSAGE_LENGTH = 10_000

/**
 * Where a block may be cut: between words alone, between graphemes if no word fits, or after its first
 * grapheme if nothing fits.
 */
type Force = 'words' | 'graphemes' | 'always'

/** Cuts a block after as much text as fits; undefined if no place for the cut is found. */
function cutBlock(
  block: Block,
  share: (head: Block) => number,
  force: Force,
): [Cuttable, Cuttable] | undefined {
  if (block.kind === 'picture') return undefined
  // A long block is cut many times, so each time reads its beginning alone.
  const start = before(block, MESSAGE_LENGTH + 1)
  const text = textOf(start)
  const low = largest(Math.min(text.length - 1, MESSAGE_LENGTH), at => share(before(start, at)))
  const at = cutIndex(block, text, low, force)
  if (at <= 0 || at >= text.length) return undefined
  return [before(start, at), after(block, at)]
}

/** The best index up to `limit` at which a block may be cut; 0 if there is none. */
function cutIndex(block: Cuttable, text: string, limit: number, force: Force): number {
  const head = block.kind === 'code' ? (block.head?.length ?? 0) : 0
  const line = block.kind === 'code' ? text.lastIndexOf('\n', limit) : 0
  // A grid is cut below its header and a row.
  if (line > head) return line
  const word = head > 0 ? 0 : wordEnd(text, limit)
  if (word > 0 || force === 'words' || (head > 0 && force === 'graphemes')) return word
  const grapheme = graphemeEnd(text, limit)
  return force === 'always' ? Math.max(grapheme, firstGrapheme(text)) : grapheme
}

/** Letters of scripts that write words without blanks between them, and their punctuation. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/v

/** UTF-16 units of the marks behind a sentence, such as a quote in brackets. */
const CLOSING = 3

/** UTF-16 units that are read for the boundary of a word. A word of a dictionary is shorter. */
const WORD_LENGTH = 100

/**
 * The last index up to `limit` at which a word ends; 0 if there is none. In a script without blanks, a
 * sentence ends there if the second half of the text has such an end.
 */
function wordEnd(text: string, limit: number): number {
  let end = limit
  while (end > 0 && !/\s/.test(text[end] ?? '') && !UNSPACED.test(text[end - 1] ?? '')) end -= 1
  if (!/\s/.test(text[end] ?? '') && end > 0) {
    const half = Math.floor(end / 2)
    const ends = [...text.slice(half, end + CLOSING).matchAll(SENTENCE_ENDS)]
      .map(({ 0: mark, index }) => half + index + mark.length)
      .filter(each => each <= end)
    end = ends.at(-1) ?? dictionaryEnd(text, end)
  }
  const words = text.slice(0, end).trimEnd()
  if (words === '') return 0
  // A message must not end with a lead.
  return COLON.test(words) ? wordEnd(text, words.length - 1) : end
}

/** The last end of a word of a dictionary up to `limit`; the end of a grapheme if there is none near. */
function dictionaryEnd(text: string, limit: number): number {
  const from = Math.max(0, limit - WORD_LENGTH)
  const window = text.slice(from, limit + WORD_LENGTH)
  const ends = [...segmenter('word').segment(window)].filter(
    ({ index, segment }) => index > 0 && from + index <= limit && !/^[\p{P}\s]/v.test(segment),
  )
  const end = ends.at(-1)
  if (!end) return graphemeEnd(text, limit)
  // An opening bracket stands before what it opens.
  return text.slice(0, from + end.index).replace(/[\p{Ps}\p{Pi}]+$/u, '').length
}

/**
 * The last boundary of graphemes up to `limit`. A grapheme of more than 64 UTF-16 units may be cut. Pure.
 */
export function graphemeEnd(text: string, limit: number): number {
  const from = Math.max(0, limit - 64)
  const window = text.slice(from, limit + 64)
  let end = 0
  for (const { index } of segmenter('grapheme').segment(window))
    if (from + index <= limit) end = from + index
  const codePoint = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? '') ? limit - 1 : limit
  return end > from ? end : codePoint
}

function firstGrapheme(text: string): number {
  return text.codePointAt(0) !== undefined && (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1
}

const segmenters: Partial<Record<'grapheme' | 'word', Intl.Segmenter>> = {}

/** Creates a segmenter on first use, because a block is rarely longer than a message. */
function segmenter(granularity: 'grapheme' | 'word'): Intl.Segmenter {
  segmenters[granularity] ??= new Intl.Segmenter('und', { granularity })
  return segmenters[granularity]
}

/** Divides items into groups of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
