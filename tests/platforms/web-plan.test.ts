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
  await shows(/^11 posts/)
  expect(await page.inputValue('#from')).toBe('2023-05-01')
  // The next event is over thirty days away, and its last day is shown.
  expect(await page.inputValue('#to')).toBe('2023-06-10')
  await page.click('text=Back to the chat')
  await page.locator('#line').waitFor()
})

test('a span that is chosen shows every post on a timeline; one that is opened, as both platforms would', async () => {
  await open()
  await page.fill('#from', '2023-05-01')
  await page.fill('#to', '2023-10-01')
  await page.click('text=Show')
  await shows(/^32 posts/)
  expect(await page.locator('#posts .mark.events').count()).toBe(10)
  expect(await page.locator('#posts h2').allInnerTexts()).toEqual([
    ...['May 2023', 'June 2023', 'July 2023', 'August 2023', 'September 2023'],
  ])
  expect(await page.locator('.axis .marks b').allInnerTexts()).toEqual([
    ...['May', 'Jun', 'Jul', 'Aug', 'Sept'],
  ])
  expect(await page.locator('.axis .spans li .name').allInnerTexts()).toEqual([
    expect.stringMatching(/^Defender 2023/),
    expect.stringMatching(/^Partner 2023/),
  ])
  // A post leads to what both platforms show.
  await page.locator('#posts summary', { hasText: 'starts today (day 1 of 10)' }).click()
  const post = page.locator('#posts details[open]')
  expect(await post.locator('summary').innerText()).toMatch(
    /Thu 1 Jun 2023, 09:00\s+Defender 2023 starts today \(day 1 of 10\)\s+Defender 2023 starts today/,
  )
  expect(await post.locator('.discord').innerText()).toContain('starts today (day 1 of 10)')
  expect(await post.locator('.telegram').innerText()).toContain('starts today (day 1 of 10)')
  expect(await post.locator('.button:not(a, [disabled]), .key:not(a, [disabled])').count()).toBe(0)
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

test('ten years group the posts whose dots would overlap, and a press zooms in', async () => {
  await open('?from=2020-01-01&to=2029-12-31')
  expect(await page.locator('.axis .marks b').first().innerText()).toBe('2020')
  const group = page.locator('.axis .lane.events .dot').first()
  expect(await group.innerText()).toBe('5')
  expect(await group.getAttribute('aria-label')).toBe(
    '5 posts. 18 May 2023 to 10 June 2023. Press to zoom in',
  )
  await group.focus()
  await page.keyboard.press('Enter')
  await shows(/^8 posts/)
  expect(await page.inputValue('#from')).toBe('2023-05-17')
  expect(await page.inputValue('#to')).toBe('2023-06-11')
  // The group is gone, so its first post has the focus.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toMatch(/^Defender 2023 starts in 14 days/)
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

test('the arrow keys move along a lane, the tooltip says what a dot is, and Enter opens it', async () => {
  await open('?from=2023-05-15&to=2023-06-15')
  const dots = page.locator('.axis .lane.events .dot')
  expect(await dots.count()).toBe(5)
  expect(await page.locator('.axis .lane.events .dot[tabindex="0"]').count()).toBe(1)
  await dots.first().focus()
  await page.keyboard.press('ArrowRight')
  const words = ['Defender 2023 starts in 3 days', 'Mon 29 May 2023, 09:00']
  const tip = page.locator('.axis .tip')
  expect(await tip.innerText()).toBe([...words, '3 days before Defender 2023 starts'].join('\n'))
  expect(await dots.nth(1).getAttribute('aria-label')).toContain(words.join('. '))
  await page.keyboard.press('Escape')
  await tip.waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  const post = page.locator('#posts details[open]')
  await post.locator('.telegram .message').waitFor()
  expect(await post.locator('.title').innerText()).toBe(words[0])
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY')
  // The facts are of September.
  expect(await post.locator('.quiet').innerText()).toMatch(/facts are as of September 2023/)
  await dots.first().focus()
  await page.keyboard.press('End')
  expect(await dots.last().evaluate(dot => dot === document.activeElement)).toBe(true)
})

test('days with digests alone say so, and lead to days with more', async () => {
  await open('?from=2024-01-01&to=2024-01-31')
  await page.getByText('No exercise is near these days, so only digests are sent.').waitFor()
  await page.click('text=Show 17 May 2023 to 25 September 2023')
  await shows(/^29 posts/)
  expect(await page.locator('main > .quiet').count()).toBe(0)
})

test('today is marked, and a post after the day of the facts has no remark', async () => {
  await open('?from=2023-04-01&to=2023-10-31')
  expect(await page.locator('.axis .today').innerText()).toMatch(/^Today/)
  await page.locator('#posts summary').last().click()
  await page.locator('#posts details[open] .telegram .message').waitFor()
  expect(await page.locator('#posts details[open] .quiet').count()).toBe(0)
  await open('?from=2024-01-01&to=2024-01-31')
  expect(await page.locator('.axis .today').count()).toBe(0)
})

test('a digest leads with its timeline in the style of images, which a reload and a link keep', async () => {
  await open('?from=2023-05-01&to=2023-05-31')
  const tables = page.getByRole('combobox', { name: 'Tables' })
  expect(await tables.inputValue()).toBe('grid')
  await page.locator('#posts summary', { hasText: 'digest of 8 May' }).click()
  const digest = page.locator('#posts details[open]')
  await digest.locator('.telegram .message').first().waitFor()
  expect(await digest.getByRole('img').count()).toBe(0)
  await tables.selectOption({ label: 'Dark image' })
  const images = digest.getByRole('img')
  await expect.poll(() => images.count()).toBe(2)
  // On Discord its words are the description of the image.
  expect(await images.first().getAttribute('alt')).toMatch(/^Today, 8 May 2023\nDefender 2023: /)
  for (const image of await images.all()) {
    await expect
      .poll(() => image.evaluate(each => (each as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0)
    expect(await image.getAttribute('src')).toMatch(/^\/pictures\/drawn-/)
  }
  expect(new URL(page.url()).searchParams.get('tables')).toBe('dark-picture')
  await page.reload()
  await shows(/posts/)
  expect(await tables.inputValue()).toBe('dark-picture')
  expect(await page.inputValue('#to')).toBe('2023-05-31')
  await page.goto(`${scene.web.address()}/?tables=picture`)
  await page.click('text=Schedule preview')
  await shows(/posts/)
  expect(await tables.inputValue()).toBe('picture')
})

test('the keyboard alone opens a post and shows it for either platform', async () => {
  await open()
  await page.locator('#posts summary').first().focus()
  await page.keyboard.press('Enter')
  await page.locator('#posts details[open] .telegram .message').first().waitFor()
  await page.keyboard.press('Enter')
  expect(await page.locator('#posts details[open]').count()).toBe(0)
})

test.each([
  ['at 360 pixels', '?from=2023-05-01&to=2023-10-01', 1],
  ['at 360 pixels with ten years', '?from=2020-01-01&to=2029-12-31', 1],
  ['at 720 pixels and a zoom of 200 %', '?from=2023-05-01&to=2023-10-01', 2],
])(
  '%s nothing overflows the page, labels are readable and dots large enough',
  async (_, query, zoom) => {
    await page.setViewportSize({ width: 360 * zoom, height: 740 })
    await open(query)
    if (zoom > 1)
      await page.evaluate(by => {
        document.documentElement.style.fontSize = `${16 * by}px`
      }, zoom)
    await page.locator('#posts summary').first().click()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360 * zoom)
    const sizes = await page
      .locator('.axis :is(b, small, h2, .name, .today)')
      .evaluateAll(all => all.map(each => Number.parseFloat(getComputedStyle(each).fontSize)))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12)
    for (const lane of await page.locator('.axis .lane').all()) {
      const boxes = await lane
        .locator('.dot')
        .evaluateAll(all => all.map(each => each.getBoundingClientRect().toJSON()))
      for (const [index, { left, width, height }] of boxes.entries()) {
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(24)
        expect(left).toBeGreaterThanOrEqual((boxes[index - 1]?.right ?? left) - 0.1)
      }
    }
  },
)

test.each([
  ['light', 'none'],
  ['dark', 'none'],
  ['light', 'active'],
] as const)(
  'axe finds nothing wrong in %s with forced colours %s',
  async (colorScheme, forcedColors) => {
    await page.emulateMedia({ colorScheme, forcedColors })
    await open('?from=2023-05-01&to=2023-10-01')
    await page.locator('#posts summary').first().click()
    await page.locator('#posts details[open] .telegram .message').first().waitFor()
    await page.locator('.axis .dot').first().focus()
    await page.locator('.axis .tip').waitFor()
    expect(await violations(page)).toEqual([])
  },
)
