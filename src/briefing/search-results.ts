import type { Edition } from '../content/edition.ts'
import type { Found, Passage } from '../content/search.ts'
import {
  ACTION_BYTES,
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  strong,
} from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'
import { hit } from './hit.ts'

/** Adds buttons for the overview and the help after `actions`, unless `actions` has them already. Pure. */
export function withFallbacks(actions: readonly Action[]): Action[] {
  const fallbacks = [
    { label: texts.overview, command: '/briefing' },
    { label: texts.help, command: '/help' },
  ]
  const commands = new Set(actions.map(commandOf))
  return [...actions, ...fallbacks.filter(({ command }) => !commands.has(command))]
}

/** Most results of one search: as many as a phone shows without much scrolling. */
const RESULTS = 5
/** Most results if the reader asks for more. */
const MORE_RESULTS = 20

/** The word at the end of a query that asks for {@link MORE_RESULTS}. */
const MORE = / +more$/i

/** The words of a query to search for. Pure. */
export function searchedWords(query: string): string {
  return query.replace(MORE, '')
}

/** Returns the passages that the answer to a search shows. Pure. */
export function shownPassages<T>(query: string, found: readonly T[]): readonly T[] {
  return found.slice(0, searchedWords(query) === query ? RESULTS : MORE_RESULTS)
}

/**
 * Returns the answer to a search: each passage, and a button for its place. If there is no passage, the answer has
 * buttons for `nearest`, the commands with the most similar names. Pure.
 */
export function searchResults(
  edition: Edition,
  query: string,
  found: readonly Found<Passage>[],
  nearest: readonly Action[],
  today: Temporal.PlainDate,
): Message {
  const words = searchedWords(query)
  const passages = shownPassages(query, found)
  if (passages.length === 0) {
    return message(
      [paragraph(texts.nothingFound(words)), paragraph(texts.nothingFoundHint)],
      withFallbacks(nearest),
    )
  }
  const places = new Map<string, Action>()
  for (const { title, command } of passages) {
    // The details of a section include its short answer, so one button is enough.
    const other = places.get(title)
    if (!other || command.startsWith(`${commandOf(other)} `)) {
      places.set(title, { label: title, command })
    }
  }
  const oldest = passages.map(({ asOf }) => asOf).sort()[0] ?? edition.asOf
  const isMore = found.length > passages.length
  const more = `/search ${words} more`
  const hasButton = isMore && words === query && Buffer.byteLength(more) <= ACTION_BYTES
  return message(
    [
      heading(1, texts.found(words, passages.length, found.length)),
      list(
        passages.map(passage => [strong(passage.title), ' — ', ...hit(passage)]),
        true,
      ),
      ...(isMore && !hasButton ? [paragraph(texts.searchHint)] : []),
      footer(edition, oldest, today),
    ],
    [...(hasButton ? [{ label: texts.moreResults, command: more }] : []), ...places.values()],
  )
}

function commandOf(action: Action): string {
  return 'command' in action ? action.command : ''
}
