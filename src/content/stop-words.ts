import { words } from './words.ts'

/**
 * Words of a question that name nothing. They are English, like the bot; other languages seldom
 * have them.
 */
const STOP_WORDS = new Set(
  `a about all an and any are as at be been by can could days did do does doing find for from get give going had happening has
  have how i in into is it its just know list main many me more much my no not of on or please s say says
  show so some tell than that the their them then there these they this those to until us was we
  were what whats when where which who whos why will with would you your`.split(/\s+/),
)

/**
 * Returns the words of a text without stop words; all of them if there are only stop words. Pure.
 *
 * @param split splits the text; `indexedWords` for an index.
 */
export function keywords(text: string, split = words): string[] {
  const all = split(text)
  const found = all.filter(word => !STOP_WORDS.has(word))
  return found.length > 0 ? found : all
}
