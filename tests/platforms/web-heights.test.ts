/// <reference lib="dom" />
import { beforeEach, expect, test } from 'vitest'
import { shipped, shippedBot } from '../shipped.ts'
import { usePage } from './web-page-scene.ts'

const scene = usePage(shippedBot)

/** The height of a phone of 360 × 740 pixels between a chat's title and its field for typing. */
const SCREEN = 550

/** Most screens that an answer takes. */
const SCREENS: Readonly<Record<string, number>> = {
  '/start': 1,
  '/help': 1.5,
  ...Object.fromEntries(
    ['briefing', 'exercises', 'next', 'tables', ...shipped.sections.map(each => each.command)].map(
      name => [`/${name}`, 1.2],
    ),
  ),
}

beforeEach(async () => {
  const { page } = scene
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(scene.web.address())
  await page.locator('.telegram .message').first().waitFor()
})

/** Asks a line, and returns the height of its answer with the buttons, in pixels. */
async function heightOf(line: string): Promise<number> {
  const { page } = scene
  await page.fill('#line', line)
  await page.press('#line', 'Enter')
  const height = await page.waitForFunction(asked => {
    const last = [...document.querySelectorAll('.telegram .asked')].at(-1)
    const answer = last?.nextElementSibling
    const isDrawn = last?.textContent === `You: ${asked}` && answer?.matches('.message')
    return isDrawn && answer?.getBoundingClientRect().height
  }, line)
  return Number(await height.jsonValue())
}

test('the first answers and the short answer of each section fit a phone', async () => {
  const tooHigh: string[] = []
  for (const [line, most] of Object.entries(SCREENS)) {
    const screens = (await heightOf(line)) / SCREEN
    if (screens > most) tooHigh.push(`${line}: ${screens.toFixed(2)} screens, at most ${most}`)
  }
  expect(tooHigh).toEqual([])
})

test('the page leaves a phone’s screen to the messages', async () => {
  const height = await scene.page.locator('.telegram .log').evaluate(log => log.clientHeight)
  expect(height).toBeGreaterThanOrEqual(SCREEN)
})
