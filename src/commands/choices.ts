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
  if (!only || others.length > 0) return undefined
  // A word that is typed twice may be a slip, unless the title has it twice: "Day by day".
  const left = words(only.title)
  const isTwice = keywords(given).some(
    word => left.splice(left.indexOf(word) >>> 0, 1).length === 0,
  )
  return isTwice ? undefined : only
}

/** Returns the choices whose titles have all these words. Prefers titles without other words. Pure. */
export function named(choices: readonly Choice[], given: string): Choice[] {
  const asked = new Set(keywords(given))
  if (asked.size === 0) return []
  const found = choices.filter(({ title }) => asked.isSubsetOf(new Set(words(title))))
  const whole = found.filter(({ title }) => asked.isSupersetOf(new Set(keywords(title))))
  return whole.length > 0 ? whole : found
}
