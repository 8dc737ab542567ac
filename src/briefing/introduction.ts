import type { Edition } from '../content/edition.ts'
import { plainText } from '../content/plain-text.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { monthOrDay } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { eventsActions } from './events.ts'
import { footer, warned } from './footer.ts'
import { isLeftOut } from './left-out.ts'

const { introduction: words, icons } = texts

/**
 * Returns the first message in a chat: what the briefing is, what the bot does, and the first steps. `example` is the
 * question that it suggests. `canPost` is false if the bot can only answer there. Pure.
 */
export function introduction(
  edition: Edition,
  today: Temporal.PlainDate,
  kind: 'private' | 'group',
  example: string,
  canPost = true,
): Message {
  const offersPosts = canPost && !isLeftOut(edition, 'subscribe')
  const facts = [
    ...(kind === 'group' ? [words.greeting] : []),
    ...factsOf(edition),
    ...(offersPosts ? [words.offer[kind](words.posts(edition.eventNames !== undefined))] : []),
  ]
  const begin = isLeftOut(edition, 'search') ? words.beginHere : words.begin[kind](example)
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

function firstSteps(edition: Edition, offersPosts: boolean): Action[] {
  return [
    { label: words.read, command: '/briefing', role: 'primary' },
    ...(offersPosts
      ? [{ label: words.subscribe, command: '/subscribe', icon: icons.subscription }]
      : []),
    ...(edition.events.length > 0
      ? eventsActions(edition).map(action => ({
          ...action,
          ...(edition.eventNames && { icon: edition.eventNames.icon }),
        }))
      : []),
    { label: texts.help, command: '/help' },
  ]
}

/** Most UTF-16 units of an example. */
const EXAMPLE_LENGTH = 30

/**
 * Returns a question that the briefing answers: a row of a table by its name, preferably one word such as a country;
 * else a heading of a section, or its title. Without a search, it is a title. `isAnswered` tells whether the bot reads a
 * line as a question or as the name of a section. Pure.
 */
export function exampleOf(edition: Edition, isAnswered: (line: string) => boolean): string {
  const { sections } = edition
  const titles = sections.map(({ title }) => title)
  const title = () => titles.find(isAnswered) ?? titles[0] ?? ''
  if (isLeftOut(edition, 'search')) return title()
  const rows = sections.flatMap(({ tables }) =>
    tables.flatMap(({ table }) => table.children.slice(1).map(({ children: [name] }) => name)),
  )
  const headings = sections.flatMap(({ body }) =>
    body.children.filter(({ type }) => type === 'heading'),
  )
  const names = [...rows, ...headings].flatMap(node => (node ? [plainText(node).trim()] : []))
  const isWord = (name: string) => /^\p{L}{4,}$/u.test(name) && isAnswered(name)
  const isShort = (name: string) =>
    name.length <= EXAMPLE_LENGTH && /^[^~]*\p{L}{4}[^~]*$/u.test(name) && isAnswered(name)
  return names.find(isWord) ?? names.find(isShort) ?? title()
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
