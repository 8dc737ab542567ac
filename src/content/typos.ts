/** Fewest letters of the shorter word if the first letter is wrong. */
const FIRST_LETTER = 5
/** Fewest letters of the shorter word if two letters are wrong. */
const TWO_EDITS = 6

/**
 * Whether a word may be a typo of the name of a command, if at most two of its letters are wrong, missing or too many.
 * Short words have too many neighbours for two edits or another first letter: "cacak" is no "back". Pure.
 */
export function isTypo(word: string, name: string): boolean {
  const length = Math.min(word.length, name.length)
  const edit = editOf(word, name)
  if (edit === 'swap') return true
  if (word[0] !== name[0]) return edit !== undefined && length >= FIRST_LETTER
  return edit !== undefined || length >= TWO_EDITS
}

/** The only difference of two words: neighbours that changed places, or one letter. Undefined if there are more. */
function editOf(word: string, name: string): 'swap' | 'letter' | undefined {
  let start = 0
  while (start < word.length && word[start] === name[start]) start += 1
  let end = 0
  const most = Math.min(word.length, name.length) - start
  while (end < most && word.at(-end - 1) === name.at(-end - 1)) end += 1
  const [one, other] = [word.slice(start, word.length - end), name.slice(start, name.length - end)]
  if (one.length === 2 && one === other.split('').toReversed().join('')) return 'swap'
  return one.length <= 1 && other.length <= 1 ? 'letter' : undefined
}

/** The number of letters to add, remove or replace in order to turn one text into the other. Pure. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + Number(to[at - 1] !== letter)
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** Longest text for which a similar one is looked for, in UTF-16 units: the time grows with its square. */
const MEASURED = 60

/**
 * Returns the candidate that differs from a text in the fewest letters, without regard to case: at most a third of the
 * shorter one's, or half of the longer one's if it begins with the other. Undefined if there is none. Pure.
 */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly edits: number } | undefined
  for (const candidate of text.length > MEASURED ? [] : candidates) {
    const both = [text.toLowerCase(), candidate.toLowerCase()] as const
    const [short = '', long = ''] = both.toSorted((a, b) => a.length - b.length)
    const most = long.startsWith(short) ? long.length / 2 : short.length / 3
    const edits = distance(...both)
    if (edits <= most && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, edits }
    }
  }
  return best?.candidate
}
