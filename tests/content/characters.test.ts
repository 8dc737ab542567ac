import { expect, test } from 'vitest'
import { blankForbidden, findForbidden, withoutHidden } from '../../src/content/characters.ts'

/** Every character that Unicode names as steering the direction or as invisible. */
const ALL = Array.from({ length: 0x11_0000 }, (_, code) => code)
  .filter(code => code < 0xd800 || code > 0xdfff)
  .map(code => String.fromCodePoint(code))
const STEERING = ALL.filter(character => /\p{Bidi_Control}/u.test(character))
const INVISIBLE = ALL.filter(character =>
  /(?!\p{Bidi_Control})\p{Default_Ignorable_Code_Point}/u.test(character),
)

test('every character that steers the direction is found in a text without letters from right to left', () => {
  expect(STEERING).toHaveLength(12)
  for (const each of STEERING) {
    expect(findForbidden(`Pay ${each}5 euro`)?.index).toBe(4)
    expect(withoutHidden(`Pay ${each}5 euro`)).toBe(`Pay ${each}5 euro`)
    expect(blankForbidden(`Pay ${each}5 euro`)).toBe('Pay  5 euro')
  }
})

test('every invisible character between Latin letters is found, and can be taken out', () => {
  expect(INVISIBLE.length).toBeGreaterThan(4000)
  for (const each of [...INVISIBLE, '\uFFF9', '\uFFFB', '\u{13430}']) {
    expect([each.codePointAt(0), findForbidden(`a${each}b`)?.index]).toEqual([
      each.codePointAt(0),
      1,
    ])
    expect(withoutHidden(`a${each}b`)).toBe('ab')
  }
})

test.each([
  ['a family', '👨‍👩‍👧‍👦'],
  ['a profession with a skin tone', '👩🏽‍🚒'],
  ['a rainbow flag', '🏳️‍🌈'],
  ['the flags of Scotland and Wales', '🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿'],
  ['a keycap', '1️⃣'],
  ['a heart in colour and a smile as text', '❤️ ☺︎'],
  ['Persian', 'می‌خواهم'],
  ['a conjunct in Hindi', 'क्‍ष'],
  ['Sinhala', 'ශ්‍රී'],
  ['a variant of a Chinese character', '葛󠄀'],
  ['Hebrew with a mark', 'שלום (C++\u200E) עולם'],
  ['Arabic with a mark', '\u061Cشارع 5'],
  ['Mongolian', 'ᠮᠣᠩᠭᠣᠯ\u180Eᠠ'],
  ['lines and tabs', 'a\tb\nc\r\nd'],
  ['a no-break space', 'a\u00A0b'],
  ['the number mark of Arabic', '\u06DD١'],
])('%s stays as it is', (_, text) => {
  expect(findForbidden(text)).toBeUndefined()
  expect(withoutHidden(text)).toBe(text)
})

test.each([
  ['a text in tags behind a flag', '🏴\u{E0070}\u{E0061}\u{E0079}\u{E007F}', '🏴'],
  ['a joiner beside an emoji alone', '👩\u200D', '👩'],
  ['two joiners in Persian', 'می\u200C\u200Cخ', 'می\u200Cخ'],
  ['colour for a digit', '1\uFE0F', '1'],
  ['a variant of a Latin letter', 'a\u{E0100}', 'a'],
  ['a byte order mark', '\uFEFFa', 'a'],
])('%s is taken out', (_, text, left) => {
  expect(findForbidden(text)).toBeDefined()
  expect(withoutHidden(text)).toBe(left)
})

test('isolates and overrides are found in a text from right to left as well', () => {
  for (const each of STEERING.filter(character => !/[\u200E\u200F\u061C]/.test(character))) {
    expect(findForbidden(`שלום ${each}`)?.index).toBe(5)
  }
})
