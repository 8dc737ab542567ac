import MiniSearch, { type SearchResult } from 'minisearch'
import SearchableMap from 'minisearch/SearchableMap'
import type { Span } from './spans.ts'
import { keywords } from './stop-words.ts'
import { indexedWords, isUnspaced } from './words.ts'

/** A sentence, list item, table row or heading that can be found. */
export interface Passage {
  /** The command that shows the passage, such as `/threats details`. */
  readonly command: string
  /** The title of its section. */
  readonly title: string
  /** The label of the button for its command; absent for the title. */
  readonly label?: string
  /** The heading above the passage; absent if there is none. */
  readonly heading?: string
  readonly text: string
  /** The same text with the marks that change its meaning. Absent if it has none. */
  readonly spans?: readonly Span[]
  /** The date up to which the passage is known; see `Edition`. */
  readonly asOf: string
  /** Factor of the score. Under 1 for a passage that readers seldom look for. */
  readonly weight?: number
  /** Another passage stands for the title and the heading, so this one is not found by their words alone. */
  readonly isBelow?: true
}

type Entry = Pick<Passage, 'title' | 'heading' | 'text' | 'weight' | 'isBelow'>

/** An entry that was found. */
export type Found<T> = T & {
  /** The words of the index by which it was found; see `Word.word`. */
  readonly terms: readonly string[]
  /** The words of the query that no entry has; absent if there are none. */
  readonly missing?: readonly string[]
}

export type Search<T> = (query: string, limit: number) => Found<T>[]

interface Index<T> {
  readonly entries: readonly T[]
  /** Adds up to `most` of the next entries. Returns whether more may remain. */
  fill(most: number): boolean
  /** Adds the remaining entries before it searches. */
  readonly search: Search<T>
}

/** Most words of a query. More words make the search slower, and not more precise. */
const QUERY_WORDS = 12

/** UTF-16 units of a query that are read, enough for {@link QUERY_WORDS} words. */
const QUERY_LENGTH = 256

/**
 * Words of a heading that are indexed. The index repeats them for each passage below the heading.
 */
const HEADING_WORDS = 20

/**
 * Most matches of all words of a query, because the search visits each of them: 10,000 take about 2 ms. A match is a
 * field of an entry that has the word. The most frequent words are left out.
 */
const MATCHES = 12_000

/**
 * Most matches of the longer words that begin with the words of a query, shared among them. The shortest longer words
 * come first. Each costs as much as {@link TERM_MATCHES} matches.
 */
const PREFIX_MATCHES = 4000
const TERM_MATCHES = 20
/** Most longer words that are compared by their length, shared among the words of a query. */
const PREFIX_TERMS = 300

/**
 * Most matches that are scored, shared among the words of a query. A score costs as much as 20
 * matches.
 */
const SCORED = 1500

/**
 * Most words of a query that may have typos, because each is compared with all words of the index.
 */
const FUZZY_WORDS = 3

/**
 * Share of the words of a query that an entry must have, if no entry has all of them. Words of another
 * language have fewer by accident.
 */
const SOME = 0.5

/** The typos that a search accepts. */
export interface Typos {
  /** Returns how many letters of a word may be wrong, missing or too many. */
  maxEdits(word: string): number
  /** Whether a word is a typo of a word of the index, if they differ by at most `maxEdits`. */
  isTypo?(word: string, term: string): boolean
}

/** One letter in five, at most two. A word of four letters has too many similar words. */
const FEW: Typos = {
  maxEdits: word => (word.length > 4 ? Math.min(2, Math.round(word.length / 5)) : 0),
}

/** A word of a query. */
interface QueryWord {
  readonly word: string
  /** The longer words of the index that begin with it and are matched too. */
  readonly longer: readonly string[]
  readonly matches: number
}

/** The weight of a longer word that begins with a word of a query: less, the more letters it has. */
function weightOf(word: string, term: string): number {
  return (PREFIX_WEIGHT * term.length) / (term.length + 0.3 * (term.length - word.length))
}

const PREFIX_WEIGHT = 0.375

/** Searches `entries`; see {@link createIndex}. */
export function createSearch<T extends Entry>(entries: Iterable<T>, typos?: Typos): Search<T> {
  return createIndex(entries, typos).search
}

/**
 * Indexes texts by their `title`, `heading` and `text`. A search matches words by their beginnings,
 * and returns the entries that have all of them. If there are none, words that the index lacks may
 * have typos. If there are still none, words that the index lacks are left out, unless they are most of the query; then
 * the search returns entries with half of the words, unabridged.
 */
export function createIndex<T extends Entry>(
  source: Iterable<T>,
  { maxEdits, isTypo = () => true }: Typos = FEW,
): Index<T> {
  const entries: T[] = []
  const rest = source[Symbol.iterator]()
  let isFull = false
  /** The words of the index, with the number of their matches. */
  const terms = new SearchableMap<number>()
  const index = new MiniSearch<Entry & { id: number }>({
    // The text comes first, because the scores of a frequent word may be used up by then.
    fields: ['text', 'title', 'heading'],
    // The same words for a passage, a query and the name of a command.
    tokenize(text, field) {
      const words = keywords(text, indexedWords).slice(
        0,
        field === 'heading' ? HEADING_WORDS : undefined,
      )
      for (const word of new Set(words)) terms.update(word, (matches = 0) => matches + 1)
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

  /** Reads one of `count` words of a query. */
  function queryWord(word: string, count: number): QueryWord {
    const matches = terms.get(word) ?? 0
    if (word.length === 1 && !isUnspaced(word)) return { word, longer: [], matches }
    const begun = [...Iterator.from(terms.atPrefix(word)).take(PREFIX_TERMS / count)]
      .filter(([term]) => term !== word)
      .sort(([a], [b]) => a.length - b.length)
    let left = PREFIX_MATCHES / count
    const longer = begun.filter(([, more], at) => {
      left -= more + TERM_MATCHES
      return at === 0 || left >= 0
    })
    return {
      word,
      longer: longer.map(([term]) => term),
      matches: longer.reduce((sum, [, more]) => sum + more, matches),
    }
  }

  /**
   * Finds the entries that have at least `least` of the words, the best first. Some of the words count
   * only if they are whole.
   */
  function find(query: readonly QueryWord[], least: number): SearchResult[] {
    const isAll = least === query.length
    const found = query.map(() => new Set<number>())
    // The library looks up one word after the other, and reads the options of a word only then.
    const queries = query.map(({ word, longer, matches }, at) => {
      const before = isAll ? found[at - 1] : undefined
      let left = SCORED / query.length
      const boostDocument = (id: number, term: string) => {
        if (left < 1 || before?.has(id) === false) return 0
        if (!term.startsWith(word) && !isTypo(word, term)) return 0
        left -= 1
        found[at]?.add(id)
        return entries[id]?.weight ?? 1
      }
      const fuzzy = () => (isAll && matches === 0 && before?.size !== 0 ? maxEdits(word) : 0)
      return {
        combineWith: 'OR' as const,
        queries: [
          { queries: [word], fuzzy, boostDocument },
          ...(isAll ? longer : []).map(term => ({
            queries: [term],
            boostTerm: () => weightOf(word, term),
            boostDocument,
          })),
        ],
      }
    })
    return index
      .search({ combineWith: isAll ? 'AND' : 'OR', queries })
      .filter(({ id }) => isAll || found.filter(ids => ids.has(id)).length >= least)
      .filter(
        ({ id, match }) =>
          !entries[id]?.isBelow || Object.values(match).some(fields => fields.includes('text')),
      )
  }

  function search(query: string, limit: number): Found<T>[] {
    fill(Number.POSITIVE_INFINITY)
    const words = [...new Set(keywords(query.slice(0, QUERY_LENGTH)))].slice(0, QUERY_WORDS)
    // The rarest word comes first, so that the others are scored among few entries.
    const byRarity = words
      .map(word => queryWord(word, words.length))
      .sort((a, b) => a.matches - b.matches)
    let left = MATCHES
    const chosen = byRarity.filter(({ matches }, at) => {
      left -= matches
      return at === 0 || left >= 0
    })
    const unknown = chosen.filter(({ matches }) => matches === 0)
    let found: SearchResult[] = []
    if (unknown.length <= FUZZY_WORDS && unknown.every(({ word }) => maxEdits(word) > 0)) {
      found = find(chosen, chosen.length)
    }
    const known = chosen.filter(({ matches }) => matches > 0)
    // The beginnings of words alone would find passages by accident.
    const hasWhole = known.some(({ word }) => terms.has(word))
    const isMinor = unknown.length > 0 && unknown.length <= known.length
    const isLeftOut = found.length === 0 && hasWhole && isMinor
    if (isLeftOut) found = find(known, known.length)
    const asked = isLeftOut ? known : chosen
    const count = isLeftOut ? known.length : words.length
    const least = Math.max(1, Math.ceil(SOME * count) - (count - asked.length))
    if (found.length === 0 && least < asked.length) found = find(asked, least)
    const missing = isLeftOut && { missing: unknown.map(({ word }) => word) }
    return found.slice(0, limit).flatMap(({ id, terms }) => {
      const entry = entries[id]
      return entry ? [{ ...entry, terms, ...missing }] : []
    })
  }

  return { entries, fill, search }
}
