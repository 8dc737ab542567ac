import { createRequire } from 'node:module'
import { GlobalFonts } from '@napi-rs/canvas'
import { expect, test } from 'vitest'
import { coveredBy } from '../../src/drawing/font-coverage.ts'
import { fontOf } from '../../src/drawing/fonts.ts'

const familiesOf = (text: string, isEmoji = false) =>
  [...fontOf(text, isEmoji, { size: 14, weight: 400 }).matchAll(/"([^"]+)"/g)].map(
    ([, family]) => family,
  )

test('a text names only the font files that it needs, and all of them are registered', () => {
  expect(familiesOf('Drin at Shkodër')).toEqual(['noto-sans-latin-wght-normal'])
  expect(familiesOf('Косово, 4')).toEqual([
    'noto-sans-latin-wght-normal',
    'noto-sans-cyrillic-wght-normal',
  ])
  expect(familiesOf('مستوى')).toEqual([
    'noto-sans-latin-wght-normal',
    'noto-sans-arabic-arabic-wght-normal',
  ])
  expect(familiesOf('🟢', true)).toEqual(['twemoji'])
  for (const text of ['水', '강', 'שלום', '✓']) {
    const families = familiesOf(text)
    expect(families).toHaveLength(2)
    for (const family of families) expect(GlobalFonts.has(family ?? '')).toBe(true)
  }
})

test('a declared range without the glyph is passed over', () => {
  const require = createRequire(import.meta.url)
  const latin = '@fontsource-variable/noto-sans/files/noto-sans-latin-wght-normal.woff2'
  const covered = coveredBy(require.resolve(latin))
  expect(covered.has(0x41)).toBe(true)
  expect(covered.has(0x2191)).toBe(false)
  expect(familiesOf('↑')[1]).toMatch(/^noto-sans-sc-/)
})

test('italics come from the italic files of Noto Sans', () => {
  const italic = fontOf('Drin', false, { size: 14, weight: 600, isItalic: true })
  expect(italic).toBe('italic 600 14px "noto-sans-latin-wght-italic"')
})
