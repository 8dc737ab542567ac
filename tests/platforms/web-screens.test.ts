/// <reference lib="dom" />
import { beforeEach, expect, test } from 'vitest'
import { openKeepingBot } from '../keeping.ts'
import { shippedBot } from '../shipped.ts'
import { film, shoot, usePage } from './web-page-scene.ts'
import { createWebServer, type WebServer } from './web-server.ts'

/** The size of a small phone. */
const PHONE = { width: 360, height: 740 }

const scene = usePage(shippedBot)
let own: WebServer

beforeEach(async () => {
  own = createWebServer((await openKeepingBot()).bot)
  await own.start()
  await scene.page.setViewportSize(PHONE)
  await scene.page.goto(own.address())
  await answered('/start')
  return own.stop
})

async function answered(line: string): Promise<void> {
  await scene.page.waitForFunction(text => {
    const asked = [...document.querySelectorAll('.telegram .asked')].at(-1)
    return asked?.textContent === `You: ${text}` && asked.nextElementSibling?.matches('.message')
  }, line)
}

async function type(line: string): Promise<void> {
  await scene.page.fill('#line', line)
  await scene.page.press('#line', 'Enter')
  await answered(line)
}

test.each([
  ['/start', 'phone-start.png'],
  ['/help', 'phone-help.png'],
  ['/threats', 'phone-section.png'],
  ['/settings', 'phone-settings.png'],
])('a phone shows %s without scrolling sideways', async (line, name) => {
  const { page } = scene
  await type(line)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width)
  await shoot(page, name)
})

test('a person asks and subscribes on a phone', async () => {
  const { page } = scene
  const shots: [Buffer, number][] = [[await page.screenshot(), 1500]]
  for (const line of ['threats', '/subscribe', '/settings sound silent']) {
    await page.fill('#line', line)
    shots.push([await page.screenshot(), 900])
    await page.press('#line', 'Enter')
    await answered(line)
    shots.push([await page.screenshot(), 2200])
  }
  await film(shots, 'subscribe.png')
  const said = await page.locator('.telegram .message').last().innerText()
  expect(said).toMatch(/Sound: All silent ✓/)
})
