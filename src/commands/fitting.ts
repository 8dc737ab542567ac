import { keywords } from '../content/stop-words.ts'
import { words } from '../content/words.ts'
import type { Action } from '../message.ts'
import { texts } from '../texts.ts'
import type { Command, Fitting } from './command.ts'

/** Most commands that are offered for a sentence. */
const OFFERED = 3

/** The weight of a word of a sentence: it is a word of a name, begins one, or is in the description. */
const WEIGHTS = { named: 3, begun: 2, described: 1 } as const

/** Fewest letters of a word that begins a longer one. */
const BEGINNING = 3

/** Words of a sentence that ask for a change of any setting. */
const VERBS = new Set(['adjust', 'change', 'choose', 'edit', 'set', 'use'])

/** A command or a page of one, with the words by which a sentence may mean it. */
interface Entry {
  readonly action: Action
  /** The words of the title, and of each name. */
  readonly phrases: readonly (readonly string[])[]
  /** All words of the phrases. */
  readonly names: readonly string[]
  readonly description: readonly string[]
}

/**
 * Returns a function that finds the commands and their pages that a sentence may mean, by the words of their names,
 * titles and descriptions: "change the hour" means the page of the hour. Offers only those that fit best. Beside
 * the results of a search, it offers only commands that have a word which the search missed, or all words of the
 * sentence. Leaves out commands for moderators. Pure.
 */
export function createFitting(commands: readonly Command[]): Fitting {
  const entries = commands
    .filter(({ forModerators, forAdmins }) => !forModerators && !forAdmins)
    .flatMap(({ name, aliases, title, description, asked = [], pages = [] }): Entry[] => [
      entry(
        { label: title, command: `/${name}` },
        title,
        [name, ...aliases, ...asked],
        description,
      ),
      ...pages.map(page => {
        const label = texts.pageOf(title, page.title)
        return entry({ label, command: `/${name} ${page.value}` }, page.title, page.names, '')
      }),
    ])
  return (sentence, missing) => {
    const words = [...new Set(keywords(sentence))]
    const nouns = words.filter(word => !VERBS.has(word))
    const asked = nouns.length > 0 ? nouns : words
    const scored = entries.map(each => ({ each, score: scoreOf(each, asked) }))
    const best = Math.max(0, ...scored.map(({ score }) => score))
    return scored
      .filter(({ score }) => best > 1 && score === best)
      .map(({ each }) => each)
      .filter(each => !missing || isWhole(each, asked) || hasAny(each, missing))
      .slice(0, OFFERED)
      .map(({ action }) => action)
  }
}

/** Whether the words have all of a name or title, and nothing else. */
function isWhole({ phrases, names }: Entry, asked: readonly string[]): boolean {
  const hasPhrase = phrases.some(phrase => phrase.every(word => asked.includes(word)))
  return hasPhrase && asked.every(word => names.includes(word))
}

function hasAny({ names }: Entry, words: readonly string[]): boolean {
  return words.some(word => names.includes(word))
}

function entry(action: Action, title: string, names: readonly string[], described: string): Entry {
  const phrases = [keywords(title), ...names.map(name => words(name))]
  return { action, phrases, names: phrases.flat(), description: keywords(described) }
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
