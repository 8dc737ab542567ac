import type { Run } from './runs.ts'
import { telegramFinds } from './telegram-finds.ts'

const JOINER = '\u2060'

/**
 * Inserts invisible word joiners where Telegram would find a link, a mention, a command or a tag. Searches all runs of a
 * block as one text, because Telegram links `notes` and a bold `.sh` too. Pure.
 */
export function withJoiners(given: readonly Run[]): Run[] {
  let runs = [...given]
  for (let places = accidents(runs); places.length > 0; places = accidents(runs)) {
    const starts = startsOf(runs)
    runs = runs.map((run, index) => {
      const start = starts[index] ?? 0
      const inside = places
        .map(place => place - start)
        .filter(place => place > 0 && place <= run.text.length)
      const cuts = [0, ...inside, run.text.length]
      const pieces = cuts.slice(1).map((end, cut) => run.text.slice(cuts[cut], end))
      return { ...run, text: pieces.join(JOINER) }
    })
  }
  return runs
}

/** Returns the places that need a joiner in the text of all runs. Skips code and addresses that are their own link. */
function accidents(runs: readonly Run[]): number[] {
  const starts = startsOf(runs)
  let first = 0
  return telegramFinds(runs.map(({ text }) => text).join('')).flatMap(({ start, end, cuts }) => {
    // Finds stand in their order, so runs that end before this one are of no further use.
    while ((starts[first + 1] ?? end) <= start) first += 1
    for (let index = first; (starts[index] ?? end) < end; index++) {
      const { bare, command, code, text = '' } = runs[index] ?? {}
      const from = starts[index] ?? 0
      // Telegram gives a link of ours precedence over what it finds.
      if (bare || command || (code && from <= start && from + text.length >= end)) return []
    }
    return cuts
  })
}

/** The place of each run in the text of all. */
function startsOf(runs: readonly Run[]): number[] {
  let end = 0
  return runs.map(({ text }) => {
    end += text.length
    return end - text.length
  })
}
