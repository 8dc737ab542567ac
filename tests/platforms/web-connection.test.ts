/// <reference lib="dom" />
import { expect, onTestFinished, test } from 'vitest'
import { shippedBot } from '../shipped.ts'
import { hide, show, usePage } from './web-page-scene.ts'
import { openReader } from './web-reader.ts'
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
