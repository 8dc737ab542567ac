/// <reference lib="dom" />
import { expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { memoryPictures, png } from '../pictures.ts'
import { shippedBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'
import { openSession } from './web-person.ts'

const bytes = png(64, 48, 9)
const scene = usePage(shippedBot, memoryPictures(bytes))
const place = { platform: 'web', address: 'local', kind: 'private' } as const

test('a picture is served to the session of the open page, with its own type', async () => {
  const address = scene.web.address()
  const open = (path: string, headers = {}) => fetch(address + path, { headers })
  expect((await open('/pictures/1')).status).toBe(403)
  const cookie = await openSession(address)
  const answer = await open('/pictures/1', { cookie })
  expect(answer.headers.get('content-type')).toBe('image/png')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0)
  for (const path of ['/pictures/2', '/pictures/x', '/pictures/', '/pictures/1e3']) {
    expect((await open(path, { cookie })).status).toBe(404)
  }
})

test('a post shows its picture in both skins, and none once it is taken back', async () => {
  const { page, web } = scene
  await page.goto(web.address())
  const { poster } = web.platform
  const body = message([paragraph('Look at this.')], [{ label: 'Next', command: '/next' }])
  const [part = {}] = poster.render({ ...body, picture: { id: 1, type: 'png' } }, 'grid')
  // The data for the page has the id of the image, and not its bytes.
  expect(JSON.stringify(part).length).toBeLessThan(2000)
  const sent = await poster.send(place, part, { key: 'k' })
  for (const skin of ['.discord', '.telegram']) {
    const image = page.locator(`${skin} .post`).getByRole('img', { name: 'Image of the post' })
    await image.waitFor()
    const isDrawn = ([selector]: string[]) =>
      document.querySelector<HTMLImageElement>(`${selector} .picture`)?.naturalWidth === 64
    await page.waitForFunction(isDrawn, [skin])
    expect(await page.locator(`${skin} .post`).innerText()).toContain('Look at this.')
    // Above the text.
    const below = await page.locator(`${skin} .post`).evaluate(post => {
      const [text] = [...post.querySelectorAll('.display, .bubble')].slice(-1)
      const image = post.querySelector('img')
      const range = document.createRange()
      if (text?.lastChild) range.selectNode(text.lastChild)
      return range.getBoundingClientRect().top - (image?.getBoundingClientRect().bottom ?? 0)
    })
    expect(below).toBeGreaterThanOrEqual(0)
  }
  expect(await violations(page)).toEqual([])
  await poster.remove(place, sent.ok ? sent.value : '')
  await page.waitForFunction(() => document.querySelector('.picture') === null)
})
