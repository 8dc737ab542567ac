/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { shippedBot } from '../shipped.ts'
import { usePage } from './web-page-scene.ts'
import { openReader, type Reader } from './web-reader.ts'

const scene = usePage(shippedBot)
let page: Page
let reader: Reader

beforeEach(async () => {
  page = scene.page
  reader = await openReader(page, scene.web.address())
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
  await reader.added(() => page.press('#line', 'Enter'))
  expect(await reader.last('Telegram')).toContain('Past exercises')
})

test('suggestions are gone once a line is sent, however late the server names them', async () => {
  const box = page.locator('#suggestions')
  await page.locator('#line').pressSequentially('/threats', { delay: 20 })
  await box.waitFor()
  await reader.added(() => page.press('#line', 'Enter'))
  expect(await box.isVisible()).toBe(false)

  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/suggestions', async route => {
    await held
    await route.continue()
  })
  const asked = page.waitForRequest('**/suggestions')
  await page.locator('#line').pressSequentially('/next')
  await asked
  await reader.added(() => page.press('#line', 'Enter'))
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

test('the up arrow brings earlier lines back, and the down arrow the later ones', async () => {
  await reader.type('/threats')
  await reader.type('what is next')
  const value = () => page.inputValue('#line')
  await page.press('#line', 'ArrowUp')
  expect(await value()).toBe('what is next')
  await page.press('#line', 'ArrowUp')
  expect(await value()).toBe('/threats')
  await page.press('#line', 'ArrowDown')
  expect(await value()).toBe('what is next')
  await page.press('#line', 'ArrowDown')
  expect(await value()).toBe('')
  // Text of the reader's own stays.
  await page.fill('#line', 'half a sen')
  await page.press('#line', 'ArrowUp')
  expect(await value()).toBe('half a sen')
})

test('a line that cannot be sent stays in the field, with a sentence', async () => {
  await page.route('**/lines', route => route.abort())
  await reader.send('something long')
  await page.getByText('Not sent. Is Sitrep still running?').waitFor()
  expect(await page.inputValue('#line')).toBe('something long')
  scene.faults.splice(0)
})

test('blanks are not sent', async () => {
  await reader.send('   ')
  await reader.type('/threats')
  expect(await reader.typed()).toEqual(['/start', '/threats'])
})
