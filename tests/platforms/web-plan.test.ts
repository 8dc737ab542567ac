/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { shippedBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'

const scene = usePage(shippedBot)
let page: Page

beforeEach(() => {
  page = scene.page
})

/** The browser writes a line of its own for every answer that is an error. */
function forgive(fault: RegExp): void {
  scene.faults = scene.faults.filter(each => !fault.test(each))
}

async function open(query = ''): Promise<void> {
  await page.goto(`${scene.web.address()}/plan${query}`)
  await shows(/\d posts?, by the clock of Europe\/Sarajevo\./)
}

/** Waits for what the page says of what it shows. */
async function shows(said: RegExp): Promise<void> {
  await page.locator('#notice', { hasText: said }).waitFor()
}

const titles = () => page.locator('#posts .title').allInnerTexts()

test('the schedule preview is found from the chat, and leads back', async () => {
  await page.goto(scene.web.address())
  await page.click('text=Schedule preview')
  await shows(/^8 posts/)
  expect(await page.inputValue('#from')).toBe('2023-05-01')
  await page.click('text=Back to the chat')
  await page.locator('#line').waitFor()
})

test('a span that is chosen shows every post on a timeline; one that is opened, as both platforms would', async () => {
  await open()
  await page.fill('#from', '2023-05-01')
  await page.fill('#to', '2023-10-01')
  await page.click('text=Show')
  await shows(/^32 posts/)
  expect(await page.locator('#posts .mark.exercises').count()).toBe(10)
  expect(await page.locator('#posts h2').allInnerTexts()).toEqual([
    ...['May 2023', 'June 2023', 'July 2023', 'August 2023', 'September 2023'],
  ])
  expect(await page.locator('#strip circle').count()).toBe(32)
  // A dot leads to its post.
  await page.locator('#strip circle.exercises').nth(3).click()
  const post = page.locator('#posts details[open]')
  expect(await post.locator('summary').innerText()).toMatch(
    /Thursday, 1 June 2023, 09:00\s+Defender 2023 starts today \(day 1 of 10\)\s+Defender 2023 starts today/,
  )
  expect(await post.locator('.discord').innerText()).toContain('starts today (day 1 of 10)')
  expect(await post.locator('.telegram').innerText()).toContain('starts today (day 1 of 10)')
  expect(await post.locator('button:not([disabled])').count()).toBe(0)
})

test('a reload, or a link, shows the same days', async () => {
  await open('?from=2023-09-01&to=2023-09-30')
  await shows(/^9 posts/)
  await page.reload()
  await shows(/^9 posts/)
  expect(await page.inputValue('#to')).toBe('2023-09-30')
})

test('all exercises are one click away, and so is the next month', async () => {
  await open()
  await page.click('text=All exercises')
  await shows(/^29 posts/)
  expect(await page.inputValue('#from')).toBe('2023-05-17')
  await page.click('text=Next 30 days')
  await shows(/^8 posts/)
})

test('the way back leads to the days before, and one day alone is enough in an address', async () => {
  await open('?from=2023-09-01')
  expect(await page.inputValue('#to')).toBe('2023-10-01')
  await page.click('text=Next year')
  await shows(/^6\d posts/)
  expect(await page.inputValue('#to')).toBe('2024-04-30')
  await page.goBack()
  await shows(/^9 posts/)
  expect(await page.inputValue('#from')).toBe('2023-09-01')
})

test('an address with a day that is none says so, and keeps the other', async () => {
  await page.goto(`${scene.web.address()}/plan?from=2023-02-29&to=2023-03-31`)
  await shows(/^2023-02-29 isn’t a valid date\./)
  expect(await page.inputValue('#to')).toBe('2023-03-31')
  forgive(/400 \(Bad Request\)|does not conform/)
})

test('ten years show each post as a dot of its own', async () => {
  await open('?from=2020-01-01&to=2029-12-31')
  const widest = await page.locator('#strip circle').first().getAttribute('r')
  expect(Number(widest)).toBeLessThan(2)
  expect(await page.locator('#strip .tick').count()).toBe(9)
})

test('days that are none are told, and what was shown stays', async () => {
  await open()
  const before = await titles()
  await page.fill('#from', '2023-06-01')
  await page.fill('#to', '2023-05-01')
  await page.click('text=Show')
  await shows(/^2023-05-01 is before 2023-06-01\./)
  expect(await titles()).toEqual(before)
  forgive(/400 \(Bad Request\)/)
})

test('the timeline shows where posts lie close together', async () => {
  await open('?from=2023-05-15&to=2023-06-15')
  await page.locator('#strip circle.exercises').first().click()
  await page.locator('#posts details[open] .telegram .message').waitFor()
  const dots = await page
    .locator('#strip circle.exercises')
    .evaluateAll(all => all.map(dot => Number(dot.getAttribute('cx'))))
  expect(dots).toEqual(dots.toSorted((a, b) => a - b))
  expect(dots).toHaveLength(5)
})

test('the keyboard alone opens a post and shows it for either platform', async () => {
  await open()
  await page.locator('#posts summary').first().focus()
  await page.keyboard.press('Enter')
  await page.locator('#posts details[open] .telegram .message').first().waitFor()
  await page.keyboard.press('Enter')
  expect(await page.locator('#posts details[open]').count()).toBe(0)
})

test('at 360 pixels nothing overflows the page', async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  await open()
  await page.locator('#posts summary').first().click()
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBe(360)
})

test('axe finds nothing wrong, in light and dark, with a post opened', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await open()
    await page.locator('#posts summary').first().click()
    expect(await violations(page)).toEqual([])
  }
})
