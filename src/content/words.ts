/**
 * Words that ask but name nothing. English, like everything the bot says itself; in a briefing in
 * another language they simply never match.
 */
const FILLERS = new Set(
  `a about an and any are as at be by can could do does for from give have how i in is it its just me
  more my of on or please s show some tell than that the their there these they this those to us
  was we were what when where which who why will with would you your`.split(/\s+/),
)

/** The words of a text in lower case and without accents: "Đurđević’s" is durdevic, s. */
export function words(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  // Letters of the region that have no accent to lose: a reader types d for đ, l for ł.
  const plain = folded.replace(/[đðłøıß]/g, letter => PLAIN[letter] ?? letter)
  return plain.match(/[\p{L}\p{N}_]+/gu) ?? []
}

const PLAIN: Record<string, string> = { đ: 'd', ð: 'd', ł: 'l', ø: 'o', ı: 'i', ß: 'ss' }

/** The words that carry meaning; all of them where none does. */
export function tellingWords(text: string): string[] {
  const all = words(text)
  const telling = all.filter(word => !FILLERS.has(word))
  return telling.length > 0 ? telling : all
}
