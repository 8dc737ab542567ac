import { expect, test } from 'vitest'
import { toDraftText, unfit } from '../../src/announcements/correction.ts'
import { readMarkdown } from '../../src/parsing/discord.ts'

test.each(['\u2066', '\u2067', '\u2068', '\u2069', '\u202E', '\u200E', '\u200F', '\u061C'])(
  'an announcement with %j is refused, and the answer names the character',
  character => {
    const code = character.codePointAt(0)?.toString(16).toUpperCase()
    const source = `Pay ${character}**1 coin${character}** to the bank.`
    expect(unfit(readMarkdown(source))).toContain(`U+${code?.padStart(4, '0')}`)
  },
)

test.each([
  '\u200B',
  '\u2060',
  '\u2063',
  '\u206A',
  '\u00AD',
  '\u3164',
  '\u{E0041}',
  '\uFEFF',
  '\uFFF9',
])('%j is removed from the words and the addresses of an announcement', character => {
  const [clean, given] = ['', character].map(hidden =>
    readMarkdown(
      `The b${hidden}ank \`co${hidden}de\` [pa${hidden}ge](https://bank.example/a${hidden}b)`,
    ),
  )
  if (!clean || !given) throw new Error('Two texts were read.')
  expect(given.body).not.toEqual(clean.body)
  expect(unfit(given)).toBeUndefined()
  expect(toDraftText(given).body).toEqual(clean.body)
})

test('joiners that a script or an emoji needs stay in an announcement', () => {
  const given = readMarkdown('👩‍🚒 می‌خواهم ❤️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 क्‍ष')
  expect(unfit(given)).toBeUndefined()
  expect(toDraftText(given).body).toEqual(given.body)
})
