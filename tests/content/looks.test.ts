import { expect, test } from 'vitest'
import { createRegistry } from '../../src/commands/registry.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { answerTo } from '../shipped.ts'
import { edition, problems, section } from './fixture.ts'

const BETA = 'sections/02-beta.md'
const FRONT = 'command: beta\ntitle: Beta\nsummary: The second section.'
const HEAD = `id: test
title: A briefing
summary: What it says.
publisher: The publisher
source: The source
asOf: 2026-01
language: en
licence: MIT
`

const withIcon = (icon: string) => ({ [BETA]: section(`${FRONT}\nicon: ${icon}`) })
const accented = (accent: string) => ({ 'edition.yaml': `${HEAD}accent: ${accent}\n` })

test.each(['🚢', '⚠️', '⚠', '👩‍👩‍👧‍👦', '🇽🇰', '1️⃣', '☎'])('%s is an icon', icon => {
  const [, beta] = edition(withIcon(icon)).sections
  expect(beta?.icon?.replace('\uFE0F', '')).toBe(icon.replace('\uFE0F', ''))
  expect(beta?.icon).toMatch(/^\p{RGI_Emoji}$/v)
})

test.each(['ab', '🚢🚢', '":ship:"', '1', '"x🚢"', '[🚢, 🚢]'])('%s is no icon', icon => {
  expect(problems(withIcon(icon))).toEqual([
    expect.stringMatching(
      /^sections\/02-beta\.md:5 `.+` is not one emoji\. \| Write one emoji, such as 🚢\.$/u,
    ),
  ])
})

test.each(['"#1d4ed8"', "'#FFFFFF'", '"#000000"'])('%s is a colour', accent => {
  expect(edition(accented(accent)).accent).toBe(accent.slice(1, -1))
})

test.each(['"#fff"', 'blue', '"1d4ed8"', '123456', '"#1d4ed8ff"', '"#ggg000"'])(
  '%s is no colour',
  accent => {
    expect(problems(accented(accent))).toEqual([
      `edition.yaml:9 \`${accent.replaceAll('"', '')}\` is not a colour. | Write # and six hexadecimal digits in quotes, such as "#1d4ed8".`,
    ])
  },
)

test('a colour without quotes is a comment of YAML, and the problem says how to write it', () => {
  expect(problems(accented('#1d4ed8'))).toEqual([
    'edition.yaml:9 `accent` is empty. | Write # and six hexadecimal digits in quotes, such as "#1d4ed8".',
  ])
})

test('an icon stands before the title of its section, in the overview and on its buttons', async () => {
  const registry = createRegistry(
    edition({ ...withIcon('🚢'), 'sections/03-c.md': section('command: c\ntitle: C\nsummary: S') }),
  )
  const shown = async (line: string) => {
    const { message } = await answerTo(line, registry)
    const [body] = renderTelegram(message)
    const keys = body?.reply_markup?.inline_keyboard.flat().map(({ text }) => text)
    const [discord] = renderDiscord(message)
    for (const key of keys ?? []) expect(JSON.stringify(discord)).toContain(JSON.stringify(key))
    return { text: body && 'text' in body ? body.text : '', keys }
  }
  expect((await shown('/beta')).text).toMatch(/^<b>🚢 Beta<\/b>/)
  expect((await shown('/alpha')).keys).toEqual(['Details', '🚢 Next: Beta'])
  for (const line of ['/briefing', '/help'])
    expect((await shown(line)).keys?.slice(0, 3)).toEqual(['Alpha', '🚢 Beta', 'C'])
  expect((await shown('/search second')).keys).toEqual(['🚢 Beta'])
})

test('every answer has the colour of its edition on Discord', async () => {
  const registry = createRegistry(edition(accented('"#1d4ed8"')))
  for (const line of ['/start', '/alpha', '/help', '/nothing', '/search zebra']) {
    for (const { components } of renderDiscord((await answerTo(line, registry)).message))
      expect(components[0].accent_color, line).toBe(0x1d4ed8)
  }
  const plain = createRegistry(edition())
  const [body] = renderDiscord((await answerTo('/alpha', plain)).message)
  expect(body?.components[0]).not.toHaveProperty('accent_color')
  // A cached answer stays one object, so that it is rendered once.
  const { message } = await answerTo('/alpha', registry)
  expect((await answerTo('/alpha', registry)).message).toBe(message)
})
