/// <reference lib="dom" />
import { beforeEach, expect, test } from 'vitest'
import { openKeepingBot } from '../keeping.ts'
import { shippedBot } from '../shipped.ts'
import { film, shoot, usePage } from './web-page-scene.ts'
import { openReader, type Reader } from './web-reader.ts'
import { createWebServer, type WebServer } from './web-server.ts'

/** The size of a small phone. */
const PHONE = { width: 360, height: 740 }

const scene = usePage(shippedBot)
let own: WebServer
let reader: Reader

beforeEach(async () => {
  own = createWebServer((await openKeepingBot()).bot)
  await own.start()
  await scene.page.setViewportSize(PHONE)
  reader = await openReader(scene.page, own.address())
  return own.stop
})

test.each([
  ['/start', 'phone-start.png'],
  ['/help', 'phone-help.png'],
  ['/threats', 'phone-section.png'],
  ['/settings', 'phone-settings.png'],
])('a phone shows %s without scrolling sideways', async (line, name) => {
  const { page } = scene
  await reader.type(line)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width)
  await shoot(page, name)
})

test('a person asks and subscribes on a phone', async () => {
  const { page } = scene
  const shots: [Buffer, number][] = [[await page.screenshot(), 1500]]
  for (const line of ['threats', '/subscribe', '/settings sound silent']) {
    await page.fill('#line', line)
    shots.push([await page.screenshot(), 900])
    await reader.added(() => page.press('#line', 'Enter'))
    shots.push([await page.screenshot(), 2200])
  }
  await film(shots, 'subscribe.png')
  expect(await reader.last('Telegram')).toMatch(/Sound: All silent ✓/)
})
