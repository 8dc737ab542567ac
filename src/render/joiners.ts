import type { Run } from './runs.ts'
import { type Find, isLink, telegramFinds } from './telegram-finds.ts'

const JOINER = '\u2060'

/** A range of the text of all runs, in UTF-16 units. */
type Range = Pick<Find, 'start' | 'end'>

/** The places of joiners in the text of all runs, and the ranges of it that become code. */
interface Mends {
  readonly joiners: readonly number[]
  readonly code: readonly Range[]
}

/**
 * The turn of the search that places joiners everywhere. Random texts take 4 turns at most, unless each joiner of a row
 * of mail addresses lets Telegram find the next one.
 */
const LAST_TURN = 6

/**
 * Prevents links, mentions, commands and tags that Telegram would find, by an invisible word joiner. The text becomes
 * code if a joiner could only stand between digits, or if it is a linked mail address that Telegram would read
 * otherwise. Searches all runs of a block as one text, because Telegram links `notes` and a bold `.sh` too. Pure.
 */
export function withoutAccidents(given: readonly Run[]): Run[] {
  let runs = [...given]
  for (let turn = 1; ; turn++) {
    const { joiners, code } = turn === LAST_TURN ? everywhere(runs) : mends(runs)
    if (joiners.length === 0 && code.length === 0) return runs
    // A joiner moves the text behind it, so ranges of code are read again.
    runs = joiners.length > 0 ? withJoiners(runs, joiners) : withCode(runs, code)
  }
}

function withJoiners(runs: readonly Run[], places: readonly number[]): Run[] {
  const starts = startsOf(runs)
  return runs.map((run, index) => {
    const { length } = run.text
    // An address keeps its text, so a joiner at its end stands in the run behind it.
    const first = runs[index - 1]?.bare ? 0 : 1
    const last = run.bare ? length - 1 : length
    const inside = places
      .map(place => place - (starts[index] ?? 0))
      .filter(place => place >= first && place <= last)
    const cuts = [0, ...inside, length]
    const pieces = cuts.slice(1).map((end, cut) => run.text.slice(cuts[cut], end))
    return { ...run, text: pieces.join(JOINER) }
  })
}

/** Makes code of ranges of the text of all runs, which stand in their order. Reads each run once. */
function withCode(runs: readonly Run[], ranges: readonly Range[]): Run[] {
  const made: Run[] = []
  let next = 0
  let place = 0
  for (const run of runs) {
    const begin = place
    const last = begin + run.text.length
    while (place < last) {
      while ((ranges[next]?.end ?? last) <= place) next += 1
      const { start, end } = ranges[next] ?? { start: last, end: last }
      const from = place
      place = Math.min(last, start <= from ? end : start)
      const text = run.text.slice(from - begin, place - begin)
      if (start > from) made.push({ ...run, text })
      else if (start === from) made.push({ text, code: true })
      else made.push({ text: `${made.pop()?.text ?? ''}${text}`, code: true })
    }
  }
  return made
}

/** Returns the mends of all that Telegram would find. */
function mends(runs: readonly Run[]): Mends {
  const starts = startsOf(runs)
  let first = 0
  const found = telegramFinds(runs.map(({ text }) => text).join('')).map(find => {
    // Finds stand in their order, so runs that end before this one are of no further use.
    while ((starts[first + 1] ?? find.end) <= find.start) first += 1
    for (let index = first; (starts[index] ?? find.end) < find.end; index++) {
      const [run, start = 0] = [runs[index], starts[index]]
      const mend = run && mendBy(run, { start, end: start + run.text.length }, find)
      if (mend) return mend
    }
    return find.cuts.length > 0 ? { joiners: find.cuts } : { code: [find] }
  })
  return {
    joiners: found.flatMap(({ joiners = [] }) => joiners),
    code: found.flatMap(({ code = [] }) => code),
  }
}

/** Returns the places behind all marks that an address, a mention, a command or a tag needs. */
function everywhere(runs: readonly Run[]): Mends {
  const text = runs.map(({ text }) => text).join('')
  const marks = [...text.matchAll(/[@/#$]|:(?=\/)|\.(?!\d)/g)]
  return { joiners: marks.map(({ index }) => index + 1), code: [] }
}

/** Returns the mend of a find that one of its runs decides; undefined if the run decides nothing. */
function mendBy(run: Run, range: Range, find: Find): Partial<Mends> | undefined {
  const { bare, command, code, url = '', at } = run
  const isInside = range.start <= find.start && find.end <= range.end
  const isWhole = find.start === range.start && find.end === range.end
  if ((command && isWhole) || (code && isInside)) return {}
  if (!bare) return find.cuts.length === 0 && (url !== '' || at !== undefined) ? {} : undefined
  // Telegram gives a link of ours precedence over what it finds.
  if (isLink(url) || (isWhole && url.startsWith('mailto:') === (find.isMail === true))) return {}
  if (find.start < range.start) return { joiners: [range.start] }
  return find.end > range.end ? { joiners: [range.end] } : { code: [range] }
}

/** The place of each run in the text of all. */
function startsOf(runs: readonly Run[]): number[] {
  let end = 0
  return runs.map(({ text }) => {
    end += text.length
    return end - text.length
  })
}
