/**
 * Words that ask but name nothing. English, like everything the bot says itself; in a briefing in
 * another language they simply never match.
 */
const FILLERS = new Set(
  `a about all an and any are as at be been by can could days did do does find for from get give had has
  have how i in into is it its just know list many me more much my no not of on or please s say says
  show so some tell than that the their them then there these they this those to until us was we
  were what when where which who why will with would you your`.split(/\s+/),
)

/** The words of a text in lower case and without accents: "Đurđević’s" is durdevic, s. */
export function words(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  // Letters of the region that have no accent to lose: a reader types d for đ, l for ł.
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

/** The words that carry meaning; all of them where none does. */
export function keywords(text: string): string[] {
  const all = words(text)
  const telling = all.filter(word => !FILLERS.has(word))
  return telling.length > 0 ? telling : all
}
