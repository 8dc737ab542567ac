import type { Edition } from '../content/edition.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { monthOrDay } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { EXERCISES_ACTION } from './exercises.ts'
import { footer, warned } from './footer.ts'
import { isLeftOut } from './left-out.ts'

const { introduction: words, icons } = texts

/**
 * Returns the first message in a chat: what the briefing is, what the bot does, and the first steps. `canPost` is false
 * if the bot can only answer there. Pure.
 */
export function introduction(
  edition: Edition,
  today: Temporal.PlainDate,
  kind: 'private' | 'group',
  canPost = true,
): Message {
  const offersPosts = canPost && !isLeftOut(edition, 'subscribe')
  const facts = [
    ...(kind === 'group' ? [words.greeting] : []),
    ...factsOf(edition),
    ...(offersPosts ? [words.offer[kind]] : []),
  ]
  const begin = isLeftOut(edition, 'search')
    ? words.beginHere
    : words.begin[kind](exampleOf(edition))
  return message(
    [
      heading(1, edition.title),
      paragraph(facts.join(' ')),
      warned(footer(edition, edition.asOf, today)),
      paragraph(begin),
    ],
    firstSteps(edition, offersPosts),
  )
}

function factsOf({ sections }: Edition): string[] {
  return [words.briefing(sections.length), words.answers]
}

function firstSteps({ exercises }: Edition, offersPosts: boolean): Action[] {
  return [
    { label: words.read, command: '/briefing', role: 'primary' },
    ...(offersPosts
      ? [{ label: words.subscribe, command: '/subscribe', icon: icons.subscription }]
      : []),
    ...(exercises.length > 0 ? [{ ...EXERCISES_ACTION, icon: icons.exercise }] : []),
    { label: texts.help, command: '/help' },
  ]
}

/** Returns a question that the briefing answers. Pure. */
export function exampleOf({ sections }: Edition): string {
  return sections[0]?.title ?? ''
}

/** Returns the texts that a platform shows about the bot before the first message: a long and a short one. Pure. */
export function profileOf(edition: Edition): {
  readonly description: string
  readonly short: string
} {
  const { title, publisher, asOf } = edition
  return {
    description: [
      `${title}. ${factsOf(edition).join(' ')}`,
      ...(isLeftOut(edition, 'subscribe') ? [] : [words.offer.private]),
      `${texts.source(publisher)}, ${monthOrDay(asOf)}.`,
    ].join('\n\n'),
    short: words.short(title),
  }
}
