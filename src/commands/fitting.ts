import { keywords } from '../content/stop-words.ts'
import { words } from '../content/words.ts'
import type { Action } from '../message.ts'
import type { Command, Fitting } from './command.ts'

/** Most commands that are offered for a sentence. */
const OFFERED = 3

/** The weight of a word of a sentence: it is a word of a name, begins one, or is in the description. */
const WEIGHTS = { named: 3, begun: 2, described: 1 } as const

/** Fewest letters of a word that begins a longer one. */
const BEGINNING = 3

/** A command or a page of one, with the words by which a sentence may mean it. */
interface Entry {
  readonly action: Action
  readonly title: readonly string[]
  readonly names: readonly string[]
  readonly description: readonly string[]
}

/**
 * Returns a function that finds the commands and their pages that a sentence may mean, by the words of their names,
 * titles and descriptions: "change the hour" means the page of the hour. Offers only those that fit best. Leaves out
 * commands for moderators. Pure.
 */
export function createFitting(commands: readonly Command[]): (sentence: string) => Fitting {
  const entries = commands
    .filter(({ forModerators, forAdmins }) => !forModerators && !forAdmins)
    .flatMap(({ name, aliases, title, description, pages = [] }): Entry[] => [
      entry(title, `/${name}`, [name, ...aliases], description),
      ...pages.map(page => entry(page.title, `/${name} ${page.value}`, page.names, '')),
    ])
  return sentence => {
    const asked = [...new Set(keywords(sentence))]
    const scored = entries.map(each => ({ each, score: scoreOf(each, asked) }))
    const best = Math.max(0, ...scored.map(({ score }) => score))
    const found = scored.filter(({ score }) => best > 1 && score === best).map(({ each }) => each)
    const [first] = found
    const hasTitle = first?.title.every(word => asked.includes(word)) ?? false
    const isWhole = hasTitle && asked.every(word => first?.names.includes(word))
    return { actions: found.slice(0, OFFERED).map(({ action }) => action), isWhole }
  }
}

function entry(label: string, command: string, names: readonly string[], described: string): Entry {
  const title = keywords(label)
  return {
    action: { label, command },
    title,
    names: [...title, ...names.flatMap(name => words(name))],
    description: keywords(described),
  }
}

/** Adds the weights of the words that an entry has. */
function scoreOf({ names, description }: Entry, asked: readonly string[]): number {
  const weights = asked.map(word => {
    if (names.includes(word)) return WEIGHTS.named
    if (word.length >= BEGINNING && names.some(name => name.startsWith(word))) return WEIGHTS.begun
    return description.includes(word) ? WEIGHTS.described : 0
  })
  return weights.reduce((sum: number, weight) => sum + weight, 0)
}
