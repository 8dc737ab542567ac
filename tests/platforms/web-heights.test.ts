/// <reference lib="dom" />
import { beforeEach, expect, test } from 'vitest'
import { shipped, shippedBot } from '../shipped.ts'
import { usePage } from './web-page-scene.ts'
import { openReader, type Reader } from './web-reader.ts'

const scene = usePage(shippedBot)

/** The height of a phone of 360 × 740 pixels between a chat's title and its field for typing. */
const SCREEN = 550

/** Most screens that an answer takes. */
const SCREENS: Readonly<Record<string, number>> = {
  '/start': 1,
  '/help': 1.55,
  ...Object.fromEntries(
    ['briefing', 'exercises', 'next', 'tables', ...shipped.sections.map(each => each.command)].map(
      name => [`/${name}`, 1.2],
    ),
  ),
}

let reader: Reader

beforeEach(async () => {
  const { page } = scene
  await page.setViewportSize({ width: 360, height: 740 })
  reader = await openReader(page, scene.web.address())
})

/** Asks a line, and returns the height of its answer with the buttons, in pixels. */
async function heightOf(line: string): Promise<number> {
  await reader.type(line)
  const box = await reader.messages('Telegram').last().boundingBox()
  return box?.height ?? Number.NaN
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
  const height = await reader.pane('Telegram').evaluate(log => log.clientHeight)
  expect(height).toBeGreaterThanOrEqual(SCREEN)
})
