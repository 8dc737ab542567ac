/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core'
import UPNG from 'upng-js'
import { beforeEach, expect, test } from 'vitest'
import { message, paragraph, table } from '../../src/message.ts'
import { postBodies } from '../../src/platforms/web/bodies.ts'
import { createShownPictures } from '../../src/platforms/web/pictures.ts'
import type { Inspection, Preview } from '../../src/platforms/web/protocol.ts'
import { memoryPictures, png } from '../pictures.ts'
import { shippedBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'
import { openSession } from './web-person.ts'
import { openReader, PANES, type Pane, type Reader } from './web-reader.ts'

const bytes = png(64, 48, 9)
const memory = memoryPictures(bytes)
const drawn = png(720, 400, 200)
const scene = usePage(shippedBot, {
  async read(picture) {
    if ('hash' in picture && picture.hash === BROKEN.hash) return undefined
    return 'id' in picture ? memory.read(picture) : { bytes: drawn, type: 'png' }
  },
})
const place = { platform: 'web', address: 'local', kind: 'private' } as const
const MAP = { path: 'map.png', hash: 'ab12'.repeat(16), type: 'png' } as const
/** A picture that the server cannot read. */
const BROKEN = { ...MAP, hash: '0'.repeat(64) }
const CELLS = [
  ['River', 'Level'],
  ['Drin', '4.20 m'],
  ['Buna', '3.10 m'],
  ['Bojana', '2.70 m'],
]
const WORDS = 'River · Level\nDrin · 4.20 m\nBuna · 3.10 m\nBojana · 2.70 m'
let page: Page

beforeEach(() => {
  page = scene.page
})

/** Posts two pictures between texts, and resolves to its messages in a pane. */
async function post(reader: Reader, picture = MAP) {
  const said = message([
    paragraph('Before.'),
    table(CELLS),
    paragraph('Between.'),
    { type: 'image', url: 'map.png', alt: 'The valley.', data: { picture } },
    paragraph('Behind.'),
  ])
  const { poster } = scene.web.platform
  const [part = {}] = poster.render(said, 'picture')
  await reader.added(() => poster.send(place, part, { key: 'k' }))
  return (pane: Pane) => reader.pane(pane).locator('.entry').last()
}

const open = (query = '') => openReader(page, `${scene.web.address()}/${query}`)

const widthOf = (image: Locator) =>
  image.evaluate(element => (element as HTMLImageElement).naturalWidth)

test('a picture is served to the session of the open page, with its own type', async () => {
  const address = scene.web.address()
  const get = (path: string, headers = {}) => fetch(address + path, { headers })
  expect((await get('/pictures/1')).status).toBe(403)
  const cookie = await openSession(address)
  const answer = await get('/pictures/1', { cookie })
  expect(answer.headers.get('content-type')).toBe('image/png')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  // The id of an announcement is no hash.
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0)
  const names = ['2', 'x', '', '1e3', '..%2f..%2fmap.png', '%00', '__proto__', 'constructor']
  for (const name of [...names, 'a'.repeat(101), 'drawn-0', '１']) {
    expect((await get(`/pictures/${name}`, { cookie })).status).toBe(404)
  }
  await post(await open())
  const map = await get(`/pictures/${MAP.hash}`, { cookie })
  expect(map.headers.get('cache-control')).toMatch(/^private, max-age=\d+/)
  expect(Buffer.compare(Buffer.from(await map.arrayBuffer()), drawn)).toBe(0)
  expect((await get(`/pictures/${MAP.hash}`)).status).toBe(403)
})

test('a post shows its picture on both platforms, and none once it is taken back', async () => {
  const reader = await open()
  const { poster } = scene.web.platform
  const body = message([paragraph('Look at this.')], [{ label: 'Next', command: '/next' }])
  const [part = {}] = poster.render({ ...body, picture: { id: 1, type: 'png' } }, 'grid')
  // The data for the page has the id of the image, and not its bytes.
  expect(JSON.stringify(part).length).toBeLessThan(2000)
  const sent = await poster.send(place, part, { key: 'k' })
  for (const pane of PANES) {
    const shown = reader.messages(pane).filter({ hasText: 'Look at this.' })
    const image = shown.getByRole('img', { name: 'Image' })
    await expect.poll(() => widthOf(image)).toBe(64)
    await expect.poll(() => shadeOf(image)).toBe(9)
    expect(await topOf(shown, 'Look')).toBeGreaterThanOrEqual(await bottomOf(image))
  }
  expect(await violations(page)).toEqual([])
  await poster.remove(place, sent.ok ? sent.value : '')
  await expect.poll(() => page.getByText('Look at this.').count()).toBe(0)
})

test('pictures stand in order between the texts, with their words as each platform has them', async () => {
  const shown = await post(await open())
  const discord = shown('Discord').locator('.container')
  const first = discord.getByRole('img', { name: WORDS.replaceAll('\n', ' '), exact: true })
  const second = discord.getByRole('img', { name: 'The valley.', exact: true })
  await expect.poll(async () => [await widthOf(first), await widthOf(second)]).toEqual([720, 720])
  const order = [
    await topOf(discord, 'Before.'),
    await bottomOf(first),
    await topOf(discord, 'Between.'),
    await bottomOf(second),
    await topOf(discord, 'Behind.'),
  ]
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  // The badge of the words, by the keyboard.
  const badge = discord.getByRole('button', { name: 'ALT' }).first()
  await badge.press('Enter')
  expect(await discord.locator('figcaption').innerText()).toBe(WORDS)
  await badge.press('Enter')
  expect(await discord.locator('figcaption').count()).toBe(0)

  const telegram = shown('Telegram').getByRole('article', { name: 'Sitrep' })
  const [table = telegram] = await telegram.all()
  const image = table.getByRole('img', { name: 'Image' })
  await expect.poll(() => widthOf(image)).toBe(720)
  expect(await bottomOf(image)).toBeGreaterThan(await topOf(table, 'Before.'))
  expect(await topOf(table, 'Drin')).toBeLessThan(await bottomOf(image))
  const more = table.getByRole('button', { name: 'Show all' })
  await more.press('Enter')
  expect(await table.locator('blockquote').innerText()).toContain('Bojana · 2.70 m')
  expect(await violations(page)).toEqual([])
})

test('an image keeps its room while it is loaded, so that nothing moves', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/pictures/*', async route => {
    await released
    await route.continue()
  })
  const shown = await post(await open())
  const boxes = () =>
    page
      .locator('.entry:last-child :is(.frame, .display, .bubble)')
      .evaluateAll(all => all.map(each => each.getBoundingClientRect().toJSON()))
  const before = await boxes()
  expect(before.length).toBeGreaterThan(6)
  release()
  for (const pane of PANES) {
    const images = shown(pane).locator('.frame img')
    for (const image of await images.all()) await expect.poll(() => widthOf(image)).toBe(720)
    const { width = 0, height = 0 } = (await images.first().boundingBox()) ?? {}
    expect(width / height).toBeCloseTo(720 / 400, 1)
  }
  expect(await boxes()).toEqual(before)
})

test('Enter opens an image large, and Escape closes it', async () => {
  const shown = await post(await open())
  const enlarge = shown('Telegram').getByRole('button', { name: 'Enlarge image' }).first()
  await enlarge.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Image' })
  const image = dialog.getByRole('img')
  await expect.poll(() => widthOf(image)).toBe(720)
  expect((await image.boundingBox())?.width).toBe(720)
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await enlarge.evaluate(each => each === document.activeElement)).toBe(true)
  await enlarge.click()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'detached' })
})

test('the schedule preview shows the very image of a post, and opens it large', async () => {
  const said = { ...message([paragraph('Look.')]), picture: { id: 1, type: 'png' as const } }
  const bodies = createShownPictures(memory).named(postBodies(said, 'grid', { menu: () => [] }))
  await page.route('**/posts?*', async route => {
    const answer = await route.fetch()
    const preview: Preview = await answer.json()
    await route.fulfill({ json: { ...preview, posts: [{ ...preview.posts[0], ...bodies }] } })
  })
  await page.goto(`${scene.web.address()}/plan`)
  await page.locator('#posts summary').click()
  const post = page.locator('#posts details[open]')
  for (const image of await post.getByRole('img').all()) {
    await expect.poll(() => shadeOf(image)).toBe(9)
  }
  await post.getByRole('button', { name: 'Enlarge image' }).last().press('Enter')
  const large = page.getByRole('dialog', { name: 'Image' }).getByRole('img')
  await expect.poll(() => shadeOf(large)).toBe(9)
  expect(await violations(page)).toEqual([])
})

test('a chat that refuses images gets the words of each in the same place', async () => {
  const reader = await open()
  const shown = await post(reader)
  await reader.choose('Images', 'Refused')
  for (const pane of PANES) {
    await expect.poll(() => shown(pane).getByRole('img').count()).toBe(0)
    const text = (await shown(pane).innerText()).replaceAll('\u2060', '')
    expect(text).toMatch(/Before\.[\s\S]*Drin[\s\S]*4\.20 m[\s\S]*Between\.[\s\S]*The valley\./)
    expect(text).not.toContain('Show all')
  }
  await page.reload()
  expect(await reader.pane('Discord').getByRole('img').count()).toBe(0)
  await reader.choose('Images', 'Shown')
  for (const pane of PANES) expect(await shown(pane).getByRole('img').count()).toBe(2)
})

test('words replace an image that the server no longer has, and the other stays', async () => {
  await page.route(`**/pictures/${MAP.hash}`, route => route.fulfill({ status: 404 }))
  const shown = await post(await open())
  for (const pane of PANES) {
    await shown(pane).getByText('[Image: The valley.]').waitFor()
    expect(await shown(pane).getByRole('img').count()).toBe(1)
  }
  scene.faults = scene.faults.filter(each => !each.includes('404'))
})

test('a picture that cannot be read is sent in its plainer form', async () => {
  const shown = await post(await open(), BROKEN)
  expect(await shown('Discord').getByRole('img').count()).toBe(0)
  expect(await shown('Telegram').getByRole('img').count()).toBe(1)
  const key = await shown('Telegram').getAttribute('data-key')
  const inspection = await page.evaluate<Inspection, string>(
    async path => (await fetch(path)).json(),
    `/entries/${key}?place=private`,
  )
  expect(inspection.telegram.map(({ call }) => call)).toEqual([
    'sendPhoto',
    'sendMessage',
    'sendMessage',
  ])
  expect(inspection.discord[0]).not.toHaveProperty('files')
})

test.each([
  ['light', 'Discord'],
  ['dark', 'Telegram'],
] as const)('on a phone in %s, images fit %s, and axe finds nothing', async (colorScheme, pane) => {
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width: 360, height: 740 })
  const shown = await post(await open(`?platform=${pane.toLowerCase()}`))
  const images = await shown(pane).getByRole('img').all()
  expect(images).toHaveLength(2)
  for (const image of images) {
    const { x = 0, width = 0 } = (await image.boundingBox()) ?? {}
    expect(x + width).toBeLessThanOrEqual(360)
    expect(width).toBeGreaterThan(250)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  expect(await violations(page)).toEqual([])
})

/** Resolves to the shade in the middle of what the reader sees of an image. */
async function shadeOf(image: Locator): Promise<number | undefined> {
  const shot = UPNG.decode(new Uint8Array(await image.screenshot()).buffer)
  const { width, height } = shot
  const pixels = new Uint8Array(UPNG.toRGBA8(shot)[0] ?? new ArrayBuffer(0))
  return pixels[4 * (Math.floor(height / 2) * width + Math.floor(width / 2))]
}

async function bottomOf(image: Locator): Promise<number> {
  const { y = Number.NaN, height = 0 } = (await image.boundingBox()) ?? {}
  return y + height
}

/** Resolves to the upper end of a text. */
function topOf(within: Locator, text: string): Promise<number> {
  return within.evaluate((element, wanted) => {
    const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    while (words.nextNode()) {
      range.selectNodeContents(words.currentNode)
      if (range.toString().includes(wanted)) return range.getBoundingClientRect().top
    }
    return Number.NaN
  }, text)
}
