import type { Edition } from '../content/edition.ts'
import type { Found, Passage } from '../content/search.ts'
import {
  ACTION_BYTES,
  type Action,
  heading,
  leading,
  list,
  type Message,
  message,
  paragraph,
  strong,
  typed,
} from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'
import { hit } from './hit.ts'
import { buttonOf } from './section-button.ts'

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

/** The end of the line that the button for {@link MORE_RESULTS} types. */
const MORE = ' more'

/** The passages that a search for `words` found. */
interface Results {
  readonly words: string
  readonly found: readonly Found<Passage>[]
  readonly isMore?: true
}

/**
 * Returns the results for a line that ends in "more", the line of the button "More results". Undefined if the line does
 * not end so, or if the first page shows all results for the other words. Pure.
 */
export function moreResults(
  line: string,
  find: (words: string) => Results['found'],
): Results | undefined {
  const words = line.slice(0, -MORE.length)
  if (!line.toLowerCase().endsWith(MORE)) return undefined
  const found = find(words)
  return found.length > RESULTS ? { words, found, isMore: true } : undefined
}

/** Returns the passages that the answer to a search shows. Pure. */
export function shownPassages({ found, isMore }: Results): Results['found'] {
  return found.slice(0, isMore ? MORE_RESULTS : RESULTS)
}

/**
 * Returns the answer to a search: each passage, and a button for its place, after those for `meant`, the commands that
 * the words may mean. If there is no passage, the answer has only these and fallbacks. Pure.
 */
export function searchResults(
  edition: Edition,
  results: Results,
  meant: readonly Action[],
  today: Temporal.PlainDate,
): Message {
  const { words, found, isMore } = results
  const passages = shownPassages(results)
  if (passages.length === 0) {
    return message(
      [
        leading(texts.nothingFound(words)),
        paragraph(meant.length > 0 ? texts.didYouMean : texts.nothingFoundHint),
      ],
      withFallbacks(meant),
    )
  }
  const places = new Map<string, Action>()
  for (const { title, label = title, command } of passages) {
    // The details of a section have its tables and a button for its summary, so one button is enough.
    const other = places.get(label)
    if (!other || command.startsWith(`${commandOf(other)} `)) {
      places.set(label, buttonOf(edition, label, command))
    }
  }
  const oldest = passages.map(({ asOf }) => asOf).sort()[0] ?? edition.asOf
  const hasRest = found.length > passages.length
  const [{ missing = [] } = {}] = passages
  const more = `/search ${words}${MORE}`
  const hasButton = hasRest && !isMore && Buffer.byteLength(more) <= ACTION_BYTES
  return message(
    [
      heading(1, texts.found(words, passages.length, found.length)),
      list(
        passages.map(passage => [strong(passage.title), ' — ', ...hit(passage)]),
        true,
      ),
      ...(missing.length > 0 ? [paragraph(typed(texts.notFoundWords(missing)))] : []),
      ...(hasRest && !hasButton ? [paragraph(texts.searchHint)] : []),
      footer(edition, oldest, today),
    ],
    [
      ...meant,
      ...(hasButton ? [{ label: texts.moreResults, command: more }] : []),
      ...places.values(),
    ],
  )
}

function commandOf(action: Action): string {
  return 'command' in action ? action.command : ''
}
