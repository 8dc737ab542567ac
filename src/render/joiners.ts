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

/** The places in the text of some runs that need a joiner. None is in code or beside an address that is its own link. */
function accidents(runs: readonly Run[]): number[] {
  const starts = startsOf(runs)
  return telegramFinds(runs.map(({ text }) => text).join('')).flatMap(({ start, end, cuts }) => {
    const isHarmless = runs.some(({ text, code, bare }, index) => {
      const from = starts[index] ?? 0
      const to = from + text.length
      // Telegram gives a link of ours precedence over what it finds.
      return bare ? from < end && to > start : code && from <= start && to >= end
    })
    return isHarmless ? [] : cuts
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
