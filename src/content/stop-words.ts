/**
 * Words of a question that name nothing. They are English, like the bot; other languages seldom
 * have them.
 */
const STOP_WORDS = new Set(
  `a about all an and any are as at be been by can could days did do does find for from get give had has
  have how i in into is it its just know list many me more much my no not of on or please s say says
  show so some tell than that the their them then there these they this those to until us was we
  were what when where which who why will with would you your`.split(/\s+/),
)

/**
 * Splits a text into words in lower case and without accents: "Đurđević’s" is durdevic, s. Pure.
 */
export function words(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  // Normalization leaves these letters of the region, and a reader types d for đ, l for ł.
  const plain = folded.replace(/[đðłøıßæœ]/g, letter => PLAIN[letter] ?? letter)
  return plain.match(/[\p{L}\p{N}_]+/gu) ?? []
}

const PLAIN: Record<string, string> = {
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ø: 'o',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
}

/**
 * Returns the words of a text without stop words; all of them if there are only stop words. Pure.
 */
export function keywords(text: string): string[] {
  const all = words(text)
  const found = all.filter(word => !STOP_WORDS.has(word))
  return found.length > 0 ? found : all
}
