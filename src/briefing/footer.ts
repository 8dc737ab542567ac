import type { RootContent } from 'mdast'
import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { quiet } from '../message.ts'
import { texts } from '../texts.ts'

/** Returns the source of an answer and the date of its facts, with a warning if they are over a year old. Pure. */
export function footer(
  { publisher }: Edition,
  asOf: string,
  today: Temporal.PlainDate,
): RootContent {
  const proof = `${texts.source(publisher)}, ${texts.asOf(asOf)}.`
  return quiet(...linked(isStale(asOf, today) ? `${proof} ${texts.stale}` : proof))
}

/** Whether `asOf`, a day or the last day of a month, lies more than a year back. */
function isStale(asOf: string, today: Temporal.PlainDate): boolean {
  const dayAfter =
    asOf.length === 'YYYY-MM'.length
      ? Temporal.PlainYearMonth.from(asOf).add({ months: 1 }).toPlainDate({ day: 1 })
      : Temporal.PlainDate.from(asOf).add({ days: 1 })
  return Temporal.PlainDate.compare(dayAfter.add({ years: 1 }), today) <= 0
}
