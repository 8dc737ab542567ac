/**
 * Returns the start of the word at an index, or the start of the grapheme there if the word starts before `least`. Both
 * are UTF-16 units. Pure.
 */
export function wordEdge(text: string, index: number, least: number): number {
  const [word = 0, grapheme = 0] = (['word', 'grapheme'] as const).map(
    granularity =>
      new Intl.Segmenter('und', { granularity }).segment(text).containing(index)?.index,
  )
  return word >= least ? word : grapheme
}
