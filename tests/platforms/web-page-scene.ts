/// <reference lib="dom" />
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import UPNG from 'upng-js'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Bot } from '../../src/bot.ts'
import type { Editions } from '../../src/platforms/web/protocol.ts'
import type { Pictures } from '../../src/poster.ts'
import { openBrowser } from '../browser.ts'
import { createWebServer, type WebServer } from './web-server.ts'

/** The folder of the README's images, which `npm run screenshots` writes; no other run takes pictures. */
const pictures = process.env.SCREENSHOTS && join(import.meta.dirname, '../../docs/images')

/** A page of its own for each test, of one browser and one local chat for all of a file. */
export interface PageScene {
  browser: Browser
  web: WebServer
  context: BrowserContext
  page: Page
  /** Errors and breaches of the content policy on the page's console. */
  faults: string[]
}

export function usePage(bot: Bot, pictures?: Pick<Pictures, 'read'>): PageScene {
  const scene = {} as PageScene

  beforeAll(async () => {
    scene.browser = await openBrowser()
    scene.web = createWebServer(bot, 0, pictures)
    await scene.web.start()
  }, 60_000)

  afterAll(async () => {
    await scene.browser?.close()
    await scene.web?.stop()
  })

  beforeEach(async () => {
    scene.context = await scene.browser.newContext({ viewport: { width: 1200, height: 800 } })
    // The server of these tests has one briefing, and nothing to choose from.
    const none = { current: '', all: [] } satisfies Editions
    await scene.context.route('**/editions', route => route.fulfill({ json: none }))
    scene.page = await scene.context.newPage()
    scene.page.setDefaultTimeout(8000)
    scene.faults = []
    scene.page.on('console', said => {
      if (['error', 'warning'].includes(said.type())) scene.faults.push(said.text())
    })
    scene.page.on('pageerror', error => scene.faults.push(error.message))
  })

  afterEach(async () => {
    expect(scene.faults).toEqual([])
    await scene.context.close()
  })
  return scene
}

/** Hides a page, as another tab or window over it does, and waits until its stream is closed. */
export async function hide(page: Page): Promise<void> {
  const closed = page.waitForEvent('requestfailed', request => request.url().includes('/events?'))
  await setHidden(page, true)
  await closed
}

/** Shows a page that was hidden, and waits until it has a stream again. */
export async function show(page: Page): Promise<void> {
  const opened = page.waitForResponse(response => response.url().includes('/events?'))
  await setHidden(page, false)
  await opened
}

function setHidden(page: Page, isHidden: boolean): Promise<void> {
  return page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)
}

/** Colours of an image: enough for a page of few, at a third of the size. */
const COLOURS = 64

/** Saves what the page shows as an image. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (pictures) await film([[await page.screenshot(), 0]], name)
}

/** Saves screenshots, each with the milliseconds for which it is shown, as one animated PNG that repeats. */
export async function film(shots: readonly (readonly [Buffer, number])[], name: string) {
  if (!pictures) return
  const images = shots.map(([png]) => UPNG.decode(new Uint8Array(png).buffer))
  const [{ width, height } = { width: 0, height: 0 }] = images
  const frames = images.map(image => UPNG.toRGBA8(image)[0] ?? new ArrayBuffer(0))
  const delays = shots.map(([, ms]) => ms)
  const bytes = UPNG.encode(frames, width, height, COLOURS, shots.length > 1 ? delays : undefined)
  writeFileSync(join(pictures, name), new Uint8Array(bytes))
}

/** Returns the violations that axe finds. */
export async function violations(page: Page): Promise<string[]> {
  // The page's own policy lets no script in: axe comes in through the debugger.
  await page.evaluate(`${axe.source}; undefined`)
  const found = await page.evaluate(() => window.axe.run())
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
