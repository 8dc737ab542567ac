import type { Edition } from '../content/edition.ts'
import type { Passage } from '../content/search.ts'
import { type Action, heading, list, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'

/** Adds buttons for the overview and the help after `actions`, unless `actions` has them already. Pure. */
export function withFallbacks(actions: readonly Action[]): Action[] {
  const fallbacks = [
    { label: texts.overview, command: '/briefing' },
    { label: texts.help, command: '/help' },
  ]
  const commands = new Set(actions.map(commandOf))
  return [...actions, ...fallbacks.filter(({ command }) => !commands.has(command))]
}

/**
 * Returns the answer to a search: each passage, and a button for its place. If there is no passage, the answer has
 * buttons for `nearest`, the commands with the most similar names. Pure.
 */
export function searchResults(
  edition: Edition,
  query: string,
  passages: readonly Passage[],
  nearest: readonly Action[],
  today: Temporal.PlainDate,
): Message {
  if (passages.length === 0) {
    return message(
      [paragraph(texts.nothingFound(query)), paragraph(texts.nothingFoundHint)],
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
  return message(
    [
      heading(1, texts.found(query, passages.length)),
      list(
        passages.map(({ title, text }) => [strong(title), ` — ${text}`]),
        true,
      ),
      footer(edition, oldest, today),
    ],
    [...places.values()],
  )
}

function commandOf(action: Action): string {
  return 'command' in action ? action.command : ''
}
