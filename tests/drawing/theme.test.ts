import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coloursOf, contrast, MARK_CONTRAST, TEXT_CONTRAST } from '../../src/drawing/theme.ts'
import { runs } from '../properties.ts'

const accent = fc.nat(0xffffff).map(value => `#${value.toString(16).padStart(6, '0')}`)
const theme = fc.constantFrom('light' as const, 'dark' as const)

test('the contrast of two colours is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48)
  expect(contrast('#ff0000', '#ff0000')).toBe(1)
})

test('texts have a contrast of at least 4.5, and marks of at least 3, with any accent in both themes', () => {
  fc.assert(
    fc.property(theme, accent, (given, colour) => {
      const { plain, tinted, code } = coloursOf(given, colour)
      for (const { fill, text, quiet, accent, mark, quietMark } of [plain, tinted, code]) {
        for (const each of [text, quiet, accent]) {
          expect(contrast(each, fill)).toBeGreaterThanOrEqual(TEXT_CONTRAST)
        }
        for (const each of [mark, quietMark]) {
          expect(contrast(each, fill)).toBeGreaterThanOrEqual(MARK_CONTRAST)
        }
      }
    }),
    { numRuns: runs(2000) },
  )
})

test('an accent that can be read stays the same', () => {
  expect(coloursOf('light', '#1f5fbf').plain.accent).toBe('#1f5fbf')
})
