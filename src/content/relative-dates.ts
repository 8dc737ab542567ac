import type { Finding } from './problem.ts'

/** A text with its relative dates as dates of the calendar. */
export interface DatedText {
  readonly text: string
  readonly problems: readonly Finding[]
  /** Whether the text had relative dates. */
  readonly isRelative: boolean
}

/** Anything that begins like a relative date. Other words in braces, such as `{{name}}`, are text. */
const CANDIDATE = /\{\{ *today(?![a-z0-9_])[^{}\n]*(?:\}\}?)?/gi

const RELATIVE =
  /^\{\{ *today *(?:(?<sign>[+-]) *(?<count>\d{1,4}) *(?<unit>[dw]))?(?<words> +in words)? *\}\}$/

const IN_WORDS = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/**
 * Replaces `{{today}}`, `{{today+3d}}` and `{{today-2w}}` by an ISO date, and `{{today-1d in words}}` by a date such as
 * "29 November 2026". A malformed one is a problem, and `today` stands in its place so that the other checks go on. The
 * lines stay the same. Pure.
 */
export function withRelativeDates(text: string, today: Temporal.PlainDate): DatedText {
  const problems: Finding[] = []
  let isRelative = false
  const dated = text.replace(CANDIDATE, (written, offset: number) => {
    isRelative = true
    const groups = RELATIVE.exec(written)?.groups
    if (!groups) {
      const line = text.slice(0, offset).split('\n').length
      const message = `\`${written.trimEnd()}\` is not a relative date.`
      const fix = 'Write {{today}}, {{today+3d}}, {{today-2w}} or {{today+3d in words}}.'
      problems.push({ line, message, fix })
      return today.toString()
    }
    const { sign, count = 0, unit, words } = groups
    const number = Number(`${sign ?? ''}${count}`)
    const date = today.add(unit === 'w' ? { weeks: number } : { days: number })
    return words ? IN_WORDS.format(date) : date.toString()
  })
  return { text: dated, problems, isRelative }
}
