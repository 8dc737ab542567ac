import type { Edition } from '../content/edition.ts'
import type { Passage } from '../content/search.ts'
import { type Action, heading, list, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'

/** Where a reader can always go on from, behind `actions` that know better. */
export function withFallbacks(actions: readonly Action[]): Action[] {
  const fallbacks = [
    { label: texts.overview, command: '/briefing' },
    { label: texts.help, command: '/help' },
  ]
  const known = new Set(actions.map(commandOf))
  return [...actions, ...fallbacks.filter(({ command }) => !known.has(command))]
}

/**
 * What a search has found, each with its sentence and a button to where it stands; where it has
 * found nothing, the commands whose names come nearest.
 */
export function found(
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
    // A section's details show what its lead does, and more.
    const known = places.get(title)
    if (!known || command.startsWith(`${commandOf(known)} `)) {
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
