import MiniSearch, { type SearchResult } from 'minisearch'
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

export type Search<T> = (query: string, limit: number) => T[]

/** More words than this make a query no more precise, only slower. */
const QUERY_WORDS = 12

/** How many letters of a word may be wrong, missing or too many. */
export type Slips = (word: string) => number

/** One in five: a word of four letters has too many neighbours. */
const FEW_SLIPS: Slips = word => (word.length > 4 ? Math.round(word.length / 5) : 0)

/**
 * Indexes texts by their `title`, `heading` and `text`. A search finds words by their beginnings.
 * What has all the words comes alone; where nothing has, what has all of them but for slips, and
 * where nothing has these either, what has some of them to the letter.
 */
export function createSearch<T extends Pick<Passage, 'title' | 'text' | 'weight'>>(
  entries: readonly T[],
  slips: Slips = FEW_SLIPS,
): Search<T> {
  const index = new MiniSearch({
    fields: ['title', 'heading', 'text'],
    // Words come from `words.ts` alone: the same for a passage, a query and a command's name.
    tokenize: tellingWords,
    processTerm: term => term,
    searchOptions: {
      boost: { text: 2 },
      boostDocument: id => entries[id]?.weight ?? 1,
      prefix: term => term.length > 1,
    },
  })
  index.addAll(entries.map((entry, id) => ({ ...entry, id })))

  return (query, limit) => {
    const terms = [...new Set(tellingWords(query))].slice(0, QUERY_WORDS).join(' ')
    const ways = [{ combineWith: 'AND' }, { combineWith: 'AND', fuzzy: slips }, {}] as const
    let hits: SearchResult[] = []
    for (const way of ways) if (hits.length === 0) hits = index.search(terms, way)
    return hits.slice(0, limit).flatMap(({ id }) => entries[id] ?? [])
  }
}
