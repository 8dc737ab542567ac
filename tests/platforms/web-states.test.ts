/// <reference lib="dom" />
import type { Locator } from 'playwright-core'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type Message, message, paragraph } from '../../src/message.ts'
import type { ContentState, Editions } from '../../src/platforms/web/protocol.ts'
import { answering } from '../request.ts'
import { openBot, shippedBot } from '../shipped.ts'
import { usePage } from './web-page-scene.ts'
import { openReader } from './web-reader.ts'
import { createWebServer } from './web-server.ts'

const scene = usePage(shippedBot)
let page: typeof scene.page

beforeEach(() => {
  page = scene.page
})

const open = (query = '') => openReader(page, `${scene.web.address()}/${query}`)
const button = (name: string) => page.getByRole('button', { name, exact: true })
const panel = () => page.getByRole('complementary', { name: 'Requests' })
const isLost = () => page.evaluate(() => document.activeElement === document.body)

/** Opens the page over content whose state the test sets. */
async function openEdited() {
  let state: Pick<ContentState, 'problems'> & { readonly updates: readonly Message[] } = {
    problems: [],
    updates: [],
  }
  const listeners = new Set<() => void>()
  const own = createWebServer(openBot(), 0, undefined, {
    ...{ problems: () => state.problems, drafts: () => [], updates: () => state.updates },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  await own.start()
  onTestFinished(own.stop)
  await openReader(page, own.address())
  return (next: Partial<typeof state>) => {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
}

test('the preview of an update that is undone does not open again with the next update', async () => {
  const edit = await openEdited()
  const updates = (text: string) => ({ updates: [message([paragraph(text)])] })
  edit(updates('4 m'))
  await button('Update for subscribers').click()
  await page.getByRole('dialog').waitFor()
  edit({ updates: [] })
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  edit(updates('5 m'))
  await button('Update for subscribers').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('a broken edit counts the problems that break it, and neither warnings nor drafts', async () => {
  const edit = await openEdited()
  const problem = { file: 'a.md', line: 1, message: 'It is wrong.', fix: 'Write it.' }
  edit({
    problems: [
      problem,
      { ...problem, line: 2, isWarning: true },
      { ...problem, line: 3, isDraft: true },
    ],
  })
  await page.getByRole('alert').getByRole('listitem').nth(2).waitFor()
  expect(await page.getByRole('button', { name: /problem/ }).allInnerTexts()).toEqual(['1 problem'])
})

test('Escape closes the suggestions first, and the problems at the next time', async () => {
  const edit = await openEdited()
  edit({ problems: [{ file: 'a.md', line: 1, message: 'It is wrong.', fix: 'Write it.' }] })
  const problems = page.getByRole('alert')
  await problems.waitFor()
  await page.locator('#line').pressSequentially('/th')
  const options = page.locator('#suggestions').getByRole('option')
  await options.first().waitFor()
  await page.keyboard.press('Escape')
  await options.first().waitFor({ state: 'detached' })
  expect(await problems.count()).toBe(1)
  await page.keyboard.press('Escape')
  await problems.waitFor({ state: 'detached' })
})

test('the focus stays in the conversation when its message is dismissed', async () => {
  const refused = { message: message([paragraph('Not you.')]), understood: false, refused: true }
  const bot = answering(openBot(), async (line, ask) => (line === '/no' ? refused : ask()))
  const own = createWebServer(bot)
  await own.start()
  onTestFinished(own.stop)
  const reader = await openReader(page, own.address())
  await reader.type('/no')
  await button('Dismiss message').focus()
  await page.keyboard.press('Enter')
  await button('Dismiss message').waitFor({ state: 'detached' })
  expect(await isLost()).toBe(false)
})

test('the same note again is announced again, and stays as long as the first one', async () => {
  const said = (text: string, command: string) =>
    message([paragraph(text)], [{ label: command, command }])
  const bot = answering(openBot(), async (line, ask) => {
    if (line === '/one') return { message: said('One.', '/no'), understood: true }
    return line === '/no'
      ? { message: said('Not you.', '/one'), understood: true, isNote: true }
      : ask()
  })
  const own = createWebServer(bot)
  await own.start()
  onTestFinished(own.stop)
  await page.clock.install()
  const reader = await openReader(page, own.address())
  await reader.type('/one')
  const note = page.getByRole('status').getByText('Not you.')
  const press = () => reader.button('Telegram', '/no').click()
  // The region of the pane, which a screen reader knows before the note.
  const region = await page.locator('.telegram').getByRole('status').elementHandle()
  // The time of the page is then that of the test alone.
  await page.clock.pauseAt(Date.now() + 60_000)
  await press()
  await note.waitFor()
  expect(await region?.innerText()).toBe('Not you.')
  const first = await note.elementHandle()
  await page.clock.runFor(3500)
  await press()
  // A screen reader announces what is added to a region that is there.
  await first?.waitForElementState('hidden')
  await page.clock.runFor(3500)
  expect(await note.count()).toBe(1)
  await page.clock.runFor(5000)
  await note.waitFor({ state: 'detached' })
})

test('the focus stays on the page when the folded controls make room for the requests', async () => {
  await page.setViewportSize({ width: 600, height: 400 })
  await open()
  await button('Controls').click()
  await button('Requests').focus()
  await page.keyboard.press('Enter')
  await panel().waitFor()
  // The browser takes the focus from a hidden element before it draws the next frame.
  await page.evaluate(
    () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
  expect(await isLost()).toBe(false)
})

test.each([
  ['640 × 360 pixels, as at 200 % zoom', { width: 640, height: 360 }],
  ['1000 × 420 pixels', { width: 1000, height: 420 }],
])('a window of %s keeps the field and the requests in view', async (_, size) => {
  await page.setViewportSize(size)
  const reader = await open()
  for (const line of ['/threats', '/capabilities', '/next']) await reader.type(line)
  const isInView = async (found: Locator) => {
    const box = await found.boundingBox()
    return box !== null && box.y >= 0 && box.y + box.height <= size.height
  }
  expect(await isInView(page.locator('#line'))).toBe(true)
  const controls = button('Controls')
  if (await controls.isVisible()) await controls.click()
  await button('Requests').click()
  await panel().getByText('sendMessage').first().waitFor()
  const isHeadInView = () => isInView(panel().getByRole('button', { name: 'Close' }))
  expect(await isHeadInView()).toBe(true)
  await reader.type('/threats')
  expect(await isHeadInView()).toBe(true)
  expect(await isInView(page.locator('#line'))).toBe(true)
})

test('the inspector shows no message of another place', async () => {
  const reader = await open()
  await reader.type('/threats')
  await button('Requests').click()
  await button('Show requests').first().click()
  await panel().getByRole('heading', { name: '/start' }).waitFor()
  await reader.choose('Place', 'Group')
  await reader.type('/next')
  await panel().getByRole('heading', { name: '/next' }).waitFor()
})

test('a link draws the greeting as on its day', async () => {
  const reader = await open()
  expect(await reader.last('Telegram')).toContain('More than a year old')
  await open('?today=2023-09-29T09:00')
  await expect.poll(() => reader.last('Telegram')).not.toContain('More than a year old')
})

test('a refused briefing leaves the control at the current one', async () => {
  const all = [
    { name: 'a', title: 'A' },
    { name: 'b', title: 'B' },
  ]
  const editions = { current: 'a', all } satisfies Editions
  await scene.context.route('**/editions', route => route.fulfill({ json: editions }))
  await scene.context.route('**/edition', route => route.fulfill({ status: 409, body: 'Broken.' }))
  await open()
  const briefing = page.getByRole('combobox', { name: 'Briefing' })
  await briefing.selectOption('b')
  await page.getByText('Broken.').waitFor()
  expect(await briefing.inputValue()).toBe('a')
  expect(scene.faults.splice(0).join()).toContain('409')
})

test('an answer of another tab does not move a reader who has scrolled away from an own answer', async () => {
  const reader = await open()
  for (const line of ['/threats', '/capabilities']) await reader.type(line)
  // The answer arrives before the response to its request.
  const { promise: shown, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/lines', async route => {
    const response = await route.fetch()
    await shown
    await route.fulfill({ response })
  })
  await reader.type('/threats')
  await page.getByText('Sitrep is typing…').waitFor()
  release()
  await page.getByText('Sitrep is typing…').waitFor({ state: 'detached' })
  const other = await openReader(await scene.context.newPage(), scene.web.address())
  const log = reader.pane('Telegram')
  await log.evaluate(element => element.scrollTo(0, 0))
  await other.type('/next')
  await reader.messages('Telegram').nth(4).waitFor()
  expect(await log.evaluate(element => element.scrollTop)).toBe(0)
})

test('a browser without a clipboard is told what to copy', async () => {
  await page.addInitScript(() =>
    Object.defineProperty(navigator, 'clipboard', { value: undefined }),
  )
  await open()
  await button('Copy link').click()
  await page.getByText('Can’t copy the link. Copy it from the address bar.').waitFor()
  await button('Requests').click()
  await button('Copy JSON').first().click()
  await button('Can’t copy').waitFor()
})

test('the arrow up brings back the first line of a place without a greeting after a reload', async () => {
  await page.goto(`${scene.web.address()}/?place=user-installed`)
  await page.fill('#line', '/next')
  await page.press('#line', 'Enter')
  await page.getByRole('article').first().waitFor()
  await page.reload()
  await page.getByRole('article').first().waitFor()
  await page.press('#line', 'ArrowUp')
  expect(await page.inputValue('#line')).toBe('/next')
})
