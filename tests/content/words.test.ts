import { expect, test } from 'vitest'
import { indexedWords, words, wordsIn } from '../../src/content/words.ts'

test('letters of the region fold to those that readers type', () => {
  expect(words('Đurđević’s Łódź, Kırklareli')).toEqual(['durdevic', 's', 'lodz', 'kirklareli'])
})

test.for([
  ['Косово', 'Kosovo'],
  ['Приштина', 'Priština', 'Pristina'],
  ['Ђорђевић', 'Đorđević', 'Djordjevic', 'Dordevic'],
  ['џеп', 'džep', 'dzep', 'ǆep'],
  ['Љубљана', 'Ljubljana', 'ǈubljana'],
  ['Ќафасан', 'Kafasan'],
  ['ΟΔΟΣ', 'οδός'],
  ['مُحَمَّد', 'محمد'],
  ['co\u00ADoperation', 'co\u200Boperation', 'coopera\u2060tion', 'cooperation'],
])('%j are one word', spellings => {
  expect(new Set(spellings.map(spelling => words(spelling).join(' ')))).toHaveLength(1)
})

test('a short word, and a word that begins with “adj”, keeps its letters', () => {
  expect(words('adj DJ adjacent Adjective readjust djak')).toEqual([
    ...['adj', 'dj', 'adjacent', 'adjective', 'readust', 'dak'],
  ])
})

test('marks that make other letters stay: of kana, Thai and Indic scripts', () => {
  expect(words('が')).not.toEqual(words('か'))
  expect(words('की')).not.toEqual(words('का'))
})

test('a text without blanks is indexed by pairs of letters, and a query by those of its words', () => {
  expect(indexedWords('部队抵达港口。')).toEqual(['部队', '队抵', '抵达', '达港', '港口', '口'])
  expect(words('部队什么时候抵达港口')).toEqual(expect.arrayContaining(['部队', '抵达', '港口']))
  expect(indexedWords('2026年5月')).toEqual(['2026', '年', '5', '月'])
})

test('a word has its place in the text', () => {
  const text = 'The «Đakovo» port, 抵达港口'
  expect(wordsIn(text).map(({ from, to }) => text.slice(from, to))).toEqual([
    ...['The', 'Đakovo', 'port', '抵达', '达港', '港口', '口'],
  ])
})
