import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { createDrawings } from '../../src/drawing/drawings.ts'
import { DrawingError, drawInWorker } from '../../src/drawing/in-worker.ts'
import type { Drawing } from '../../src/picture.ts'
import { SAMPLES } from './samples.ts'

const rivers: Drawing = { ...SAMPLES.rivers, theme: 'light' }

test('the worker draws a PNG, and continues after a drawing that fails', async () => {
  const thai: Drawing = { kind: 'table', theme: 'light', rows: [[[{ text: 'ภาษาไทย' }]]] }
  await expect(drawInWorker(thai)).rejects.toThrow('No font has the character U+0E20.')
  const bytes = await drawInWorker(rivers)
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  expect(bytes.readUInt32BE(16)).toBe(1080)
})

test('a drawing that is too tall is refused', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => [[{ text: `Row ${index}` }]])
  const tall: Drawing = { kind: 'table', theme: 'light', rows }
  await expect(drawInWorker(tall)).rejects.toThrow(DrawingError)
})

test('a drawing that takes too much CPU time is ended, and the next one is drawn', {
  tags: 'slow',
}, async () => {
  const text = 'word '.repeat(400_000)
  const costly: Drawing = { kind: 'table', theme: 'light', rows: [[[{ text }]]] }
  await expect(drawInWorker(costly, undefined, 100)).rejects.toThrow(DrawingError)
  expect((await drawInWorker(rivers)).length).toBeGreaterThan(1000)
})

test('other work continues while many pictures are drawn', { tags: 'slow' }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sitrep-drawings-'))
  const write = () => {}
  const log = { debug: write, info: write, warn: write, error: write, fatal: write }
  const drawings = createDrawings({ directory, log })
  await drawings.read({ drawing: rivers, type: 'png' })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const pictures = Array.from({ length: 20 }, (_, index) => {
    const accent = `#0000${(16 + index).toString(16)}`
    return drawings.read({ drawing: { ...rivers, accent }, type: 'png' })
  })
  const sizes = (await Promise.all(pictures)).map(({ bytes }) => bytes.length)
  delay.disable()
  expect(Math.min(...sizes)).toBeGreaterThan(10_000)
  // A picture in this thread would delay others by 40 ms. The machine of the tests is busy.
  expect(delay.percentile(50) / 1e6).toBeLessThan(20)
  await drawings.close()
  await rm(directory, { recursive: true })
})
