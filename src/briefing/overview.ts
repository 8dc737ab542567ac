import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { heading, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'
import { isLeftOut } from './left-out.ts'
import { sectionButtons } from './section-button.ts'

/** Returns the answer to /briefing: the summary, and a button for each section. Pure. */
export function overview(edition: Edition, today: Temporal.PlainDate): Message {
  return message(
    [
      heading(1, edition.title),
      paragraph(...linked(edition.summary)),
      footer(edition, edition.asOf, today),
      paragraph(isLeftOut(edition, 'search') ? texts.overviewChoice : texts.overviewHint),
    ],
    sectionButtons(edition),
  )
}
