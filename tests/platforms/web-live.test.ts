import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { answering } from '../request.ts'
import { openBot, shippedBot } from '../shipped.ts'
import { manualClock } from './pauses.ts'
import { hide, show, usePage } from './web-page-scene.ts'
import { webPerson } from './web-person.ts'
import { openReader, PANES } from './web-reader.ts'
import { createWebServer } from './web-server.ts'

const said = (text: string) => message([paragraph(text)])

const START = Temporal.Instant.from('2027-05-01T12:00:00Z')

/** A local chat in which the answer to /about changes after 10 and 20 seconds of its clock. */
async function openLive() {
  const clock = manualClock(START.toString())
  const at = [10, 20].map(seconds => START.add({ seconds }))
  const versions = ['Half a minute left.', 'Twenty seconds left.', 'It is on its way.']
  const versionAt = (now: Temporal.Instant) => {
    const passed = at.filter(each => Temporal.Instant.compare(each, now) <= 0).length
    return said(versions[passed] ?? '')
  }
  const live = { at, message: async (now: Temporal.Instant) => versionAt(now) }
  const bot = answering(openBot(), async line =>
    line === '/about'
      ? { message: versionAt(clock.now()), understood: true, live }
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
  const { key } = person.last()
  await person.type('/next')
  expect(await person.read()).toEqual(['Hello.'])
  for (const version of ['Twenty seconds left.', 'It is on its way.']) {
    await clock.advance({ seconds: 10 })
    expect(await person.read()).toEqual([version])
    expect(person.last()).toMatchObject({ key, line: '/about', isEdited: true })
  }
  // A page that is opened later gets the newest version alone.
  const history = await person.reopened()
  expect(history.filter(({ line }) => line === '/about')).toHaveLength(1)
})

const scene = usePage(shippedBot)

test('a hidden page holds no connection, and shows what it missed when it is seen again', async () => {
  const { clock, address } = await openLive()
  const { page } = scene
  const reader = await openReader(page, address)
  await reader.type('/about')
  await hide(page)
  await clock.advance({ seconds: 10 })
  await clock.advance({ seconds: 10 })
  expect(await reader.last('Telegram')).toContain('Half a minute left.')
  await show(page)
  await expect.poll(() => reader.last('Telegram')).toContain('It is on its way.')
})

test('the page replaces an answer that changes by itself, on both platforms', async () => {
  const { clock, address } = await openLive()
  const reader = await openReader(scene.page, address)
  await reader.type('/about')
  await reader.type('/next')
  await clock.advance({ seconds: 10 })
  await clock.advance({ seconds: 10 })
  for (const pane of PANES) {
    await expect.poll(() => reader.messages(pane).nth(1).innerText()).toContain('It is on its way.')
    expect(await reader.messages(pane).count()).toBe(3)
    expect(await reader.last(pane)).toContain('Hello.')
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
  const reader = await openReader(page, web.address())
  const waiting = page.waitForEvent('download')
  await reader
    .pane('Telegram')
    .getByRole('link', { name: /copy\.json/ })
    .first()
    .click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('copy.json')
  expect(readFileSync(await download.path(), 'utf8')).toBe(file.text)
})
