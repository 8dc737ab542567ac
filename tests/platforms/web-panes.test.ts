/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { type Message, message, paragraph } from '../../src/message.ts'
import { postBodies } from '../../src/platforms/web/bodies.ts'
import { createShownPictures } from '../../src/platforms/web/pictures.ts'
import type { DiscordBody, TelegramBody } from '../../src/platforms/web/protocol.ts'
import { memoryPictures } from '../pictures.ts'
import { answerTo, registry, shippedBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'

/** Draws bodies in a pane, and keeps what their callbacks receive. It replaces the script of the page. */
const HARNESS = `
import { h, render } from 'preact'
import { DiscordMessage, DiscordOwn, DiscordThinking } from './discord.ts'
import { TelegramMessage, TelegramOwn, TelegramToast, TelegramTyping } from './telegram.ts'
window.received = []
const receive = value => window.received.push(value)
window.draw = ({ discord = [], telegram = [], isPreview, more, note }) => {
  const at = Date.parse('2026-11-23T08:00:00Z')
  const common = { at, zone: 'Europe/Sarajevo', onCommand: receive, ...more }
  if (!isPreview) Object.assign(common, { onPress: receive })
  const pane = (name, nodes) => h('section', { class: name, 'aria-label': name },
    h('h2', {}, name),
    h('div', { class: 'log', role: 'log', 'aria-label': name + ' log', tabIndex: 0 }, nodes))
  document.title = 'Panes'
  render(null, document.body)
  render(h('main', { class: discord.length && telegram.length ? 'both' : '' }, h('h1', {}, 'Panes'),
    discord.length ? pane('discord', [
      h(DiscordOwn, { text: 'what is the KFOR', ...common }),
      discord.map((body, index) => h(DiscordMessage, { body, usedLine: '/start', isFirst: index === 0,
        ...(body.flags & 64 && { onDismiss: () => receive('dismissed') }), ...common })),
      h(DiscordThinking)]) : null,
    telegram.length ? pane('telegram', [
      h(TelegramOwn, { text: '/threats please', ...common }),
      telegram.map(body => h(TelegramMessage, { body, ...common })),
      h(TelegramTyping),
      note && h(TelegramToast, { note: { number: 1, text: note }, onClose: () => receive('closed') })]) : null), document.body)
}
window.isReady = true
`

const scene = usePage(shippedBot)
let page: Page

/** The bodies of a message, as the page gets them. */
function bodiesOf(said: Message) {
  const pictures = createShownPictures(memoryPictures())
  return pictures.named(postBodies(said, 'grid', { menu: () => [] }))
}

interface Drawing {
  readonly discord?: readonly DiscordBody[]
  readonly telegram?: readonly TelegramBody[]
  readonly isPreview?: true
  readonly note?: string
  readonly more?: { readonly isEdited?: true; readonly isSilent?: true }
}

declare global {
  interface Window {
    draw: (drawing: Drawing) => void
    received: string[]
    isReady: boolean
  }
}

beforeEach(async () => {
  page = scene.page
  await page.route('**/page.ts', route =>
    route.fulfill({ contentType: 'text/javascript', body: HARNESS }),
  )
  await page.goto(scene.web.address())
  await page.waitForFunction(() => window.isReady)
})

function draw(drawing: Drawing): Promise<void> {
  return page.evaluate(each => window.draw(each), drawing)
}

function received(): Promise<string[]> {
  return page.evaluate(() => window.received)
}

/** Everything that Discord draws, in one message. */
const DISCORD: DiscordBody = {
  flags: 64,
  components: [
    {
      type: 17,
      accent_color: 0xd93025,
      components: [
        {
          type: 10,
          content: [
            '# One\n## Two\n### Three\n-# small',
            'plain **bold** *italic* ~~struck~~ ||a [secret](<https://x.org>)|| `code`',
            '- a\n  - b\n    - c\n1. d\n> quoted\n> more',
            `\`\`\`\n${'long '.repeat(60)}\n\`\`\``,
            '[words](<https://x.org>) <https://y.org> <me@x.org> </threats:0> <t:1780304400:f>',
            '[no](<javascript:alert(1)>)',
          ].join('\n\n'),
        },
        { type: 12 },
        { type: 13 },
        { type: 14 },
        {
          type: 1,
          components: [
            { type: 2, style: 1, label: 'Primary', custom_id: '/one' },
            { type: 2, style: 2, label: 'Secondary', custom_id: '/two' },
            { type: 2, style: 4, label: 'Danger', custom_id: '/three' },
            { type: 2, style: 5, label: 'Link', url: 'https://x.org/' },
          ],
        },
        {
          type: 1,
          components: [
            {
              type: 3,
              placeholder: 'Choose …',
              options: [
                { label: 'A', value: '/a' },
                { label: 'B', value: '/b' },
              ],
            },
          ],
        },
      ],
    },
  ],
  file: { name: 'plan.ics', type: 'text/calendar', text: 'BEGIN:VCALENDAR' },
}

/** Everything that Telegram draws, in one message. */
const TELEGRAM: TelegramBody = {
  method: 'sendMessage',
  text: [
    '<b>bold</b> <i>italic</i> <u>under</u> <s>struck</s> <code>code</code> /threats',
    '<a href="https://x.org/">words</a> <a href="javascript:alert(1)">no</a>',
    '<tg-spoiler>a <a href="https://x.org/">secret</a></tg-spoiler>',
    '<tg-time unix="1780304400" format="r">then</tg-time>',
    '<blockquote>short</blockquote>',
    `<blockquote expandable>${'long quote '.repeat(60)}</blockquote>`,
    `<pre><code class="language-ts">const a = 1\n${'wide '.repeat(60)}</code></pre>`,
  ].join('\n'),
  reply_markup: {
    inline_keyboard: [
      [{ text: 'One', callback_data: '/one' }],
      [
        { text: 'Main', style: 'primary', callback_data: '/two' },
        { text: 'Delete', style: 'danger', callback_data: '/three' },
        { text: 'Site', url: 'https://x.org/' },
      ],
    ],
  },
}

const FILE: TelegramBody = {
  method: 'sendDocument',
  caption: 'A file.',
  document: { name: 'plan.ics', type: 'text/calendar', text: 'BEGIN:VCALENDAR' },
}

const MODES = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['forced colours', { forcedColors: 'active' }],
] as const

test.each(MODES)('axe finds nothing in messages of every kind in %s', async (_, media) => {
  await page.emulateMedia(media)
  await draw({ discord: [DISCORD, DISCORD], telegram: [TELEGRAM, FILE] })
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Show hidden text' }).first().click()
  await page.getByRole('button', { name: 'Show all' }).click()
  expect(await violations(page)).toEqual([])
})

test('every shipped answer fits a phone of 320 pixels, and its keyboard is as wide as the bubble', async () => {
  await page.setViewportSize({ width: 320, height: 740 })
  const lines = registry.commands.filter(each => !each.forModerators).map(({ name }) => `/${name}`)
  const messages = await Promise.all(lines.map(async line => (await answerTo(line)).message))
  const bodies = messages.map(bodiesOf)
  const discord = bodies.flatMap(each => each.discord)
  const telegram = bodies.flatMap(each => each.telegram)
  for (const drawing of [
    { discord: [...discord, DISCORD] },
    { telegram: [...telegram, TELEGRAM] },
  ]) {
    await draw(drawing)
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('.log, .log *:not(pre *, select *)')]
        .filter(each => each.getBoundingClientRect().right > innerWidth)
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    )
    expect(wide).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  }
  const uneven = await page.evaluate(
    () =>
      [...document.querySelectorAll('.keys')].filter(keys => {
        const bubble = keys.parentElement?.querySelector('.bubble')?.getBoundingClientRect()
        const { left, right } = keys.getBoundingClientRect()
        return (
          Math.abs(left - (bubble?.left ?? 0)) > 1 || Math.abs(right - (bubble?.right ?? 0)) > 1
        )
      }).length,
  )
  expect(uneven).toBe(0)
})

test('a screen reader gets name, time, text and buttons of a message on Discord in this order', async () => {
  const content = '# Title\n\nText, **bold**.'
  const actions = { type: 1, components: [{ type: 2, style: 1, label: 'More', custom_id: '/m' }] }
  const container = { type: 17, components: [{ type: 10, content }, actions] }
  await draw({ discord: [{ components: [container] }] })
  expect(await page.getByRole('article', { name: 'Sitrep' }).ariaSnapshot()).toBe(
    [
      '- article "Sitrep":',
      '  - paragraph: You used /start',
      '  - paragraph:',
      '    - text: Sitrep APP',
      '    - time: 23/11/2026, 09:00',
      '  - heading "Title" [level=3]',
      '  - paragraph:',
      '    - text: Text,',
      '    - strong: bold',
      '    - text: .',
      '  - button "More"',
    ].join('\n'),
  )
})

test('a menu sends a choice of the mouse at once, and one of the keyboard at Enter', async () => {
  await draw({ discord: [DISCORD] })
  const menu = page.getByRole('combobox', { name: 'Choose …' })
  await menu.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  expect(await menu.inputValue()).toBe('/b')
  expect(await received()).toEqual([])
  await page.keyboard.press('Enter')
  expect(await received()).toEqual(['/b'])
  await menu.dispatchEvent('pointerdown')
  await menu.selectOption('/a')
  expect(await received()).toEqual(['/b', '/a'])
  expect(await menu.inputValue()).toBe('')
})

test('buttons, commands and notes report what was pressed', async () => {
  await draw({ discord: [DISCORD], telegram: [TELEGRAM], note: 'Noted.' })
  for (const name of ['Primary', 'Dismiss message', 'Main', 'Close note']) {
    await page.getByRole('button', { name }).click()
  }
  await page.locator('.discord a.command').click()
  await page.locator('.telegram .bubble a.command').last().click()
  expect(await received()).toEqual(['/one', 'dismissed', '/two', 'closed', '/threats', '/threats'])
})

test('a preview disables buttons and menus, and keeps links', async () => {
  await draw({ discord: [DISCORD], telegram: [TELEGRAM], isPreview: true })
  for (const name of ['Primary', 'Secondary', 'Danger', 'One', 'Main', 'Delete']) {
    expect(await page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true)
  }
  expect(await page.getByRole('combobox').isDisabled()).toBe(true)
  expect(await page.getByRole('link', { name: 'Link' }).getAttribute('href')).toBe('https://x.org/')
})

test('only web and mail addresses become links, which open a new tab without a referrer', async () => {
  await draw({ discord: [DISCORD], telegram: [TELEGRAM] })
  const links = await page
    .locator('a:not(.command, .file)')
    .evaluateAll(all =>
      all.map(each => [
        each.textContent,
        ...['target', 'rel'].map(name => each.getAttribute(name)),
      ]),
    )
  expect(links.map(([text]) => text)).not.toContain('no')
  expect(new Set(links.map(([, ...rest]) => rest.join(' ')))).toEqual(
    new Set(['_blank noreferrer noopener']),
  )
})

test.each(['discord', 'telegram'])(
  'the keyboard reveals a spoiler on %s, and reaches its link then',
  async name => {
    await draw({ discord: [DISCORD], telegram: [TELEGRAM] })
    const pane = page.locator(`.${name}`)
    const secret = pane.getByRole('link', { name: 'secret' })
    expect(await secret.count()).toBe(0)
    await pane.getByRole('button', { name: 'Show hidden text' }).press('Enter')
    expect(await pane.locator('.spoiler').evaluate(each => each === document.activeElement)).toBe(
      true,
    )
    await page.keyboard.press('Tab')
    expect(await secret.evaluate(each => each === document.activeElement)).toBe(true)
  },
)

test('a long quote unfolds, and code is copied', async () => {
  await scene.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await draw({ telegram: [TELEGRAM] })
  const quote = page.locator('blockquote').last()
  const height = () => quote.evaluate(each => each.getBoundingClientRect().height)
  const folded = await height()
  await quote.getByRole('button', { name: 'Show all' }).press('Enter')
  expect(await height()).toBeGreaterThan(folded * 2)
  await quote.getByRole('button', { name: 'Show less' }).press('Enter')
  expect(await height()).toBe(folded)
  await page.getByRole('button', { name: 'Copy' }).press('Enter')
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toMatch(/^const a = 1\nwide /)
})

test('a quote of three lines has nothing to unfold, until its pane is narrower', async () => {
  const words = '<blockquote expandable>One line of words.\nTwo lines.\nThree lines.</blockquote>'
  await draw({ telegram: [{ method: 'sendMessage', text: words }] })
  const more = page.locator('blockquote').getByRole('button', { name: 'Show all' })
  await expect.poll(() => more.count()).toBe(0)
  await page.setViewportSize({ width: 160, height: 740 })
  await expect.poll(() => more.count()).toBe(1)
})

test('a silent and an edited message say so', async () => {
  await draw({ discord: [DISCORD], telegram: [FILE], more: { isEdited: true, isSilent: true } })
  const [discord, telegram] = await page.getByRole('article', { name: 'Sitrep' }).all()
  expect(await discord?.ariaSnapshot()).toMatch(/img "Sent without a sound"[\s\S]*\(edited\)/)
  expect(await telegram?.ariaSnapshot()).toMatch(/img "Sent without a sound"[\s\S]*edited/)
})

test('forced colours keep an outline around bubbles, containers and buttons', async () => {
  await page.emulateMedia({ forcedColors: 'active' })
  await draw({ discord: [DISCORD], telegram: [TELEGRAM] })
  const bare = await page
    .locator('.bubble, .container, .button, .key, .menu')
    .evaluateAll(all => all.filter(each => getComputedStyle(each).borderTopWidth !== '1px').length)
  expect(bare).toBe(0)
})

test.each([
  ['t', '09:00'],
  ['T', '09:00:00'],
  ['d', '23/11/2026'],
  ['D', '23 November 2026'],
  ['s', '23/11/2026, 09:00'],
  ['S', '23/11/2026, 09:00:00'],
  ['F', 'Monday, 23 November 2026, 09:00'],
])('a time of the style %s is shown as "%s" on both platforms', async (style, shown) => {
  const at = '2026-11-23T08:00:00Z'
  const time = { type: 'time', at, style, value: 'then' } as never
  const said = message([paragraph('At ', time)])
  await draw(bodiesOf(said))
  expect(await page.locator('.display time, .text > time').allInnerTexts()).toEqual([shown, shown])
})
