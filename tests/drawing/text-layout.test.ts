import { expect, test } from 'vitest'
import { MissingGlyph } from '../../src/drawing/fonts.ts'
import { styled, type TextStyle } from '../../src/drawing/styled-text.ts'
import { layOut } from '../../src/drawing/text-layout.ts'
import { measure } from './scenes.ts'

const STYLE: TextStyle = { size: 14, weight: 400, colour: '#000000' }
const CODE = { colour: '#111111', fill: '#eeeeee' }

const linesIn = (text: string, width: number) =>
  layOut(styled([{ text }], STYLE, CODE), width, measure).map(({ pieces }) =>
    pieces.map(piece => piece.text).join(''),
  )

test('a text breaks between words, and keeps a number with its unit', () => {
  const [line] = layOut(styled([{ text: 'The level is 4.20' }], STYLE, CODE), 400, measure)
  expect(linesIn('The level is 4.20 m', (line?.width ?? 0) + 2)).toEqual([
    'The level is',
    '4.20\u00a0m',
  ])
})

test('a word that is wider than its column breaks within, and never within a grapheme', () => {
  const lines = linesIn('👩🏽‍🚒'.repeat(7), 50)
  expect(lines.join('')).toBe('👩🏽‍🚒'.repeat(7))
  expect(lines.every(line => /^(?:👩🏽‍🚒)+$/u.test(line))).toBe(true)
  expect(linesIn('Donaudampfschifffahrt', 60).join('')).toBe('Donaudampfschifffahrt')
})

test('Chinese breaks between any two letters, and no line begins with a closing mark', () => {
  const lines = linesIn('河流水位正在上升，请远离河岸。', 60)
  expect(lines.length).toBeGreaterThan(3)
  expect(lines.every(line => !/^[，。]/u.test(line))).toBe(true)
})

test('a line end breaks the line, and blanks at its ends are not drawn', () => {
  expect(linesIn(' one \n\n two', 200)).toEqual(['one', '', 'two'])
  const [word] = layOut(styled([{ text: 'Donau' }], STYLE, CODE), 400, measure)
  expect(linesIn('   Donau', (word?.width ?? 0) + 1)).toEqual(['Donau'])
})

test('the pieces of a line from right to left stand in their order on the screen', () => {
  const [line] = layOut(styled([{ text: 'مستوى 4.20 abc' }], STYLE, CODE), 300, measure)
  expect(line?.isRightToLeft).toBe(true)
  expect(line?.pieces.map(({ text }) => text.trim())).toEqual(['abc', '', '4.20', 'مستوى'])
})

test('only characters that ask for it are emoji', () => {
  const kinds = layOut(styled([{ text: '⚠️⚠🟢©3️⃣🇽🇰✔️' }], STYLE, CODE), 400, measure)
    .flatMap(({ pieces }) => pieces)
    .map(({ text, isEmoji, style }) => [text, isEmoji, style.fill !== undefined])
  expect(kinds).toEqual([
    ['⚠️', true, false],
    ['⚠', false, false],
    ['🟢', true, false],
    ['©', false, false],
    ['3', false, true],
    ['🇽🇰', true, false],
    ['✔️', false, false],
  ])
})

test('a character that no font has is refused instead of drawn as a box', () => {
  expect(() => linesIn('ภาษาไทย', 300)).toThrow(MissingGlyph)
})
