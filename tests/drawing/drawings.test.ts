import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDrawings } from '../../src/drawing/drawings.ts'
import { DrawingError, type drawInWorker } from '../../src/drawing/in-worker.ts'
import type { Log } from '../../src/log.ts'
import type { Drawing, DrawnPicture } from '../../src/picture.ts'

let root: string
let directory: string
let events: string[]
const close: (() => Promise<void>)[] = []

const write = (fields: { event: string }) => {
  events.push(fields.event)
}
const log: Log = { debug: write, info: write, warn: write, error: write, fatal: write }

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sitrep-drawings-'))
  directory = join(root, 'data/drawings')
  events = []
})

afterEach(async () => {
  await Promise.all(close.splice(0).map(each => each()))
  await rm(root, { recursive: true })
})

function picture(text: string): DrawnPicture {
  const drawing: Drawing = { kind: 'table', theme: 'light', rows: [[[{ text }]]] }
  return { drawing, type: 'png' }
}

/** A stand-in for the worker, whose bytes name the drawing. */
const bytesOf = (text: string) => Buffer.from(`the picture of ${text}`)
const quick = () =>
  vi.fn(async (drawing: Drawing) => {
    if (drawing.kind !== 'table') throw new Error('Only tables are drawn here.')
    return bytesOf(drawing.rows[0]?.[0]?.[0]?.text ?? '')
  })

function open(draw: typeof drawInWorker = quick(), size = { files: 10, bytes: 1_000_000 }) {
  const drawings = createDrawings({ directory, log, draw, size })
  close.push(drawings.close)
  return drawings
}

test('a picture is drawn once, and then comes from memory or from the disk', async () => {
  const draw = quick()
  const first = open(draw)
  const both = await Promise.all([first.read(picture('a')), first.read(picture('a'))])
  const again = await first.read(picture('a'))
  await first.close()
  const restarted = await open(draw).read(picture('a'))
  expect([...both, again, restarted].map(({ bytes }) => bytes)).toEqual(Array(4).fill(bytesOf('a')))
  expect(draw).toHaveBeenCalledTimes(1)
  expect(events).toEqual([])
})

test('only the user of the process can read the folder', async () => {
  const drawings = open()
  await drawings.read(picture('a'))
  await drawings.close()
  const [name = ''] = await readdir(directory)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
})

test.for([
  ['truncated', (path: string) => truncate(path, 40)],
  ['empty', (path: string) => truncate(path, 0)],
  ['changed', (path: string) => writeFile(path, 'x'.repeat(60))],
  ['larger than the cache', (path: string) => truncate(path, 3_000_000)],
  ['replaced by a folder', (path: string) => rm(path).then(() => mkdir(path))],
  ['replaced by a link', (path: string) => rm(path).then(() => symlink('/dev/zero', path))],
  ['replaced by a pipe', (path: string) => rm(path).then(() => execFileSync('mkfifo', [path]))],
] as const)(
  'a file of the cache that is %s is drawn again, with one warning',
  async ([, damage]) => {
    const first = open()
    for (const text of ['a', 'b']) await first.read(picture(text))
    await first.close()
    for (const name of await readdir(directory)) await damage(join(directory, name))
    const draw = quick()
    const second = open(draw)
    for (const text of ['a', 'b']) {
      expect((await second.read(picture(text))).bytes).toEqual(bytesOf(text))
    }
    await second.close()
    expect(draw).toHaveBeenCalledTimes(2)
    expect(events).toEqual(['drawing.cache'])
  },
)

test('a cache without a usable folder draws each picture, with one warning', async () => {
  await writeFile(join(root, 'data'), 'a file in place of the folder')
  const drawings = open()
  for (const text of ['a', 'b']) {
    expect((await drawings.read(picture(text))).bytes).toEqual(bytesOf(text))
  }
  await drawings.close()
  expect(events).toEqual(['drawing.cache'])
})

test('the cache never has more files or bytes than its limits, and drops the least recently used', async () => {
  const size = { files: 10, bytes: 600 }
  const draw = quick()
  const drawings = open(draw, size)
  for (let index = 0; index < 60; index++) {
    await drawings.read(picture(`number ${index}`))
    const names = await readdir(directory).catch(() => [])
    const sizes = await Promise.all(
      names.map(name => stat(join(directory, name)).catch(() => undefined)),
    )
    const kept = sizes.filter(facts => facts !== undefined)
    // The file that is being written has another name.
    expect(kept.length).toBeLessThanOrEqual(size.files + 1)
    expect(kept.reduce((sum, facts) => sum + facts.size, 0)).toBeLessThanOrEqual(size.bytes + 60)
  }
  await drawings.close()
  const left = await Promise.all(
    (await readdir(directory)).map(async name => String(await readFile(join(directory, name)))),
  )
  expect(left.some(text => text.endsWith('number 59'))).toBe(true)
  expect(left.some(text => text.endsWith('number 0'))).toBe(false)
})

test('a picture that fails is tried once, and concerns no other picture', async () => {
  const draw = vi.fn(async (drawing: Drawing) => {
    if (JSON.stringify(drawing).includes('bad')) throw new DrawingError('No font.')
    return bytesOf('good')
  })
  const drawings = open(draw)
  await expect(drawings.read(picture('bad'))).rejects.toThrow('No font.')
  await expect(drawings.read(picture('bad'))).rejects.toThrow('No font.')
  expect((await drawings.read(picture('good'))).bytes).toEqual(bytesOf('good'))
  expect(draw).toHaveBeenCalledTimes(2)
  expect(events).toEqual(['drawing.failed'])
})

test('a picture that failed is tried again after ten minutes', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  try {
    const draw = quick()
    draw.mockRejectedValueOnce(new DrawingError('The worker ended.'))
    const drawings = open(draw)
    await expect(drawings.read(picture('a'))).rejects.toThrow('The worker ended.')
    now.mockReturnValue(599_999)
    await expect(drawings.read(picture('a'))).rejects.toThrow('The worker ended.')
    now.mockReturnValue(600_000)
    expect((await drawings.read(picture('a'))).bytes).toEqual(bytesOf('a'))
  } finally {
    now.mockRestore()
  }
})

test('pictures beyond 200 that wait are refused at once, and can be drawn later', async () => {
  const held = Promise.withResolvers<Buffer>()
  const drawings = open(vi.fn(() => held.promise))
  const asked = Array.from({ length: 205 }, (_, index) => drawings.read(picture(`${index}`)))
  let refused = 0
  const onRefusal = () => {
    refused += 1
  }
  for (const each of asked) each.catch(onRefusal)
  await expect.poll(() => refused).toBe(5)
  held.resolve(bytesOf('all'))
  await Promise.allSettled(asked)
  expect(refused).toBe(5)
  expect(events).toEqual(Array(5).fill('drawing.failed'))
  const later = await Promise.all(
    Array.from({ length: 205 }, (_, index) => drawings.read(picture(`${index}`))),
  )
  expect(later).toHaveLength(205)
})

test('close ends the drawing under way, and later reads are refused', async () => {
  const draw = (_: Drawing, signal?: AbortSignal) =>
    new Promise<Buffer>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  const drawings = open(draw)
  const reading = [drawings.read(picture('a')), drawings.read(picture('b'))]
  const settled = Promise.allSettled(reading)
  await vi.waitFor(() => drawings.close())
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(drawings.read(picture('c'))).rejects.toThrow(DrawingError)
  expect(events).toEqual([])
})
