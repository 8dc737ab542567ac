import { differing, distanceOf, lettersOf } from './slips.ts'
import { tellingWords } from './words.ts'

/** A sentence, list item or table row that can be found. */
export interface Passage {
  /** The line that shows it, such as `/threats details`. */
  readonly command: string
  /** Where it stands: a section's title. */
  readonly title: string
  /** The heading above it, where there is one. */
  readonly heading?: string
  readonly text: string
  /** The date up to which it is known; see `Edition`. */
  readonly asOf: string
  /** Under 1 for what is rather not what readers look for. */
  readonly weight?: number
}

type Entry = Pick<Passage, 'title' | 'heading' | 'text' | 'weight'>

export type Search<T> = (query: string, limit: number) => T[]

interface Index<T> {
  readonly entries: readonly T[]
  /** Adds the next entries, at most so many. True if there may be more. */
  fill(most: number): boolean
  /** Adds the entries that are left first. */
  readonly search: Search<T>
}

/** More words than this make a query no more precise, only slower. */
const QUERY_WORDS = 12

/** UTF-16 units of a query that are read: more than the words above have. */
const QUERY_LENGTH = 256

/** Words of a heading that are indexed: they count for each passage below it. */
const HEADING_WORDS = 20

/**
 * Most words of the index that one word of a query is compared with, and most places that it is
 * found at. An edition of 60 sections of 60 KiB has fewer of both.
 */
const COMPARED = 100_000
const FINDS = 100_000

/** How many letters of a word may be wrong, missing or too many. */
export type Slips = (word: string) => number

/** One in five, at most two: a word of four letters has too many neighbours. */
const FEW_SLIPS: Slips = word => (word.length > 4 ? Math.min(2, Math.round(word.length / 5)) : 0)

/** Text counts twice as much as `title` and `heading`. */
const BOOSTS = [1, 1, 2]

/** BM25+: how soon repetition saturates, how much length counts, and the least that a find is worth. */
const [K, B, D] = [1.2, 0.7, 0.5]

/** What a find is worth if only the word's beginning, or a word with slips, was found. */
const PREFIX_WEIGHT = 0.375
const SLIP_WEIGHT = 0.45

/** A word of the indexed texts. */
interface Term {
  readonly text: string
  /** See {@link lettersOf}. */
  readonly letters: number
  /** The entry, the field and how often the term stands there, three numbers a find. */
  readonly finds: number[]
  /** In how many entries it stands, by field. */
  readonly counts: number[]
}

/** An index of `entries`; see {@link createIndex}. */
export function createSearch<T extends Entry>(entries: Iterable<T>, slips?: Slips): Search<T> {
  return createIndex(entries, slips).search
}

/**
 * Indexes texts by their `title`, `heading` and `text`. A search finds words by their beginnings.
 * What has all the words comes alone; where nothing has, what has all of them with slips in the words
 * that stand nowhere; where nothing has these either, what has some of them to the letter. Apart from
 * passes over the entries' values, the work of a search is limited whatever was indexed.
 */
export function createIndex<T extends Entry>(
  source: Iterable<T>,
  slips: Slips = FEW_SLIPS,
): Index<T> {
  const entries: T[] = []
  let rest: Iterator<T> | undefined
  let isFull = false
  const terms = new Map<string, Term>()
  /** By their first two letters. */
  const beginnings = new Map<string, Term[]>()
  const all: Term[] = []
  /** How many different words each field of each entry has, and their sums. */
  const lengths: number[][] = BOOSTS.map(() => [])
  const sums = BOOSTS.map(() => 0)

  function fill(most: number): boolean {
    rest ??= source[Symbol.iterator]()
    for (let added = 0; added < most && !isFull; added++) {
      const { done, value } = rest.next()
      isFull = done === true
      if (!done) addEntry(value)
    }
    return !isFull
  }

  function termOf(text: string): Term {
    const known = terms.get(text)
    if (known) return known
    const term = { text, letters: lettersOf(text), finds: [], counts: BOOSTS.map(() => 0) }
    const beginning = beginnings.get(text.slice(0, 2)) ?? []
    terms.set(text, term)
    all.push(term)
    beginning.push(term)
    beginnings.set(text.slice(0, 2), beginning)
    return term
  }

  function addEntry(entry: T): void {
    const id = entries.push(entry) - 1
    const heading = tellingWords(entry.heading ?? '').slice(0, HEADING_WORDS)
    const fields = [tellingWords(entry.title), heading, tellingWords(entry.text)]
    for (const [field, words] of fields.entries()) {
      const counts = new Map<string, number>()
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
      for (const [word, count] of counts) {
        const term = termOf(word)
        term.finds.push(id, field, count)
        term.counts[field] = (term.counts[field] ?? 0) + 1
      }
      lengths[field]?.push(counts.size)
      sums[field] = (sums[field] ?? 0) + counts.size
    }
  }

  /** What a score depends on beside the query: computed by the first search. */
  let facts: Facts | undefined
  function factsOf(): Facts {
    facts ??= {
      norms: lengths.map((all, field) => {
        const mean = (sums[field] ?? 0) / entries.length
        return Float64Array.from(all, length => K * (1 - B + (B * length) / mean))
      }),
      weights: Float64Array.from(entries, ({ weight = 1 }) => weight),
      values: new Float64Array(entries.length),
      marks: new Uint16Array(entries.length),
    }
    return facts
  }

  /** Adds to the values of the entries that have the term, and marks them with `bit`. */
  function score({ finds, counts }: Term, weight: number, bit: number): void {
    const { norms, weights, values, marks } = factsOf()
    const worth = counts.map((count, field) => {
      const rarity = Math.log(1 + (entries.length - count + 0.5) / (count + 0.5))
      return weight * (BOOSTS[field] ?? 1) * rarity
    })
    const end = Math.min(finds.length, 3 * FINDS)
    for (let at = 0; at < end; at += 3) {
      const id = finds[at] ?? 0
      const field = finds[at + 1] ?? 0
      const count = finds[at + 2] ?? 0
      const often = (count * (K + 1)) / (count + (norms[field]?.[id] ?? 0))
      const value = (worth[field] ?? 0) * (weights[id] ?? 1) * (D + often)
      values[id] = (values[id] ?? 0) + value
      marks[id] = (marks[id] ?? 0) | bit
    }
  }

  /** Scores the candidates that `weigh` gives a weight, until a limit is reached. False if there are none. */
  function scoreAll(
    candidates: readonly Term[],
    weigh: (term: Term) => number | undefined,
    bit: number,
  ): boolean {
    let left = FINDS
    for (let at = 0; at < Math.min(candidates.length, COMPARED) && left > 0; at++) {
      const term = candidates[at]
      const weight = term && weigh(term)
      if (!term || !weight) continue
      score(term, weight, bit)
      left -= term.finds.length / 3
    }
    return left < FINDS
  }

  /** Scores the word itself and the longer ones that begin with it. False if there are none. */
  function scoreBeginnings(word: string, bit: number): boolean {
    const exact = terms.get(word)
    if (exact) score(exact, 1, bit)
    if (word.length < 2) return exact !== undefined
    const isLonger = ({ text }: Term) => text.length > word.length && text.startsWith(word)
    const weigh = (term: Term) =>
      isLonger(term)
        ? (PREFIX_WEIGHT * term.text.length) / (1.3 * term.text.length - 0.3 * word.length)
        : undefined
    const some = scoreAll(beginnings.get(word.slice(0, 2)) ?? [], weigh, bit)
    return some || exact !== undefined
  }

  function scoreSlips(word: string, bit: number): void {
    const most = slips(word)
    const letters = lettersOf(word)
    const weigh = (term: Term) => {
      if (differing(letters, term.letters) > 2 * most) return undefined
      const distance = distanceOf(word, term.text, most)
      return distance && (SLIP_WEIGHT * term.text.length) / (term.text.length + distance)
    }
    if (most > 0) scoreAll(all, weigh, bit)
  }

  function search(query: string, limit: number): T[] {
    fill(Number.POSITIVE_INFINITY)
    const words = [...new Set(tellingWords(query.slice(0, QUERY_LENGTH)))].slice(0, QUERY_WORDS)
    const { values, marks } = factsOf()
    values.fill(0)
    marks.fill(0)
    // The marks of an entry that has all words are the highest number that there is.
    const every = 2 ** words.length - 1
    const pick = (least: number) => best(values, marks, least, limit)
    const known = words.map((word, at) => scoreBeginnings(word, 2 ** at))
    let found = pick(Math.max(every, 1))
    if (found.length === 0) {
      const some = pick(1)
      for (const [at, word] of words.entries()) if (!known[at]) scoreSlips(word, 2 ** at)
      found = pick(Math.max(every, 1))
      if (found.length === 0) found = some
    }
    return found.flatMap(id => entries[id] ?? [])
  }

  return { entries, fill, search }
}

/** By the numbers of the entries. */
interface Facts {
  /** What a find is divided by for the length of its field, by field. */
  readonly norms: readonly Float64Array[]
  readonly weights: Float64Array
  /** What the search that is under way has found. */
  readonly values: Float64Array
  /** A bit for each word of the query. */
  readonly marks: Uint16Array
}

/**
 * The numbers of the best entries whose marks are `least` or more. A value counts as often as words
 * were found; of equal ones the first comes first.
 */
function best(values: Float64Array, marks: Uint16Array, least: number, limit: number): number[] {
  const found: { id: number; value: number }[] = []
  let lowest = 0
  for (let id = 0; id < marks.length; id++) {
    const mark = marks[id] ?? 0
    if (mark < least) continue
    const value = (values[id] ?? 0) * differing(mark, 0)
    if (found.length >= limit && value <= lowest) continue
    const place = found.findIndex(other => other.value < value)
    found.splice(place < 0 ? found.length : place, 0, { id, value })
    if (found.length > limit) found.pop()
    lowest = found.at(-1)?.value ?? 0
  }
  return found.map(({ id }) => id)
}
