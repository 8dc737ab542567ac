import type { Block, PictureBlock, TextBlock } from './blocks.ts'
import { altText } from './picture-blocks.ts'

/** Discord: 1024 characters of the description of an attachment. Counted in UTF-16 units, which is stricter. */
const ALT_UNITS = 1024

/**
 * Returns a picture with the words of its description, and the blocks below it: lines that do not fit into the
 * description, and links, because a description is plain text. Pure.
 */
export function described(block: PictureBlock): readonly [PictureBlock, ...Block[]] {
  const { words, instead } = block
  const tooLong = words.findIndex(
    (_, index) => altText(words.slice(0, index + 1)).length > ALT_UNITS,
  )
  const own = tooLong < 0 ? words : words.slice(0, tooLong)
  // The lines below stay if the picture is refused.
  const picture = { ...block, words: own, instead: instead === words ? own : instead }
  return [picture, ...words.slice(own.length), ...linkLine(own)]
}

/** Returns a line with the links of the words of a picture; nothing if they have none. */
function linkLine(words: readonly TextBlock[]): TextBlock[] {
  const links = words
    .flatMap(({ runs }) => runs)
    .filter(run => run.url !== undefined || run.mention !== undefined)
    .map(({ bold: _, italic: __, ...run }) => run)
  const [first] = words
  if (!first || links.length === 0) return []
  const runs = links.flatMap((run, index) => [...(index > 0 ? [{ text: ' · ' }] : []), run])
  return [{ ...first, quote: 0, tight: false, isQuiet: true, runs }]
}
