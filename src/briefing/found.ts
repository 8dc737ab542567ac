import type { Edition } from '../content/edition.ts'
import type { Passage } from '../content/search.ts'
import { type Action, heading, list, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'

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
      [
        ...nearest,
        { label: texts.overview, command: '/briefing' },
        { label: texts.help, command: '/help' },
      ],
    )
  }
  const places = new Map<string, Action>(
    passages.map(({ title, command }) => [command, { label: title, command: `/${command}` }]),
  )
  return message(
    [
      heading(1, texts.found(query, passages.length)),
      list(
        passages.map(({ title, text }) => [strong(title), ` — ${text}`]),
        true,
      ),
      footer(edition, edition.asOf, today),
    ],
    [...places.values()],
  )
}
