/// <reference lib="dom" />
import { expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { memoryPictures, png } from '../pictures.ts'
import { shippedBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'
import { openSession } from './web-person.ts'
import { openReader, PANES } from './web-reader.ts'

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

test('a post shows its picture on both platforms, and none once it is taken back', async () => {
  const { page, web } = scene
  const reader = await openReader(page, web.address())
  const { poster } = web.platform
  const body = message([paragraph('Look at this.')], [{ label: 'Next', command: '/next' }])
  const [part = {}] = poster.render({ ...body, picture: { id: 1, type: 'png' } }, 'grid')
  // The data for the page has the id of the image, and not its bytes.
  expect(JSON.stringify(part).length).toBeLessThan(2000)
  const sent = await poster.send(place, part, { key: 'k' })
  for (const pane of PANES) {
    const post = reader.messages(pane).filter({ hasText: 'Look at this.' })
    const image = post.getByRole('img', { name: 'Image of the post' })
    await expect
      .poll(() => image.evaluate(element => (element as HTMLImageElement).naturalWidth))
      .toBe(64)
    // Above the text.
    const { y = 0, height = 0 } = (await image.boundingBox()) ?? {}
    const text = await post.getByText('Look at this.').evaluate(element => {
      const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
      const range = document.createRange()
      while (words.nextNode()) {
        range.selectNodeContents(words.currentNode)
        if (range.toString().includes('Look')) return range.getBoundingClientRect().top
      }
      return Number.NaN
    })
    expect(text - (y + height)).toBeGreaterThanOrEqual(0)
  }
  expect(await violations(page)).toEqual([])
  await poster.remove(place, sent.ok ? sent.value : '')
  await expect.poll(() => page.getByText('Look at this.').count()).toBe(0)
})
