import { keywords } from '../content/stop-words.ts'
import { words } from '../content/words.ts'
import type { Choice } from './command.ts'

/** Fewest letters of a word that stands for a longer one. */
const BEGINNING = 3

/**
 * Returns the choice that the words of a line name: by its value, by an alias, or by words that only its title has. Pure.
 *
 * @param isExact whether the words are whole, because the choice changes something.
 */
export function chosen(
  choices: readonly Choice[],
  given: string,
  isExact = false,
): Choice | undefined {
  const value = given.toLowerCase()
  const exact =
    choices.find(choice => choice.value === value) ??
    choices.find(({ aliases }) => aliases?.includes(value))
  if (exact) return exact
  const [only, ...others] = named(choices, given, isExact)
  if (!only || others.length > 0) return undefined
  // A word that is typed twice may be a slip, unless the title has it twice: "Day by day".
  const left = words(only.title)
  const isTwice = keywords(given).some(
    word => left.splice(left.findIndex(each => means(word, each)) >>> 0, 1).length === 0,
  )
  return isTwice ? undefined : only
}

/**
 * Returns the choices whose titles have all these words; if there are none, those with words that begin so. Prefers
 * titles without other words. Pure.
 */
export function named(choices: readonly Choice[], given: string, isExact = false): Choice[] {
  const asked = new Set(keywords(given))
  if (asked.size === 0) return []
  const found = choices.filter(({ title }) => asked.isSubsetOf(new Set(words(title))))
  if (found.length === 0 && !isExact) {
    return choices.filter(({ title }) =>
      [...asked].every(word => words(title).some(each => means(word, each))),
    )
  }
  const whole = found.filter(({ title }) => asked.isSupersetOf(new Set(keywords(title))))
  return whole.length > 0 ? whole : found
}

/** Whether a word is that of a title, its beginning, or its plural. */
function means(word: string, titled: string): boolean {
  if (word === titled) return true
  return word.length >= BEGINNING && (titled.startsWith(word) || word === `${titled}s`)
}
