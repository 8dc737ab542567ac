import { expect, test } from 'vitest'
import { toDraftText, unfit } from '../../src/announcements/correction.ts'
import { readText } from '../../src/cli/announcement-text.ts'
import { readMarkdown } from '../../src/parsing/discord.ts'

test.each(['\u2066', '\u2067', '\u2068', '\u2069', '\u202E', '\u200E', '\u200F', '\u061C'])(
  'an announcement with %j is refused, and the answer names the character',
  character => {
    const code = character.codePointAt(0)?.toString(16).toUpperCase()
    const source = `Pay ${character}**1 coin${character}** to the bank.`
    expect(unfit(readMarkdown(source))).toContain(`U+${code?.padStart(4, '0')}`)
  },
)

test('characters of direction are taken out where they change nothing', () => {
  for (const source of [
    'Call \u202A+387 33 987 654\u202C now',
    '\u202D12:30\u202C and \u202Athe **port\u202C** opens',
    'שלום \u202Bעולם\u202C',
    'a\u202C b\u202E\u202C',
  ]) {
    const given = readMarkdown(source)
    expect(unfit(given), source).toBeUndefined()
    const clean = readMarkdown(source.replace(/[\u202A-\u202E]/g, ''))
    expect(toDraftText(given).body).toEqual(clean.body)
  }
})

test('characters of direction that would reorder the text are refused', () => {
  for (const source of [
    '\u202Egnp.exe',
    'a \u202E12\u202C',
    '\u202Babc!\u202C',
    'שלום \u202A+387 33\u202C',
  ]) {
    expect(unfit(readMarkdown(source)), source).toMatch(/U\+202[ABE]/)
  }
})

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

test.each(['\u2800', '\uFFFC', '\u030A', '\u0333', '\u033F'])(
  'an announcement of %j alone is refused, by the command line as well',
  async text => {
    expect(unfit(readMarkdown(text))).toBeDefined()
    expect(typeof (await readText(text))).toBe('string')
  },
)

test.each(['a\u202Egnp.exe', 'a\0b'])('the command line refuses %j', async text => {
  expect(await readText(text)).toMatch(/U\+(?:202E|0000)/)
})
