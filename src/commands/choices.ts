import { keywords } from '../content/stop-words.ts'
import { words } from '../content/words.ts'
import type { Choice } from './command.ts'

/** Returns the choice that the words of a line name: by its value, by an alias, or by words that only its title has. Pure. */
export function chosen(choices: readonly Choice[], given: string): Choice | undefined {
  const value = given.toLowerCase()
  const exact =
    choices.find(choice => choice.value === value) ??
    choices.find(({ aliases }) => aliases?.includes(value))
  if (exact) return exact
  const [only, ...others] = named(choices, given)
  return others.length === 0 ? only : undefined
}

/**
 * Returns the choices whose titles have all these words. Prefers titles without other words. Returns none if a word
 * is repeated. Pure.
 */
export function named(choices: readonly Choice[], given: string): Choice[] {
  const typed = keywords(given)
  const asked = new Set(typed)
  if (asked.size === 0 || asked.size < typed.length) return []
  const found = choices.filter(({ title }) => asked.isSubsetOf(new Set(words(title))))
  const whole = found.filter(({ title }) => asked.isSupersetOf(new Set(keywords(title))))
  return whole.length > 0 ? whole : found
}
