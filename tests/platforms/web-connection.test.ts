/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { answering } from '../request.ts'
import { openBot, shippedBot } from '../shipped.ts'
import { hide, show, usePage } from './web-page-scene.ts'
import { openReader, PANES } from './web-reader.ts'
import { createWebServer } from './web-server.ts'

const scene = usePage(shippedBot)

/** Starts a local chat. `restart` replaces it with another one at the same address. */
async function openServer() {
  let web = createWebServer(shippedBot)
  await web.start()
  onTestFinished(() => web.stop())
  const address = web.address()
  return {
    address,
    stop: () => web.stop(),
    async start() {
      web = createWebServer(shippedBot, Number(new URL(address).port))
      await web.start()
    },
  }
}

test('a server that starts anew is found again, and what was read stays', async () => {
  const server = await openServer()
  const { page } = scene
  const reader = await openReader(page, server.address)
  await reader.type('/thretas')
  await page.getByRole('button', { name: 'Dismiss message' }).click()
  await reader.type('/threats')
  await server.stop()
  await page.getByText(/Reconnecting|Retrying/).waitFor()
  await server.start()
  const before = ['/start', '/thretas', '/threats', '/start']
  await expect.poll(() => reader.typed(), { timeout: 20_000 }).toEqual(before)
  await reader.type('/next')
  await hide(page)
  await show(page)
  await reader.type('/threats')
  expect(await reader.typed()).toEqual([...before, '/next', '/threats'])
  // A message that was dismissed stays away.
  expect(await page.getByRole('button', { name: 'Dismiss message' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await expect.poll(() => reader.typed()).toEqual(['/start'])
  scene.faults.splice(0)
})

test('each tab keeps what was read before a restart, and shows the private messages after it', async () => {
  const server = await openServer()
  const tabs = [scene.page, await scene.context.newPage()] as const
  const dismiss = (page: Page) => page.getByRole('button', { name: 'Dismiss message' })
  const readers = []
  for (const page of tabs) readers.push(await openReader(page, server.address))
  const [reader, other] = readers
  await reader?.type('/thretas')
  await dismiss(tabs[1]).click()
  await hide(tabs[1])
  await server.stop()
  await server.start()
  const before = ['/start', '/thretas', '/start']
  await expect.poll(() => reader?.typed(), { timeout: 20_000 }).toEqual(before)
  // This message has the number of the one that was dismissed.
  await reader?.type('/thretas')
  await show(tabs[1])
  await expect.poll(() => other?.typed()).toEqual([...before, '/thretas'])
  expect(await dismiss(tabs[1]).count()).toBe(1)
  scene.faults.splice(0)
})

test('a page that is shown again requests no answers anew, and has those of the edited content', async () => {
  let text = 'Before the edit.'
  const listeners = new Set<() => void>()
  const bot = answering(openBot(), async () => ({
    message: message([paragraph(text)]),
    understood: true,
  }))
  const web = createWebServer(bot, 0, undefined, {
    ...{ problems: () => [], drafts: () => [], updates: () => [] },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  await web.start()
  onTestFinished(web.stop)
  const { page } = scene
  let redraws = 0
  page.on('request', request => {
    if (request.url().endsWith('/views')) redraws += 1
  })
  const reader = await openReader(page, web.address())
  await reader.type('/next')
  await hide(page)
  // The server has closed the stream as well.
  await expect.poll(() => listeners.size).toBe(1)
  text = 'After the edit.'
  for (const listener of listeners) listener()
  await show(page)
  for (const pane of PANES) {
    await expect.poll(() => reader.messages(pane).filter({ hasText: text }).count()).toBe(2)
  }
  expect(redraws).toBe(1)
})

test('a page beyond the limit says so, waits, and is served once another one is closed', async () => {
  const { page, context, web } = scene
  await openReader(page, web.address())
  const [cookie] = await context.cookies()
  const headers = { cookie: `${cookie?.name}=${cookie?.value}` }
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const open = () =>
    fetch(`${web.address()}/events?place=private`, { headers, signal: closing.signal })
  // The responses are read at the end, because a collected one closes its stream.
  const streams = await Promise.all(Array.from({ length: 11 }, open))
  const refused = await context.newPage()
  const requests: string[] = []
  refused.on('request', request => requests.push(new URL(request.url()).pathname))
  const count = (path: string) => requests.filter(each => each === path).length
  await refused.goto(web.address())
  await expect.poll(() => count('/events'), { timeout: 20_000 }).toBe(2)
  expect(await refused.getByRole('status').allInnerTexts()).toContain(
    'Too many pages are open. Close one.',
  )
  expect(await refused.getByRole('article').count()).toBe(0)
  await page.close()
  await refused.getByRole('article').first().waitFor()
  expect(await refused.getByText('Too many pages').count()).toBe(0)
  expect(streams.map(({ status }) => status)).toEqual(Array(11).fill(200))
  // Only the stream is requested again.
  expect(count('/session')).toBe(1)
})
