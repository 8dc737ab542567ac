/** A word of a text as a search compares it, and its place in the text, in UTF-16 units. */
export interface Word {
  readonly word: string
  readonly from: number
  readonly to: number
}

/** Letters that normalization leaves. A reader types d for đ, and l for ł. */
const PLAIN: Readonly<Record<string, string>> = {
  ...{ đ: 'd', ð: 'd', ł: 'l', ø: 'o', ı: 'i', ß: 'ss', æ: 'ae', œ: 'oe' },
}

/** Cyrillic letters of Serbian and Macedonian without accents, each before its Latin form; final sigma. */
const LATIN: Readonly<Record<string, string>> = {
  ...{ а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', ђ: 'd', е: 'e', ж: 'z', з: 'z', ѕ: 'dz', и: 'i' },
  ...{ ј: 'j', к: 'k', л: 'l', љ: 'lj', м: 'm', н: 'n', њ: 'nj', о: 'o', п: 'p', р: 'r', с: 's' },
  ...{ т: 't', ћ: 'c', у: 'u', ф: 'f', х: 'h', ц: 'c', ч: 'c', џ: 'dz', ш: 's', ς: 'σ' },
}

/**
 * Marks that a reader may leave out: accents, the vowels of Arabic and Hebrew, the stroke that lengthens Arabic words,
 * and invisible characters.
 * The marks of kana and of Indic scripts make other letters, so they stay.
 */
const OPTIONAL =
  /(?![\u3099\u309A])[[\p{sc=Zinh}\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Cyrl}]&&\p{M}]|\p{DI}|\u0640/gv

/** Letters of scripts that write words without blanks between them, for a class of a regular expression. */
export const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'v')
/** One such letter with its marks, or a row of other letters. */
const PIECE = new RegExp(`[[${UNSPACED}]--\\p{M}][\\p{M}\\p{DI}]*|[^${UNSPACED}]+`, 'gv')

/** Letters, digits, and the invisible characters inside of words. */
const RUN = /[\p{L}\p{N}\p{M}\p{DI}_]+/gv
const FOLDED = /[\p{L}\p{N}\p{M}_]+/gv

/** Replaces letters with accents by plain ones, in lower case: "Łódź" is lodz. Pure. */
export function withoutAccents(text: string): string {
  return plain(text.normalize('NFKD').replace(/\p{M}/gu, ''))
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[đðłøıßæœ]/g, letter => PLAIN[letter] ?? letter)
}

/** Folds what a reader takes for the same: case, accents, both scripts of Serbian, `dj` and `đ`. */
function fold(text: string): string {
  if (isAscii(text)) return withoutDj(text.toLowerCase())
  const letters = plain(text.normalize('NFKD').replace(OPTIONAL, ''))
  return withoutDj(letters.replace(/[ςа-џ]/g, letter => LATIN[letter] ?? letter))
}

/**
 * Replaces `dj` by `d` in words of four letters or more. A word that begins with `adj` keeps it, because it would find
 * every word that begins with `ad`.
 */
function withoutDj(text: string): string {
  if (!text.includes('dj')) return text
  return text.replace(/[\p{L}\p{N}\p{M}_]{4,}/gu, word =>
    word.startsWith('adj') ? word : word.replaceAll('dj', 'd'),
  )
}

function isAscii(text: string): boolean {
  return /^[\0-\x7F]*$/.test(text)
}

/** Whether a text has letters of a script that writes words without blanks between them. Pure. */
export function isUnspaced(text: string): boolean {
  return HAS_UNSPACED.test(text)
}

/** The words of a text for an index; see {@link wordsIn}. Pure. */
export function indexedWords(text: string): string[] {
  return isAscii(text) ? (fold(text).match(/\w+/g) ?? []) : wordsIn(text).map(({ word }) => word)
}

/**
 * Splits a text into words. Scripts without blanks yield each pair of neighbouring letters and the last
 * letter of a row, because a dictionary divides the same word otherwise in another sentence. Pure.
 */
export function wordsIn(text: string): Word[] {
  return [...text.matchAll(RUN)].flatMap(({ 0: run, index }) => {
    if (!isUnspaced(run)) return foldedRun(run, index)
    const pieces = [...run.matchAll(PIECE)]
    return pieces.flatMap(({ 0: piece, index: at }, number) => {
      const from = index + at
      if (!isUnspaced(piece)) return foldedRun(piece, from)
      const next = pieces[number + 1]?.[0] ?? ''
      const pair = isUnspaced(next) ? piece + next : piece
      return { word: fold(pair), from, to: from + pair.length }
    })
  })
}

/** Splits a text at blanks and punctuation into folded words, also in scripts without blanks. Pure. */
export function foldedWords(text: string): string[] {
  return [...text.matchAll(RUN)].flatMap(({ 0: run }) => fold(run).match(FOLDED) ?? [])
}

function foldedRun(run: string, from: number): Word[] {
  // A compatibility character may fold to several words: ½ is 1 and 2.
  return (fold(run).match(FOLDED) ?? []).map(word => {
    return { word: word.replace(ARTICLE, ''), from, to: from + run.length }
  })
}

/** The Arabic article with the words for "and", "then", "in", "like" and "for" that are written before it. */
const ARTICLE = /^[وف]?(?:[بك]?ال|لل)(?=[\u0620-\u064A]{2})/

/** ICU chooses its dictionary by the script, so one segmenter serves every language. */
const DICTIONARY = new Intl.Segmenter('und', { granularity: 'word' })

/**
 * Splits what a reader asks for into words. In scripts without blanks a dictionary finds the words, and
 * each word becomes its pairs of letters. Pure.
 */
export function words(text: string): string[] {
  if (!isUnspaced(text)) return indexedWords(text)
  const found = [...DICTIONARY.segment(text)].flatMap(({ segment }) => {
    const parts = indexedWords(segment)
    // The last letter of a word is part of its last pair.
    return parts.length > 1 && isUnspaced(parts.at(-1) ?? '') ? parts.slice(0, -1) : parts
  })
  // One kana alone is a particle.
  const named = found.filter(word => !/^\p{scx=Hira}$/v.test(word))
  return named.length > 0 ? named : found
}
