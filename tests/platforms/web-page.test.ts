/// <reference lib="dom" />
import type axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { commandName, heading, message, paragraph } from '../../src/message.ts'
import { openKeepingBot } from '../keeping.ts'
import { answering } from '../request.ts'
import { shippedBot } from '../shipped.ts'
import { shoot, usePage, violations } from './web-page-scene.ts'
import { openReader, PANES, type Pane, type Reader } from './web-reader.ts'
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
let reader: Reader

beforeEach(async () => {
  page = scene.page
  reader = await openReader(page, scene.web.address())
})

/** Returns the widths of the page and of what overflows the panes, in pixels. */
function widths(): Promise<number[]> {
  return page.evaluate(() => [
    document.documentElement.scrollWidth,
    ...[...document.querySelectorAll('[role=log]')].map(log => log.scrollWidth - log.clientWidth),
  ])
}

test('a line is answered on both platforms, from the bodies that would be sent', async () => {
  await reader.type('/partnerships')
  for (const pane of PANES) {
    const text = await reader.last(pane)
    expect(text).toContain('Partnerships with local governments\n')
    expect(text).toMatch(/North Macedonia(?: — |\n+Engagement Type: )Capacity/)
  }
  const headings = reader.messages('Discord').last().getByRole('heading')
  expect(await headings.first().innerText()).toMatch(/^Partnerships/)
  expect(await page.inputValue('#line')).toBe('')
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(800)
  await shoot(page, 'light.png')
})

test('Discord names the command above its answer, Telegram shows it as a message; words are messages on both', async () => {
  await reader.type('/threats')
  expect(await reader.messages('Discord').last().innerText()).toMatch(/used\s+\/threats/)
  expect(await reader.pane('Discord').getByRole('article', { name: 'You' }).count()).toBe(0)
  expect(await reader.typed()).toEqual(['/start', '/threats'])
  await reader.type('what is next')
  expect(await reader.pane('Discord').getByRole('article', { name: 'You' }).count()).toBe(1)
  expect(await reader.messages('Discord').last().innerText()).not.toMatch(/used/)
  expect(await reader.typed()).toEqual(['/start', '/threats', 'what is next'])
})

test('a command in an answer is a link that asks, on both platforms; code and other names are none', async () => {
  await reader.type('/help')
  const commandsOf = (pane: Pane) =>
    reader.messages(pane).last().locator('a, button').filter({ hasText: /^\// })
  for (const pane of PANES) {
    const link = commandsOf(pane).filter({ hasText: /^\/next$/ })
    expect(await link.count()).toBe(1)
    await reader.added(() => link.click())
    expect(await reader.last(pane)).toContain('Next exercise')
    await reader.type('/help')
  }
  await reader.type('/live')
  for (const pane of PANES) expect(await commandsOf(pane).allInnerTexts()).toEqual(['/threats'])
  await commandsOf('Telegram').focus()
  await reader.added(() => page.keyboard.press('Enter'))
  expect((await reader.typed()).at(-1)).toBe('/threats')
  expect(new URL(page.url()).pathname).toBe('/')
})

test('a press changes its message on both platforms, and adds none', async () => {
  await reader.type('/threats')
  const counts = () =>
    Promise.all(PANES.map(pane => reader.pane(pane).getByRole('article').count()))
  const before = await counts()
  await reader.button('Telegram', 'Details').click()
  for (const pane of PANES) {
    await expect.poll(() => reader.last(pane)).toContain('External Influences')
  }
  await reader.button('Discord', 'Summary').click()
  for (const pane of PANES) {
    await expect.poll(() => reader.last(pane)).not.toContain('External Influences')
  }
  expect(await counts()).toEqual(before)
  expect(await reader.last('Telegram')).toMatch(/edited/)
})

test('a double click is one press', async () => {
  await reader.type('/threats')
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  let presses = 0
  await page.route('**/presses', async route => {
    presses += 1
    await held
    await route.continue()
  })
  await reader.button('Telegram', 'Details').dblclick()
  release()
  await expect.poll(() => reader.last('Telegram')).toContain('External Influences')
  expect(presses).toBe(1)
})

test('a menu takes the chosen option at once with the mouse, and with Enter on the keyboard', async () => {
  await reader.type('/many')
  const menu = reader.messages('Discord').last().getByRole('combobox').first()
  await menu.focus()
  for (let step = 0; step < 9; step++) await page.keyboard.press('ArrowDown')
  await menu.selectOption('/next')
  await page.keyboard.press('Enter')
  await expect.poll(() => reader.last('Discord')).toContain('Next exercise')
})

test('a chat subscribes and chooses its hour by buttons, on either platform', async () => {
  const { bot: keeping, wish } = await openKeepingBot()
  const own = createWebServer(keeping)
  await own.start()
  onTestFinished(own.stop)
  reader = await openReader(page, own.address())
  await reader.type('/subscribe')
  expect(await reader.last('Telegram')).toMatch(
    /Next digest: Mon 30 Nov, 09:00\. Your time: 12:00 \(Europe\/Sarajevo\)/,
  )
  await reader.button('Telegram', 'Settings').click()
  await expect.poll(() => reader.last('Telegram')).toContain('Sound')
  await shoot(page, 'settings.png')
  await chooseOption('When')
  await reader.button('Discord', 'Hour: 09:00').click()
  await reader.button('Telegram', '18:00').click()
  for (const pane of PANES) {
    const role = pane === 'Discord' ? 'option' : 'button'
    await reader.pane(pane).getByRole(role, { name: '✓ 18:00' }).waitFor({ state: 'attached' })
    expect(await reader.last(pane)).toMatch(/Next digest: /)
  }
  expect(await wish('web', 'local')).toMatchObject({ state: 'active', hour: 18 })
  // Narrow as a phone, nothing runs out of the page.
  await page.setViewportSize({ width: 360, height: 780 })
  expect(await widths()).toEqual([360, 0, 0])
  // Labels fit their width, also beside three others and with a mark.
  const cut = await reader
    .messages('Telegram')
    .getByRole('button')
    .evaluateAll(all =>
      all.filter(key => key.scrollWidth > key.clientWidth).map(key => key.textContent),
    )
  expect(cut).toEqual([])
  expect(await violations(page)).toEqual([])

  async function chooseOption(label: string): Promise<void> {
    const menu = reader.messages('Discord').last().getByRole('combobox').last()
    await menu.focus()
    await menu.selectOption({ label })
    await page.keyboard.press('Enter')
  }
})

test('a time is shown as the bot writes it, in the zone of the bot', async () => {
  await reader.type('/when')
  for (const pane of PANES) {
    expect(await reader.last(pane)).toMatch(/Corrected: Sunday,? 29 November 2026(,| at) 23:24/)
  }
})

test('one platform at a time or both, and a reload keeps the choice and the history', async () => {
  await reader.type('/threats')
  await reader.choose('Platform', 'Telegram')
  await reader.pane('Discord').waitFor({ state: 'detached' })
  await page.reload()
  await reader.messages('Telegram').nth(1).waitFor()
  expect(await reader.pane('Discord').count()).toBe(0)
  expect(await reader.typed()).toEqual(['/start', '/threats'])
  await reader.choose('Platform', 'Discord')
  await reader.messages('Discord').nth(1).waitFor()
  expect(await reader.pane('Telegram').count()).toBe(0)
  await reader.choose('Platform', 'Both')
  await reader.messages('Telegram').nth(1).waitFor()
})

test('at 320 and 360 pixels nothing overflows the page, and one platform is shown at first', async () => {
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 740 })
    reader = await openReader(page, scene.web.address())
    expect(await reader.pane('Discord').count()).toBe(0)
    for (const line of ['/capabilities details', '/exercises', '/settings', '/many']) {
      await reader.type(line)
    }
    for (const platform of ['Telegram', 'Discord', 'Both']) {
      await reader.choose('Platform', platform)
      expect(await widths()).toEqual(platform === 'Both' ? [width, 0, 0] : [width, 0])
    }
  }
})

test('an answer scrolls into view on a low screen', async () => {
  await page.setViewportSize({ width: 740, height: 360 })
  await reader.type('/threats')
  await reader.type('/next')
  const { top, bottom } = await page.evaluate(() => {
    const asked = [...document.querySelectorAll('.telegram .entry')].at(-1)
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

test('the time of a message stays inside its bubble', async () => {
  for (const width of [768, 900, 1200]) {
    await page.setViewportSize({ width, height: 900 })
    await reader.type('/help')
    const overhang = await reader
      .messages('Telegram')
      .last()
      .evaluate(message => {
        const bottom = (selector: string) =>
          message.querySelector(selector)?.getBoundingClientRect().bottom ?? Number.NaN
        return bottom('.stamp') - bottom('.bubble')
      })
    expect(overhang).toBeLessThanOrEqual(0)
  }
})

test('the start of a long answer is in view', async () => {
  await page.setViewportSize({ width: 1200, height: 500 })
  for (const line of ['/threats', '/capabilities details']) await reader.type(line)
  for (const pane of PANES) {
    const log = reader.pane(pane)
    const top = (await log.boundingBox())?.y ?? 0
    const entry = (await log.locator('.entry').last().boundingBox())?.y ?? 0
    expect(entry).toBeGreaterThanOrEqual(Math.floor(top))
    expect(entry).toBeLessThan(top + 250)
  }
})

test('another tab that is scrolled up keeps its place', async () => {
  await reader.type('/threats')
  await reader.type('/capabilities')
  const tab = await scene.context.newPage()
  const other = await openReader(tab, scene.web.address())
  await other.messages('Telegram').nth(2).waitFor()
  const log = other.pane('Telegram')
  await log.evaluate(element => element.scrollTo(0, 0))
  await reader.type('/next')
  await other.messages('Telegram').nth(3).waitFor()
  expect(await log.evaluate(element => element.scrollTop)).toBe(0)
})

test('the keyboard alone changes the platform, types a line and presses a button', async () => {
  const tabTo = async (wanted: Locator) => {
    for (let step = 0; step < 80; step++) {
      if (await wanted.evaluate(element => element === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never reached ${wanted}.`)
  }
  await page.focus('.skip')
  await tabTo(page.getByRole('combobox', { name: 'Platform' }))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await reader.pane('Discord').waitFor({ state: 'detached' })
  await tabTo(page.locator('#line'))
  await page.keyboard.type('/next')
  await reader.added(() => page.keyboard.press('Enter'))
  await tabTo(reader.button('Telegram', 'Exercises'))
  await page.keyboard.press('Enter')
  await expect.poll(() => reader.last('Telegram')).toContain('Exercises')
  // The focus stays in the message that has changed.
  const message = reader.messages('Telegram').last()
  expect(await message.evaluate(element => element.contains(document.activeElement))).toBe(true)
})

test('axe finds nothing wrong in any mode, with suggestions open and with many choices', async () => {
  await reader.type('/tables threats')
  await reader.type('/exercises')
  await reader.type('/many')
  await reader.type('/evil')
  await page.fill('#line', '/t')
  await page.locator('#suggestions [role=option]').first().waitFor()
  await page.press('#line', 'ArrowDown')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page)).toEqual([])
  }
  await page.emulateMedia({ forcedColors: 'active' })
  expect(await violations(page)).toEqual([])
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await violations(page)).toEqual([])
})

test('HTML in content is shown as it is written, and does nothing', async () => {
  await reader.type('/evil')
  for (const pane of PANES) {
    const text = await reader.last(pane)
    for (const part of EVIL) expect(text.split(part).length).toBeGreaterThan(3)
    const alive = reader.pane(pane).locator('[src=x], script, [onload], [onerror], iframe')
    expect(await alive.count()).toBe(0)
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

test('a link from another site does not part an open page from its chat', async () => {
  const other = await scene.context.newPage()
  await other.goto('about:blank')
  await other.setContent(`<a href="${scene.web.address()}">over there</a>`)
  await other.click('a')
  await other.getByRole('article').first().waitFor()
  await reader.type('/next')
  expect(await reader.last('Telegram')).toContain('Next exercise')
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
  const shown = (text: string) => page.getByRole('article').filter({ hasText: text })
  await expect.poll(() => shown('It begins.').count()).toBe(2)
  await reader.type('/next')
  const count = await page.getByRole('article').count()
  await poster.edit(place, id, part('It is postponed.'))
  await expect.poll(() => shown('It is postponed.').count()).toBe(2)
  expect(await page.getByRole('article').count()).toBe(count)
  // A page that is opened later shows it as it stands.
  await page.reload()
  await expect.poll(() => shown('It is postponed.').count()).toBe(2)
  await poster.remove(place, id)
  await expect.poll(() => shown('It is postponed.').count()).toBe(0)
  expect(await poster.edit(place, 'another', part('Lost.'))).toMatchObject({ ok: false })
})
