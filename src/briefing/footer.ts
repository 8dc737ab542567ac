import type { Paragraph } from 'mdast'
import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { type Message, quiet } from '../message.ts'
import { texts } from '../texts.ts'

/** Returns the source of an answer and the date of its facts, as one quiet line. Pure. */
export function footer({ publisher }: Edition, asOf: string, today: Temporal.PlainDate): Paragraph {
  return aged(quiet(...linked(`${texts.source(publisher)}, ${texts.asOf(asOf)}.`)), asOf, today)
}

/** Marks a source whose facts are over a year old. Pure. */
export function aged(line: Paragraph, asOf: string, today: Temporal.PlainDate): Paragraph {
  return isStale(asOf, today) ? { ...line, data: { ...line.data, age: 'old' } } : line
}

/** Adds a warning to a source whose facts are over a year old. Pure. */
export function warned(source: Paragraph): Paragraph {
  if (source.data?.age !== 'old') return source
  const children = [...source.children, { type: 'text' as const, value: ` ${texts.stale}` }]
  return { ...source, data: { ...source.data, age: 'warned' }, children }
}

/** Returns the age that the source of a message tells; undefined if its facts are not over a year old. Pure. */
export function ageOf({ body }: Message): 'old' | 'warned' | undefined {
  const ages = body.children.map(({ data }) => (data && 'age' in data ? data.age : undefined))
  return ages.find(age => age !== undefined)
}

const warnings = new WeakMap<Message, Message>()

/** Adds the warning to the source of a message. The same message has the same result, so that it is rendered once. */
export function withWarning(message: Message): Message {
  const known = warnings.get(message)
  if (known) return known
  const children = message.body.children.map(block =>
    block.type === 'paragraph' ? warned(block) : block,
  )
  const result = { ...message, body: { ...message.body, children } }
  warnings.set(message, result)
  return result
}

/** Whether `asOf`, a day or the last day of a month, lies more than a year back. */
function isStale(asOf: string, today: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(endOfAsOf(asOf).add({ years: 1 }), today) <= 0
}

/** Returns the day after `asOf`, which is a day or a month. Pure. */
export function endOfAsOf(asOf: string): Temporal.PlainDate {
  return asOf.length === 'YYYY-MM'.length
    ? Temporal.PlainYearMonth.from(asOf).add({ months: 1 }).toPlainDate({ day: 1 })
    : Temporal.PlainDate.from(asOf).add({ days: 1 })
}
