/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Message, message, paragraph, strong } from '../../src/message.ts'
import type { ContentState } from '../../src/platforms/web/protocol.ts'
import { openKeepingBot } from '../keeping.ts'
import { answering } from '../request.ts'
import { openBot, shippedBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'
import { openReader, PANES, type Reader } from './web-reader.ts'
import { createWebServer } from './web-server.ts'

const scene = usePage(shippedBot)
let page: Page

beforeEach(() => {
  page = scene.page
})

/** Opens the page with a query, at the local chat that all tests of the file use. */
function open(query = ''): Promise<Reader> {
  return openReader(page, `${scene.web.address()}/${query}`)
}

const control = (name: string) => page.getByRole('combobox', { name, exact: true })
const button = (name: string) => page.getByRole('button', { name, exact: true })

test('each control has its name, and the values that it offers', async () => {
  await open()
  const values = async (name: string) => {
    const texts = await control(name).getByRole('option').allInnerTexts()
    return texts.toSorted()
  }
  expect(await values('Platform')).toEqual(['Both', 'Discord', 'Telegram'])
  expect(await values('Place')).toEqual([
    ...['Channel', 'Group', 'Private chat', 'Server', 'User-installed app'],
  ])
  expect(await values('Role')).toEqual(['Admin', 'Moderator', 'Reader'])
  expect(await values('Tables')).toEqual([
    ...['Cards', 'Chat’s setting', 'Dark image', 'Grid', 'Image'],
  ])
  expect(await values('Images')).toEqual(['Refused', 'Shown'])
  expect(await values('Theme')).toEqual(['Dark', 'Light', 'System'])
  expect(await values('Width')).toEqual(['Full', 'Phone', 'Tablet'])
  expect(await page.getByLabel('Today', { exact: true }).getAttribute('type')).toBe(
    'datetime-local',
  )
  for (const name of ['Reset', 'Copy link', 'Requests', 'Full screen']) {
    expect(await button(name).count()).toBe(1)
  }
  expect(await button('Requests').getAttribute('aria-pressed')).toBe('false')
  // One edition alone needs no choice.
  expect(await control('Briefing').count()).toBe(0)
})

test('the role and the place decide what the bot answers', async () => {
  const own = createWebServer((await openKeepingBot()).bot)
  await own.start()
  onTestFinished(own.stop)
  const reader = await openReader(page, own.address())
  await reader.choose('Role', 'Reader')
  await reader.type('/announce Hello')
  expect(await reader.last('Telegram')).toMatch(/moderators/i)
  await reader.choose('Place', 'Group')
  await reader.type('/settings sound silent')
  expect(await reader.last('Telegram')).toMatch(/admin/i)
  await reader.choose('Role', 'Admin')
  await reader.type('/settings sound silent')
  expect(await reader.last('Telegram')).toContain('All silent ✓')
  // Each place has its own conversation.
  await reader.choose('Place', 'Private chat')
  await expect.poll(() => reader.typed()).toEqual(['/start', '/announce Hello'])
})

test('the day of the controls changes countdowns in place, and can be cleared', async () => {
  const reader = await open()
  await reader.type('/next')
  expect(await reader.last('Telegram')).not.toContain('in 3 days')
  const count = await reader.messages('Telegram').count()
  await page.getByLabel('Today', { exact: true }).fill('2023-05-29T09:00')
  for (const pane of PANES) await expect.poll(() => reader.last(pane)).toContain('in 3 days')
  await reader.type('/next')
  expect(await reader.last('Discord')).toContain('in 3 days')
  await button('Now').click()
  for (const pane of PANES) await expect.poll(() => reader.last(pane)).not.toContain('in 3 days')
  expect(await reader.messages('Telegram').count()).toBe(count + 1)
  expect(await page.getByLabel('Today', { exact: true }).inputValue()).toBe('')
})

test('the style of tables changes what is shown', async () => {
  const reader = await open()
  await reader.type('/tables')
  const isGrid = (pane: 'Discord' | 'Telegram') =>
    reader.messages(pane).last().locator('pre').count()
  await reader.type('/exercises')
  await reader.choose('Tables', 'Cards')
  for (const pane of PANES) await expect.poll(() => isGrid(pane)).toBe(0)
  await reader.choose('Tables', 'Grid')
  await expect.poll(() => reader.last('Telegram')).toContain('Exercise')
})

test('the theme and the width are of the page, and a later visit has them', async () => {
  const reader = await open()
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await reader.choose('Theme', 'Light')
  const light = await ground()
  await reader.choose('Theme', 'Dark')
  await expect.poll(ground).not.toBe(light)
  await reader.choose('Width', 'Phone')
  const widest = async () => {
    const boxes = await Promise.all(PANES.map(pane => reader.pane(pane).boundingBox()))
    return Math.max(...boxes.map(box => box?.width ?? Number.NaN))
  }
  await expect.poll(widest).toBeLessThanOrEqual(361)
  await reader.choose('Width', 'Tablet')
  await expect.poll(widest).toBeGreaterThan(361)
  await open()
  expect(await control('Theme').inputValue()).toBe('dark')
  expect(await control('Width').inputValue()).toBe('tablet')
})

test('a copied link opens this exact view', async () => {
  await scene.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const reader = await open()
  await reader.choose('Role', 'Admin')
  await reader.choose('Theme', 'Dark')
  await reader.choose('Tables', 'Cards')
  await page.getByLabel('Today', { exact: true }).fill('2023-05-29T09:00')
  await reader.choose('Place', 'Group')
  await reader.choose('Platform', 'Discord')
  await button('Copy link').click()
  await page.getByText('Link copied').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  // Another browser, which remembers nothing.
  const other = await scene.browser.newContext({ viewport: { width: 1200, height: 800 } })
  onTestFinished(() => other.close())
  page = await other.newPage()
  const opened = await openReader(page, link)
  for (const [name, value] of [
    ['Platform', 'discord'],
    ['Place', 'group'],
    ['Role', 'admin'],
    ['Tables', 'cards'],
    ['Theme', 'dark'],
  ] as const) {
    expect(await control(name).inputValue()).toBe(value)
  }
  expect(await page.getByLabel('Today', { exact: true }).inputValue()).toBe('2023-05-29T09:00')
  expect(await opened.pane('Telegram').count()).toBe(0)
  await opened.type('/next')
  expect(await opened.last('Discord')).toContain('in 3 days')
})

test('a link with unknown values opens the page', async () => {
  await open('?platform=icq&role=__proto__&today=2023-02-31T99:00&tables=&theme=pink&x=1')
  expect(await control('Platform').inputValue()).toBe('both')
  expect(await control('Role').inputValue()).toBe('moderator')
  expect(await page.getByLabel('Today', { exact: true }).inputValue()).toBe('')
})

test('a reset empties the conversation and greets again', async () => {
  const reader = await open()
  await reader.type('/threats')
  await button('Reset').click()
  await expect.poll(() => reader.typed()).toEqual(['/start'])
  await reader.type('/next')
  expect(await reader.typed()).toEqual(['/start', '/next'])
})

test('an answer that takes a while is announced by what each platform shows', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const bot = answering(openBot(), async (line, ask) => {
    if (line === '/threats') await held
    return ask()
  })
  const own = createWebServer(bot)
  await own.start()
  onTestFinished(own.stop)
  const reader = await openReader(page, own.address())
  await reader.send('/threats')
  await page.getByText('Sitrep is thinking').waitFor()
  await page.getByText(/Sitrep is typing|^typing/).waitFor()
  // A screen reader announces one of them.
  const announced = page.locator('[aria-live=polite], [role=status]')
  expect(await announced.filter({ hasText: /thinking|typing/ }).count()).toBe(1)
  release()
  await expect.poll(() => reader.last('Telegram')).toContain('Threats')
  await expect.poll(() => page.getByText(/is thinking|is typing/).count()).toBe(0)
})

test('a note passes over Telegram’s chat, and Discord’s message for one user can be dismissed', async () => {
  const said = (text: string, lines: readonly string[] = []) =>
    message(
      [paragraph(text)],
      lines.map(command => ({ label: command, command })),
    )
  const bot = answering(openBot(), async (line, ask) => {
    if (line === '/one') return { message: said('One.', ['/no']), understood: true }
    if (line === '/no') return { message: said('Not you.'), understood: false, refused: true }
    return ask()
  })
  const own = createWebServer(bot)
  await own.start()
  onTestFinished(own.stop)
  const reader = await openReader(page, own.address())
  await reader.type('/one')
  await reader.button('Telegram', '/no').click()
  await page.locator('.telegram').getByText('Not you.').waitFor()
  const alone = reader.messages('Discord').filter({ hasText: 'Not you.' })
  await alone.getByText('Only you can see this').waitFor()
  expect(await reader.messages('Telegram').filter({ hasText: 'Not you.' }).count()).toBe(0)
  await alone.getByRole('button', { name: /Dismiss/ }).click()
  await expect.poll(() => alone.count()).toBe(0)
  await openReader(page, own.address())
  expect(await alone.count()).toBe(0)
})

test('the inspector shows the requests of a message, and Escape gives the focus back', async () => {
  await scene.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const reader = await open()
  await reader.type('/threats')
  await button('Requests').click()
  const panel = page.getByRole('complementary', { name: 'Requests' })
  await panel.getByText('sendMessage').first().waitFor()
  expect(await button('Requests').getAttribute('aria-pressed')).toBe('true')
  const ground = (name: string) =>
    button(name).evaluate(each => getComputedStyle(each).backgroundColor)
  expect(await ground('Requests')).not.toBe(await ground('Reset'))
  expect(await panel.innerText()).toMatch(/characters: [\d,]+ of 4,000/)
  expect(await panel.innerText()).toMatch(/characters: [\d,]+ of 4,096/)
  expect(await violations(page)).toEqual([])
  const json = panel.getByRole('button', { name: 'Copy JSON' }).last()
  await json.click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(JSON.parse(copied)).toMatchObject({ parse_mode: 'HTML' })
  // The requests of an earlier message.
  await page.getByRole('button', { name: 'Show requests' }).first().click()
  await panel.getByRole('heading', { name: /\/start/ }).waitFor()
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  expect(await violations(page)).toEqual([])
  await page.setViewportSize({ width: 1200, height: 800 })
  await panel.getByRole('button', { name: 'Close' }).focus()
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  expect(await button('Requests').evaluate(each => each === document.activeElement)).toBe(true)
})

test('the inspector looks the same beside one platform as beside both', async () => {
  const reader = await open()
  await button('Requests').click()
  const code = page
    .getByRole('complementary', { name: 'Requests' })
    .locator('h4 code, h3 code, pre')
  await code.first().waitFor()
  const style = () =>
    code.evaluateAll(all =>
      all.map(each => [getComputedStyle(each).color, getComputedStyle(each).font]),
    )
  const beside = await style()
  for (const platform of ['Telegram', 'Discord'] as const) {
    await reader.choose('Platform', platform)
    await expect.poll(() => page.getByRole('log').count()).toBe(1)
    expect(await style()).toEqual(beside)
  }
})

const BROKEN = {
  file: '03-threats.md',
  line: 7,
  message: 'The table has 4 columns in this row and 3 in its head.',
  fix: 'Remove a cell.',
}

interface EditedContent extends Pick<ContentState, 'problems' | 'drafts'> {
  readonly updates: readonly Message[]
}

/** Opens the page over content whose state the test sets. */
async function openEdited() {
  let state: EditedContent = { problems: [], drafts: [], updates: [] }
  const listeners = new Set<() => void>()
  const feed = {
    ...{ problems: () => state.problems, drafts: () => state.drafts, updates: () => state.updates },
    listen(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const own = createWebServer(openBot(), 0, undefined, feed)
  await own.start()
  onTestFinished(own.stop)
  return {
    reader: await openReader(page, own.address()),
    edit(next: Partial<EditedContent>) {
      state = { ...state, ...next }
      for (const listener of listeners) listener()
    },
  }
}

test('a broken edit stands over the page until it is fixed, and the page can be used meanwhile', async () => {
  const { reader, edit } = await openEdited()
  const overlay = page.getByRole('alert').filter({ hasText: BROKEN.message })
  edit({ problems: [BROKEN] })
  await overlay.waitFor()
  expect(await overlay.innerText()).toContain('03-threats.md:7')
  expect(await overlay.innerText()).toContain('Remove a cell.')
  expect(await violations(page)).toEqual([])
  await reader.type('/next')
  await page.keyboard.press('Escape')
  await overlay.waitFor({ state: 'detached' })
  // The next broken save opens it again.
  edit({ problems: [BROKEN, { ...BROKEN, line: 9 }] })
  await overlay.first().waitFor()
  edit({ problems: [] })
  await overlay.waitFor({ state: 'detached' })
  expect(await button('1 problem').count()).toBe(0)
})

test('warnings wait behind a button', async () => {
  const { edit } = await openEdited()
  edit({ problems: [{ ...BROKEN, isWarning: true }] })
  await button('1 warning').waitFor()
  expect(await page.getByText(BROKEN.message).count()).toBe(0)
  await button('1 warning').click()
  await page.getByText(BROKEN.message).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText(BROKEN.message).waitFor({ state: 'detached' })
})

test('the number of problems in drafts counts no warning about what is published', async () => {
  const { edit } = await openEdited()
  const warning = { ...BROKEN, isWarning: true } as const
  edit({
    problems: [
      { ...BROKEN, isDraft: true },
      { ...warning, line: 8 },
      { ...warning, line: 9 },
    ],
  })
  await button('1 problem in drafts').click()
  expect(await page.getByRole('alert').getByRole('listitem').count()).toBe(3)
})

test('drafts are listed, and choosing one types its command', async () => {
  const { reader, edit } = await openEdited()
  edit({ drafts: [{ command: 'objectives', title: 'A section that is not published' }] })
  await page.getByText('Drafts (1)').click()
  await reader.added(() => button('A section that is not published').click())
  expect((await reader.typed()).at(-1)).toBe('/objectives')
})

test('the update for subscribers is shown as both platforms would show it', async () => {
  const { edit } = await openEdited()
  edit({ updates: [message([paragraph(strong('4 m'), ' instead of 3 m')])] })
  await button('Update for subscribers').click()
  const dialog = page.getByRole('dialog', { name: 'Update for subscribers' })
  await expect.poll(() => dialog.getByRole('article').count()).toBe(2)
  for (const text of await dialog.getByRole('article').allInnerTexts()) {
    expect(text).toContain('4 m instead of 3 m')
  }
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test('the keyboard alone changes the place, the day and the requests on a phone', async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  const reader = await open()
  await page.focus('.skip')
  const tabTo = async (name: string) => {
    for (let step = 0; step < 80; step++) {
      const label = await page.evaluate(() => {
        const active = document.activeElement
        const labels = active instanceof HTMLSelectElement ? active.labels : null
        return labels?.[0]?.firstChild?.textContent?.trim() ?? active?.textContent?.trim()
      })
      if (label === name) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never reached ${name}.`)
  }
  await tabTo('Controls')
  await page.keyboard.press('Enter')
  await tabTo('Place')
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => control('Place').inputValue()).toBe('group')
  await reader.messages('Telegram').first().waitFor()
  await tabTo('Requests')
  await page.keyboard.press('Space')
  await page.getByRole('complementary', { name: 'Requests' }).waitFor()
  await page.keyboard.press('Escape')
})

test('the page is ready and an answer is drawn in a short time', async () => {
  const started = performance.now()
  const reader = await open()
  const ready = performance.now() - started
  await page.evaluate(() => {
    const log = document.querySelector('[role=log]')
    const { text } = Response.prototype
    Response.prototype.text = text
    const marks = { asked: 0, drawn: 0 }
    Object.assign(window, { marks })
    document.addEventListener(
      'submit',
      () => {
        marks.asked = performance.now()
      },
      true,
    )
    if (!log) return
    new MutationObserver(() => {
      requestAnimationFrame(() =>
        setTimeout(() => {
          marks.drawn = performance.now()
        }),
      )
    }).observe(log, { childList: true, subtree: true })
  })
  await reader.type('/threats')
  const took = await page.waitForFunction(() => {
    const { asked, drawn } = (window as unknown as { marks: { asked: number; drawn: number } })
      .marks
    return drawn > asked && asked > 0 ? drawn - asked : undefined
  })
  const drawn = Number(await took.jsonValue())
  // A quiet machine takes a fifth of this: the tests run beside others.
  expect(ready).toBeLessThan(5000)
  expect(drawn).toBeLessThan(1000)
})
