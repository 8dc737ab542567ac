import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { answering } from '../request.ts'
import { openBot, shippedBot } from '../shipped.ts'
import { manualClock } from './pauses.ts'
import { usePage } from './web-page-scene.ts'
import { webPerson } from './web-person.ts'
import { createWebServer } from './web-server.ts'

const said = (text: string) => message([paragraph(text)])

const START = Temporal.Instant.from('2027-05-01T12:00:00Z')

/** A local chat in which the answer to /about changes after 10 and 20 seconds of its clock. */
async function openLive() {
  const clock = manualClock(START.toString())
  const at = [10, 20].map(seconds => START.add({ seconds }))
  const versions = ['Twenty seconds left.', 'It is on its way.']
  const live = { at, message: async () => said(versions.shift() ?? '') }
  const bot = answering(openBot(), async line =>
    line === '/about'
      ? { message: said('Half a minute left.'), understood: true, live }
      : { message: said('Hello.'), understood: true },
  )
  const web = createWebServer(bot, undefined, undefined, undefined, clock)
  await web.start()
  onTestFinished(web.stop)
  return { clock, address: web.address() }
}

test('an answer that changes by itself is edited in the local chat, beside later answers', async () => {
  const { clock, address } = await openLive()
  const person = await webPerson(address)
  await person.type('/about')
  expect(await person.read()).toEqual(['Half a minute left.'])
  const { id } = person.last()
  await person.type('/next')
  expect(await person.read()).toEqual(['Hello.'])
  for (const version of ['Twenty seconds left.', 'It is on its way.']) {
    await clock.advance({ seconds: 10 })
    expect(await person.read()).toEqual([version])
    expect(person.last()).toMatchObject({ of: id, line: '/about' })
  }
  // A page that is opened later gets the newest version alone.
  const history = await person.reopened()
  expect(history.filter(({ line }) => line === '/about')).toHaveLength(1)
})

const scene = usePage(shippedBot)

test('the page replaces an answer that changes by itself, in both skins', async () => {
  const { clock, address } = await openLive()
  const { page } = scene
  await page.goto(address)
  for (const line of ['/about', '/next']) {
    await page.fill('#line', line)
    await page.press('#line', 'Enter')
    const asked = page.locator('.telegram .asked', { hasText: line })
    await asked.locator('+ .message').waitFor()
  }
  await clock.advance({ seconds: 10 })
  await clock.advance({ seconds: 10 })
  for (const skin of ['.discord', '.telegram']) {
    await page.locator(skin).getByText('It is on its way.').waitFor()
    const texts = await page.locator(`${skin} .log .message`).allInnerTexts()
    expect(texts.map(text => text.trim())).toEqual(['Hello.', 'It is on its way.', 'Hello.'])
  }
})

test('the page offers the file of an answer as a download', async () => {
  const file = { name: 'copy.json', type: 'application/json', text: '{"a": 1}' }
  const bot = answering(openBot(), async () => ({
    message: { ...said('Here.'), file },
    understood: true,
  }))
  const web = createWebServer(bot)
  await web.start()
  onTestFinished(web.stop)
  const { page } = scene
  await page.goto(web.address())
  const waiting = page.waitForEvent('download')
  await page.locator('.telegram').getByText('Download copy.json').first().click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('copy.json')
  expect(readFileSync(await download.path(), 'utf8')).toBe(file.text)
})
