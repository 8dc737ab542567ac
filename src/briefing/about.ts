import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { heading, list, type Message, message, paragraph } from '../message.ts'
import { monthOrDay } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { aged, warned } from './footer.ts'

/** Returns the answer to /about: the source of the briefing, its limits and its licence. Pure. */
export function about(edition: Edition, today: Temporal.PlainDate): Message {
  const { title, source, publisher, asOf, notKnown, naming, licence } = edition
  const from = `${source}. ${publisher}, ${monthOrDay(asOf)}.`
  return message(
    [
      heading(1, title),
      heading(2, texts.aboutSource),
      warned(aged(paragraph(...linked(from)), asOf, today)),
      ...(notKnown.length > 0 ? [heading(2, texts.aboutNotKnown), list(notKnown.map(linked))] : []),
      ...(naming ? [heading(2, texts.aboutNaming), paragraph(...linked(naming))] : []),
      heading(2, texts.aboutLicence),
      paragraph(...linked(licence)),
    ],
    [{ label: texts.overview, command: '/briefing' }],
  )
}
