import MiniSearch from 'minisearch'
import SearchableMap from 'minisearch/SearchableMap'
import { keywords } from './stop-words.ts'

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
 * Most finds of all words of a query: the search passes over each of them. A find is a field of an
 * entry that has the word. Each word of the index that begins with the word of the query costs as
 * much as {@link TERM_FINDS} finds. The most frequent words are left out.
 */
const FINDS = 50_000
const TERM_FINDS = 30

/** Most finds that are scored, shared among the words of a query. A score costs as much as 20 finds. */
const SCORED = 4000

/** Most words of a query that may have slips: each is compared with all words of the index. */
const SLIPPED_WORDS = 3

/** How many letters of a word may be wrong, missing or too many. */
export type Slips = (word: string) => number

/** One in five, at most two: a word of four letters has too many neighbours. */
const FEW_SLIPS: Slips = word => (word.length > 4 ? Math.min(2, Math.round(word.length / 5)) : 0)

/** A word of a query. */
interface Wanted {
  readonly word: string
  readonly finds: number
  /** Whether longer words of the index that begin with it are found as well. */
  readonly isBeginning: boolean
}

/** An index of `entries`; see {@link createIndex}. */
export function createSearch<T extends Entry>(entries: Iterable<T>, slips?: Slips): Search<T> {
  return createIndex(entries, slips).search
}

/**
 * Indexes texts by their `title`, `heading` and `text`. A search finds words by their beginnings.
 * Entries with all the words come alone. If there are none, words that stand nowhere may have slips.
 * If there are still none, entries with some of the words come.
 */
export function createIndex<T extends Entry>(
  source: Iterable<T>,
  slips: Slips = FEW_SLIPS,
): Index<T> {
  const entries: T[] = []
  const rest = source[Symbol.iterator]()
  let isFull = false
  /** The words of the index, with the number of their finds. */
  const terms = new SearchableMap<number>()
  const index = new MiniSearch<Entry & { id: number }>({
    fields: ['title', 'heading', 'text'],
    // Words come from `words.ts` alone: the same for a passage, a query and a command's name.
    tokenize(text, field) {
      const words = keywords(text).slice(0, field === 'heading' ? HEADING_WORDS : undefined)
      for (const word of new Set(words)) terms.update(word, (finds = 0) => finds + 1)
      return words
    },
    processTerm: term => term,
    searchOptions: { tokenize: word => [word], boost: { text: 2 } },
  })

  function fill(most: number): boolean {
    for (let added = 0; added < most && !isFull; added++) {
      const { done, value } = rest.next()
      isFull = done === true
      if (!done) index.add({ ...value, id: entries.push(value) - 1 })
    }
    return !isFull
  }

  /** A beginning that too many words have counts as a whole word. */
  function want(word: string): Wanted {
    const exact = { word, finds: terms.get(word) ?? 0, isBeginning: false }
    if (word.length === 1) return exact
    let finds = 0
    for (const more of terms.atPrefix(word).values()) {
      finds += more + TERM_FINDS
      if (finds > FINDS) return exact
    }
    return { word, finds, isBeginning: true }
  }

  /** The numbers of the entries that have all the words, or some of them, the best first. */
  function find(wanted: readonly Wanted[], combineWith: 'AND' | 'OR'): number[] {
    const found = wanted.map(() => new Set<number>())
    // The library looks up one word after the other, and asks for its options only then.
    const queries = wanted.map(({ word, finds, isBeginning }, at) => {
      const before = combineWith === 'AND' ? found[at - 1] : undefined
      let left = SCORED / wanted.length
      return {
        queries: [word],
        prefix: () => isBeginning && before?.size !== 0,
        fuzzy: () => (finds === 0 && before?.size !== 0 ? slips(word) : 0),
        boostDocument(id: number) {
          if (before?.has(id) === false || left-- < 1) return 0
          found[at]?.add(id)
          return entries[id]?.weight ?? 1
        },
      }
    })
    return index.search({ combineWith, queries }).map(({ id }) => id)
  }

  function search(query: string, limit: number): T[] {
    fill(Number.POSITIVE_INFINITY)
    const words = [...new Set(keywords(query.slice(0, QUERY_LENGTH)))].slice(0, QUERY_WORDS)
    // The rarest first: the others are then looked for among few entries.
    const wanted = words.map(want).sort((a, b) => a.finds - b.finds)
    let left = FINDS
    const chosen = wanted.filter(({ finds }, at) => {
      left -= finds
      return at === 0 || left >= 0
    })
    const unknown = chosen.filter(({ finds }) => finds === 0)
    let found: number[] = []
    if (unknown.length <= SLIPPED_WORDS && unknown.every(({ word }) => slips(word) > 0)) {
      found = find(chosen, 'AND')
    }
    if (found.length === 0) found = find(chosen.slice(unknown.length), 'OR')
    return found.slice(0, limit).flatMap(id => entries[id] ?? [])
  }

  return { entries, fill, search }
}
