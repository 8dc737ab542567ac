import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { addMetrics } from '../src/server/metrics.ts'

test('requests at once share one reading of the figures, also one that fails, and later ones read again', async () => {
  const readings: PromiseWithResolvers<string>[] = []
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((_, context) => context.text('failed', 500))
  const source = {
    async read() {
      const reading = Promise.withResolvers<string>()
      readings.push(reading)
      return { text: await reading.promise, type: 'text/plain' }
    },
  }
  addMetrics(app, { source, isPublic: false })
  const socket = { remoteAddress: '127.0.0.1', remoteFamily: 'IPv4' }
  const ask = async () => {
    const response = await app.request('/metrics', {}, { incoming: { socket } })
    return [response.status, await response.text()]
  }
  const first = Array.from({ length: 1000 }, ask)
  await expect.poll(() => readings.length).toBe(1)
  readings[0]?.resolve('first')
  expect(new Set((await Promise.all(first)).flat())).toEqual(new Set([200, 'first']))
  const asked: Promise<unknown>[] = []
  await expect
    .poll(() => {
      asked.push(ask())
      return readings.length
    })
    .toBe(2)
  readings[1]?.reject(new Error())
  expect(await asked.at(-1)).toEqual([500, 'failed'])
})
