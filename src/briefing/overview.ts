import type { Edition } from '../content/edition.ts'
import { heading, list, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'
import { isLeftOut } from './left-out.ts'

/** Returns the answer to /briefing: the summary, and a button for each section. Pure. */
export function overview(edition: Edition, today: Temporal.PlainDate): Message {
  return message(
    [
      heading(1, edition.title),
      paragraph(edition.summary),
      list(
        edition.sections.map(({ title, command }) => [
          strong(title),
          ' ',
          { type: 'inlineCode', value: `/${command}` },
        ]),
      ),
      paragraph(isLeftOut(edition, 'search') ? texts.overviewChoice : texts.overviewHint),
      footer(edition, edition.asOf, today),
    ],
    edition.sections.map(({ title, command }) => ({ label: title, command: `/${command}` })),
  )
}
