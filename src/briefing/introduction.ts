import type { Edition } from '../content/edition.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { monthOrDay } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'

const words = texts.introduction

/** Returns the first message in a chat: what the briefing is, what the bot does, and the first steps. Pure. */
export function introduction(
  edition: Edition,
  today: Temporal.PlainDate,
  kind: 'private' | 'group',
): Message {
  return message(
    [
      heading(1, edition.title),
      paragraph(`${words.briefing(edition.sections.length)} ${words.offer[kind]}`),
      footer(edition, edition.asOf, today),
      paragraph(words.begin[kind](exampleOf(edition))),
    ],
    firstSteps(edition),
  )
}

function firstSteps({ exercises }: Edition): Action[] {
  return [
    { label: words.read, command: '/briefing' },
    { label: words.subscribe, command: '/subscribe' },
    ...(exercises.length > 0 ? [{ label: texts.exercises, command: '/exercises' }] : []),
    { label: texts.help, command: '/help' },
  ]
}

/** Returns a question that the briefing answers. Pure. */
export function exampleOf({ sections }: Edition): string {
  return sections[0]?.title ?? ''
}

/** Returns the texts that a platform shows about the bot before the first message: a long and a short one. Pure. */
export function profileOf({ title, publisher, asOf, sections }: Edition): {
  readonly description: string
  readonly short: string
} {
  return {
    description: [
      `${title}. ${words.briefing(sections.length)} ${texts.source(publisher)}, ${monthOrDay(asOf)}.`,
      words.offer.private,
    ].join('\n\n'),
    short: words.short(title),
  }
}
