/// <reference lib="dom" />
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { commandName, heading, message, paragraph } from '../../src/message.ts'
import { openKeepingBot } from '../keeping.ts'
import { answering } from '../request.ts'
import { shippedBot } from '../shipped.ts'
import { shoot, usePage, violations } from './web-page-scene.ts'
import { createWebServer } from './web-server.ts'

const EVIL = [
  '<img src=x onerror="window.hacked = 1">',
  '<script>window.hacked = 1</script>',
  '"><svg onload=window.hacked=1>',
  '</div></body><iframe src="javascript:window.hacked=1">',
]

const bot = answering(shippedBot, async (line, ask) => {
  if (line === '/evil') {
    const body = [
      heading(1, EVIL.join(' ')),
      ...EVIL.map(value => paragraph({ type: 'html', value })),
      ...EVIL.map(value => paragraph({ type: 'inlineCode', value })),
      { type: 'code' as const, value: EVIL.join('\n') },
      paragraph({
        type: 'link',
        url: 'https://x.org/"onmouseover="window.hacked=1',
        children: [{ type: 'text', value: EVIL[0] ?? '' }],
      }),
    ]
    return {
      message: message(body, [{ label: EVIL[0] ?? '', command: '/next' }]),
      understood: true,
    }
  }
  if (line === '/live') {
    const code = { type: 'inlineCode' as const, value: '/next' }
    const said = message([paragraph('See ', commandName('/threats'), ' or /nothing, ', code, '.')])
    return { message: { ...said, accent: '#005a9c' }, understood: true }
  }
  if (line === '/when') {
    const at = '2026-11-29T22:24:00Z'
    const said = message([paragraph('Corrected: ', { type: 'time', at, value: 'then' })])
    return { message: said, understood: true }
  }
  if (line === '/many') {
    const actions = Array.from({ length: 30 }, (_, index) => ({
      label: `Choice ${index}`,
      command: index === 7 ? '/next' : `/search ${index}`,
    }))
    return { message: message([paragraph('Many choices.')], actions), understood: true }
  }
  return ask()
})

const scene = usePage(bot)
let page: Page

beforeEach(async () => {
  page = scene.page
  await page.goto(scene.web.address())
  await answered('/start')
})

/** Waits until the answer to the last line is drawn in both skins. */
async function answered(line: string): Promise<void> {
  for (const skin of ['.discord', '.telegram']) {
    await page.waitForFunction(
      ([selector, text]) => {
        const asked = [...document.querySelectorAll(`${selector} .asked`)].at(-1)
        return (
          asked?.textContent === `You: ${text}` && asked?.nextElementSibling?.matches('.message')
        )
      },
      [skin, line],
    )
  }
}

async function type(line: string): Promise<void> {
  await page.fill('#line', line)
  await page.press('#line', 'Enter')
  await answered(line)
}

/** The text of the last message in a skin. */
function last(skin: 'discord' | 'telegram'): Promise<string> {
  return page.locator(`.${skin} .message`).last().innerText()
}

test('a line is answered in both skins, from the bodies that would be sent', async () => {
  await type('/partnerships')
  for (const skin of ['discord', 'telegram'] as const) {
    const text = await last(skin)
    expect(text).toMatch(/^Partnerships with local governments\n/)
    expect(text.replaceAll('\u2060', '')).toMatch(
      /North Macedonia(?: — |\n+Engagement Type: )Capacity/,
    )
  }
  expect(await page.locator('.discord .display h3').last().innerText()).toMatch(/^Partnerships/)
  expect(await page.inputValue('#line')).toBe('')
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(800)
  await shoot(page, 'light.png')
})

test('suggestions come while a command is typed; arrows and Enter choose one', async () => {
  await page.locator('#line').pressSequentially('/exercises')
  const box = page.getByRole('listbox', { name: 'Commands' })
  // The list of what is typed so far comes anew with every letter: this is the last one.
  await page.waitForFunction(() =>
    document.querySelector('[role=option]')?.textContent?.startsWith('/exercises upcoming'),
  )
  expect(await page.getAttribute('#line', 'aria-expanded')).toBe('true')
  await page.press('#line', 'ArrowDown')
  await page.press('#line', 'ArrowDown')
  const active = await page.getAttribute('#line', 'aria-activedescendant')
  expect(await page.locator(`#${active}`).innerText()).toBe('/exercises past Past')
  await page.press('#line', 'Enter')
  expect(await page.inputValue('#line')).toBe('/exercises past')
  expect(await box.isHidden()).toBe(true)
  await page.press('#line', 'Enter')
  await answered('/exercises past')
  expect(await last('telegram')).toMatch(/^Past exercises/)
})

test('suggestions are gone once a line is sent, however late the server names them', async () => {
  const box = page.locator('#suggestions')
  await page.locator('#line').pressSequentially('/threats', { delay: 20 })
  await box.waitFor()
  await page.press('#line', 'Enter')
  await answered('/threats')
  expect(await box.isVisible()).toBe(false)

  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/suggestions', async route => {
    await held
    await route.continue()
  })
  const asked = page.waitForRequest('**/suggestions')
  await page.locator('#line').pressSequentially('/next')
  await asked
  await page.press('#line', 'Enter')
  await answered('/next')
  const named = page.waitForResponse('**/suggestions')
  release()
  await (await named).finished()
  await page.unrouteAll({ behavior: 'wait' })
  expect(await box.isVisible()).toBe(false)
})

test('Shift and Tab leave the field past a long list of suggestions', async () => {
  await page.setViewportSize({ width: 1200, height: 400 })
  await page.locator('#line').pressSequentially('/')
  await page.locator('#suggestions').waitFor()
  await page.keyboard.press('Shift+Tab')
  expect(await page.evaluate(() => document.activeElement?.matches('.telegram *'))).toBe(true)
})

test('Tab takes the first suggestion, Escape closes them, a click takes one', async () => {
  await page.locator('#line').pressSequentially('/obj')
  await page.locator('#suggestions [role=option]').first().waitFor()
  await page.press('#line', 'Tab')
  expect(await page.inputValue('#line')).toBe('/objectives')
  await page.fill('#line', '/t')
  await page.locator('#suggestions [role=option]').first().waitFor()
  await page.press('#line', 'Escape')
  expect(await page.locator('#suggestions [role=option]').first().isHidden()).toBe(true)
  await page.fill('#line', '/threats')
  await page.getByRole('option', { name: '/threats details' }).click()
  expect(await page.inputValue('#line')).toBe('/threats details')
})

test('a command in an answer is a link that asks, in both skins; code and other names are none', async () => {
  await type('/help')
  for (const skin of ['telegram', 'discord'] as const) {
    const link = page.locator(`.${skin} .message`).last().getByRole('link', { name: '/next' })
    expect(await link.count()).toBe(1)
    await link.click()
    await answered('/next')
    await type('/help')
  }
  await type('/live')
  for (const skin of ['telegram', 'discord'] as const) {
    const links = page.locator(`.${skin} .message`).last().getByRole('link')
    expect(await links.allInnerTexts()).toEqual(['/threats'])
  }
  await page.locator('.telegram').getByRole('link', { name: '/threats' }).last().focus()
  await page.keyboard.press('Enter')
  await answered('/threats')
  expect(page.url()).toBe(`${scene.web.address()}/`)
})

test('the colour of a message is a bar at its side in Discord’s skin', async () => {
  const bar = () =>
    page
      .locator('.discord .container')
      .last()
      .evaluate(container => {
        const { borderLeftWidth, borderLeftColor } = getComputedStyle(container)
        return `${borderLeftWidth} ${borderLeftColor}`
      })
  await type('/next')
  expect(await bar()).toMatch(/^1px /)
  await type('/live')
  expect(await bar()).toBe('4px rgb(0, 90, 156)')
  expect(await violations(page)).toEqual([])
})

test('buttons work in both skins, and so do menus', async () => {
  await type('/threats')
  await page.locator('.telegram').getByRole('button', { name: 'Details' }).last().click()
  await answered('/threats details')
  expect(await last('discord')).toMatch('External Influences')
  await page.locator('.discord').getByRole('button', { name: 'Summary' }).last().click()
  await answered('/threats')
  await type('/many')
  await page.locator('.discord select').first().selectOption('/next')
  await page.locator('.discord').getByRole('button', { name: 'Send' }).first().click()
  await answered('/next')
})

test('a chat subscribes and chooses its hour by buttons, in either skin', async () => {
  const { bot: keeping, wish } = await openKeepingBot()
  const own = createWebServer(keeping)
  await own.start()
  onTestFinished(own.stop)
  await page.goto(own.address())
  await answered('/start')
  await type('/subscribe')
  expect((await last('telegram')).replaceAll('\u2060', '')).toMatch(
    /Next digest: Monday, 30 November 2026, 09:00\. Your time: 12:00 \(Europe\/Sarajevo\)/,
  )
  await page.locator('.telegram').getByRole('button', { name: 'Settings' }).last().click()
  await answered('/settings')
  await shoot(page, 'settings.png')
  const discord = page.locator('.discord')
  await discord.locator('select').last().selectOption('/settings schedule')
  await discord.locator('.menu').last().getByRole('button', { name: 'Send' }).click()
  await answered('/settings schedule')
  await discord.getByRole('button', { name: 'Hour: 09:00', exact: true }).last().click()
  await answered('/settings hour')
  await page.locator('.telegram').getByRole('button', { name: '18:00', exact: true }).last().click()
  await answered('/settings hour 18')
  for (const skin of ['discord', 'telegram'] as const) {
    const role = skin === 'discord' ? 'option' : 'button'
    expect(await page.locator(`.${skin}`).getByRole(role, { name: '✓ 18:00' }).count()).toBe(1)
    expect(await last(skin)).toMatch(/Next digest: /)
  }
  expect(await wish('web', 'local')).toMatchObject({ state: 'active', hour: 18 })
  // Narrow as a phone, nothing runs out of the page.
  await page.setViewportSize({ width: 360, height: 780 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  const keys = page.locator('.telegram .keys > *')
  // Labels fit their width, also beside three others and with a mark.
  const cut = await keys.evaluateAll(all =>
    all.filter(key => key.scrollWidth > key.clientWidth).map(key => key.textContent),
  )
  expect(cut).toEqual([])
  expect(await violations(page)).toEqual([])
})

test('a time is shown as the bot writes it, in the zone of the bot', async () => {
  await type('/when')
  for (const skin of ['discord', 'telegram'] as const) {
    expect(await last(skin)).toContain('Corrected: Sunday, 29 November 2026, 23:24')
  }
})

test('one skin at a time or both, and a reload keeps the choice and the history', async () => {
  await type('/threats')
  await page.getByLabel('Telegram', { exact: true }).check()
  expect(await page.locator('section.discord').isVisible()).toBe(false)
  await page.reload()
  await answered('/threats')
  expect(await page.locator('section.discord').isVisible()).toBe(false)
  const asked = await page.locator('.telegram .asked').allInnerTexts()
  expect(asked.map(text => text.replace(/^You:\s/, ''))).toEqual(['/start', '/threats'])
  await page.getByLabel('Discord', { exact: true }).check()
  expect(await page.locator('section.telegram').isVisible()).toBe(false)
  await page.getByLabel('both').check()
  expect(await page.locator('section.telegram').isVisible()).toBe(true)
})

test('at 360 pixels nothing overflows the page, and one platform is shown at first', async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.reload()
  await answered('/start')
  expect(await page.locator('section.discord').isVisible()).toBe(false)
  await type('/capabilities details')
  await type('/exercises')
  for (const skin of ['Telegram', 'Discord', 'Both']) {
    await page.getByLabel(skin, { exact: true }).check()
    const widths = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      ...[...document.querySelectorAll('.log')].map(log => log.scrollWidth - log.clientWidth),
    ])
    expect(widths).toEqual([360, 0, 0])
  }
  await page.getByLabel('Telegram', { exact: true }).check()
  await type('/partnerships')
})

test('an answer scrolls into view on a low screen', async () => {
  await page.setViewportSize({ width: 740, height: 360 })
  await type('/threats')
  await type('/next')
  const { top, bottom } = await page.evaluate(() => {
    const asked = [...document.querySelectorAll('.telegram .asked')].at(-1)
    const composer = document.querySelector('#composer')
    return {
      top: asked?.getBoundingClientRect().top ?? -1,
      bottom: composer?.getBoundingClientRect().top ?? 0,
    }
  })
  // The page scrolls by whole pixels, and its lines have fractions of one.
  expect(Math.ceil(top)).toBeGreaterThanOrEqual(0)
  expect(top).toBeLessThan(bottom)
})

test('another tab that is scrolled up keeps its place', async () => {
  await type('/threats')
  await type('/capabilities')
  const other = await scene.context.newPage()
  await other.goto(scene.web.address())
  const log = other.locator('.telegram .log')
  await other.getByText('You: /capabilities').last().waitFor()
  await log.evaluate(element => element.scrollTo(0, 0))
  await type('/next')
  await other.getByText('You: /next').last().waitFor()
  expect(await log.evaluate(element => element.scrollTop)).toBe(0)
})

test('the keyboard alone types a line, presses a button and changes the platform', async () => {
  const tabTo = async (selector: string) => {
    for (let step = 0; step < 60; step++) {
      if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never reached ${selector}.`)
  }
  await page.focus('.skip')
  await tabTo('[name=skin]')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  expect(await page.getAttribute('main', 'data-skin')).toBe('telegram')
  await tabTo('#line')
  await page.keyboard.type('/next')
  await page.keyboard.press('Enter')
  await answered('/next')
  await tabTo('[data-line="/exercises"]')
  await page.keyboard.press('Enter')
  await answered('/exercises')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('You: /exercises')
})

test('axe finds nothing wrong, in light and dark, with suggestions open and with many choices', async () => {
  await type('/tables threats')
  await type('/exercises')
  await type('/many')
  await type('/evil')
  await page.fill('#line', '/t')
  await page.locator('#suggestions [role=option]').first().waitFor()
  await page.press('#line', 'ArrowDown')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page)).toEqual([])
  }
  await page.press('#line', 'Escape')
  await type('/threats')
})

test('HTML in content is shown as it is written, and does nothing', async () => {
  await type('/evil')
  for (const skin of ['discord', 'telegram'] as const) {
    const text = (await last(skin)).replaceAll('\u2060', '')
    for (const part of EVIL) expect(text.split(part).length).toBeGreaterThan(3)
    expect(await page.locator(`.${skin} .log`).locator('img, script, svg, iframe').count()).toBe(0)
  }
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

test('a script that got into the page all the same would not run', async () => {
  const ran = await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.hacked = 1'
    document.body.append(script)
    return 'hacked' in window
  })
  expect(ran).toBe(false)
  expect(scene.faults.splice(0).join()).toMatch('Content Security Policy')
})

test('blanks are not sent, and a double click is one click', async () => {
  await page.fill('#line', '   ')
  await page.press('#line', 'Enter')
  await type('/threats')
  await page.locator('.telegram').getByRole('button', { name: 'Details' }).last().dblclick()
  await answered('/threats details')
  await type('/next')
  const asked = await page.locator('.telegram .asked').allTextContents()
  expect(asked).toEqual(['You: /start', 'You: /threats', 'You: /threats details', 'You: /next'])
})

test('a server that starts anew is found again, and what was read stays', async () => {
  const own = createWebServer(bot)
  await own.start()
  await page.goto(own.address())
  await answered('/start')
  await type('/threats')
  await own.stop()
  await page.getByText(/Reconnecting|Retrying/).waitFor()
  const again = createWebServer(bot, Number(new URL(own.address()).port))
  await again.start()
  await answered('/start')
  await type('/next')
  const asked = await page.locator('.telegram .asked').allTextContents()
  expect(asked).toEqual(['You: /start', 'You: /threats', 'You: /start', 'You: /next'])
  await again.stop()
  scene.faults.splice(0)
})

test('a link from another site does not part an open page from its chat', async () => {
  const other = await scene.context.newPage()
  await other.goto('about:blank')
  await other.setContent(`<a href="${scene.web.address()}">over there</a>`)
  await other.click('a')
  await other.waitForSelector('.telegram .message')
  await type('/next')
  expect(await last('telegram')).toMatch(/^Next exercise/)
})

test('a line that cannot be sent stays in the field, with a sentence', async () => {
  await page.route('**/lines', route => route.abort())
  await page.fill('#line', 'something long')
  await page.press('#line', 'Enter')
  await page.getByText('Not sent. Is Sitrep still running?').waitFor()
  expect(await page.inputValue('#line')).toBe('something long')
  scene.faults.splice(0)
})

declare global {
  interface Window {
    axe: typeof axe
  }
}

test('a post is shown for both platforms, corrected in place, and removed by a retraction', async () => {
  const { poster } = scene.web.platform
  const place = { platform: 'web', address: 'local', kind: 'private' } as const
  const part = (text: string) => poster.render(message([paragraph(text)]), 'grid')[0] ?? {}
  const sent = await poster.send(place, part('It begins.'), { key: 'k' })
  const id = sent.ok ? sent.value : ''
  const shown = (text: string) => page.locator('.post', { hasText: text })
  await shown('It begins.').nth(1).waitFor()
  expect(await page.locator('.post').allInnerTexts()).toEqual([
    expect.stringMatching(/^Posted\s+It begins\.$/),
    expect.stringMatching(/^Posted\s+It begins\.$/),
  ])
  await type('/next')
  await poster.edit(place, id, part('It is postponed.'))
  await shown('It is postponed.').nth(1).waitFor()
  expect(await page.locator('.post').count()).toBe(2)
  // A page that is opened later shows it as it stands.
  await page.reload()
  await shown('It is postponed.').nth(1).waitFor()
  await poster.remove(place, id)
  await page.waitForFunction(() => document.querySelectorAll('.post').length === 0)
  expect(await poster.edit(place, 'another', part('Lost.'))).toMatchObject({ ok: false })
})
