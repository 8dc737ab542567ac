import { nearest } from './content/typos.ts'
import { LOG_LEVELS } from './log.ts'

/** Settings whose values can hold a secret: a token, a password, a key in an address. IDs of people stay unseen as well. */
const SECRET = /_TOKEN$|_API_URL$|^(?:DATABASE_URL|CALENDAR_FEEDS|MODERATORS|TELEGRAM_WEBHOOK_URL)$/

/** Matches the secret parts of an address, and a part of a token that was given to another setting. */
const SECRET_PART = /[@?#]|[\w-]{24}/

/** Most characters of a value in a message. */
const SHOWN = 60

/** The values that a setting may have, if they can be listed. */
const CHOICES: Readonly<Record<string, () => readonly string[]>> = {
  LOG_LEVEL: () => LOG_LEVELS,
  TIMEZONE: () => ['UTC', ...Intl.supportedValuesOf('timeZone')],
}

/** Describes a wrong value in sentences, with the nearest right one. Empty if the value may be a secret. Pure. */
export function describeValue(name: string, value: string): string {
  if (SECRET.test(name) || SECRET_PART.test(value)) return ''
  // A control character would steer the terminal.
  const letters = Array.from(value.replace(/\p{C}/gu, ' '))
  const shown =
    letters.length > SHOWN ? `${letters.slice(0, SHOWN - 1).join('')}…` : letters.join('')
  const near = suggestion(value, CHOICES[name]?.() ?? [])
  return `. The value is “${shown}”.${near ? ` Do you mean ${near}?` : ''}`
}

function suggestion(value: string, choices: readonly string[]): string | undefined {
  // A city alone names its zone: "Sarajevo".
  const city = `/${value.replaceAll(' ', '_')}`.toLowerCase()
  return nearest(value, choices) ?? choices.find(each => each.toLowerCase().endsWith(city))
}
