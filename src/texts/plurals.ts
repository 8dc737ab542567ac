const RULES = new Intl.PluralRules('en')
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' })
const SUFFIXES: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' }
const NUMBERS = new Intl.NumberFormat('en')
const AND = new Intl.ListFormat('en-GB', { type: 'conjunction' })
const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' })
const DURATIONS = new Intl.DurationFormat('en', { style: 'long' })
const DISTANCES = new Intl.RelativeTimeFormat('en')

/** The most seconds, and the most minutes, that are named without a larger unit. */
const MOST = 90

/** Formats a number: 12480 as "12,480". Pure. */
export function figure(number: number): string {
  return NUMBERS.format(number)
}

/** Returns the words for one thing or for several, as the number requires. Pure. */
export function plural(number: number, one: string, other: string): string {
  return RULES.select(number) === 'one' ? one : other
}

/** Formats a position: 1 as "1st", 22 as "22nd". Pure. */
export function ordinal(number: number): string {
  return `${number}${SUFFIXES[ORDINALS.select(number)] ?? 'th'}`
}

/** Formats a number with its words: "1 message", "12,480 messages". Pure. */
export function counted(number: number, one: string, other: string): string {
  return `${figure(number)} ${plural(number, one, other)}`
}

/** Formats a number of chats. Pure. */
export function chats(number: number): string {
  return counted(number, 'chat', 'chats')
}

/** Joins words: "a, b and c". Pure. */
export function listed(words: readonly string[]): string {
  return AND.format(words)
}

/** Joins alternatives: "a, b or c". Pure. */
export function alternatives(words: readonly string[]): string {
  return OR.format(words)
}

/** Formats a duration in seconds in words, rounded: "33 seconds", "1 hour, 30 minutes". Pure. */
export function span(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'an unknown time'
  if (seconds < 1) return 'less than a second'
  if (seconds < MOST) return DURATIONS.format({ seconds: Math.round(seconds) })
  const minutes = Math.round(seconds / 60)
  if (minutes < MOST) return DURATIONS.format({ minutes })
  return DURATIONS.format({ hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}

/** Formats an estimated duration in seconds: "about 33 seconds", "less than a second". Pure. */
export function estimate(seconds: number): string {
  return seconds >= 1 && Number.isFinite(seconds) ? `about ${span(seconds)}` : span(seconds)
}

/** Formats the distance to a coming time: "in 30 seconds", "in 2 minutes". Pure. */
export function distance(seconds: number): string {
  if (seconds < MOST) return DISTANCES.format(Math.max(0, Math.round(seconds)), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < MOST) return DISTANCES.format(minutes, 'minute')
  return DISTANCES.format(Math.round(minutes / 60), 'hour')
}
