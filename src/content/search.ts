import MiniSearch from 'minisearch'
import { tellingWords } from './words.ts'

/** A sentence, list item or table row that can be found, and the command that shows it. */
export interface Passage {
  readonly command: string
  readonly title: string
  readonly text: string
}

export type Search = (query: string, limit: number) => Passage[]

/** More words than this make a query no more precise, only slower. */
const QUERY_WORDS = 12

/**
 * Indexes passages. A search finds beginnings of words and words with a slip in them; passages that
 * have all the words come alone, those that have some only where no passage has all.
 *
 * @param slack the share of a word's letters that may be wrong, missing or too many.
 */
export function createSearch(passages: readonly Passage[], slack = 0.2): Search {
  const index = new MiniSearch({
    fields: ['title', 'text'],
    // Words come from `words.ts` alone: the same for a passage, a query and a command's name.
    tokenize: tellingWords,
    processTerm: term => term,
    searchOptions: {
      boost: { text: 2 },
      prefix: term => term.length > 1,
      // A word of three letters has too many neighbours.
      fuzzy: term => (term.length > 3 ? slack : false),
    },
  })
  index.addAll(passages.map((passage, id) => ({ ...passage, id })))

  return (query, limit) => {
    const terms = [...new Set(tellingWords(query))].slice(0, QUERY_WORDS).join(' ')
    const all = index.search(terms, { combineWith: 'AND' })
    const hits = all.length > 0 ? all : index.search(terms)
    return hits.slice(0, limit).flatMap(({ id }) => passages[id] ?? [])
  }
}
