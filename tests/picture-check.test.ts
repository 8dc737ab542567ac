import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pictureOf } from '../src/picture-check.ts'
import { chunk, jpeg, png, webp } from './pictures.ts'
import { runs } from './properties.ts'

const MADE = { jpeg, png, webp }

test('a picture is known by its content', () => {
  for (const [type, make] of Object.entries(MADE)) {
    expect(pictureOf(make(1280, 720))).toEqual({ type })
    // Within another buffer, as bytes come from a network.
    const around = Buffer.concat([Buffer.alloc(5, 1), make(1280, 720), Buffer.alloc(5, 2)])
    expect(pictureOf(new Uint8Array(around.subarray(5, -5)))).toEqual({ type })
  }
})

test('Telegram’s limits on its sides hold for every type, to the pixel', () => {
  for (const [type, make] of Object.entries(MADE)) {
    expect(pictureOf(make(5000, 5000))).toEqual({ type })
    expect(pictureOf(make(5000, 5001))).toBe('misshapen')
    expect(pictureOf(make(20, 400))).toEqual({ type })
    expect(pictureOf(make(400, 20))).toEqual({ type })
    expect(pictureOf(make(401, 20))).toBe('misshapen')
    expect(pictureOf(make(20, 401))).toBe('misshapen')
  }
  expect(pictureOf(png(0, 10))).toBe('misshapen')
  expect(pictureOf(png(0, 0))).toBe('misshapen')
})

test('a PNG without pixels is broken', () => {
  const whole = png(9, 9)
  const [head, end] = [whole.subarray(0, 33), chunk('IEND', Buffer.alloc(0))]
  for (const data of [[], [chunk('IDAT', Buffer.alloc(0))]]) {
    expect(pictureOf(Buffer.concat([head, ...data, end]))).toBe('broken')
  }
})

test('a megabyte is the most', () => {
  const filled = (length: number) => Buffer.concat([png(10, 10)], length)
  expect(pictureOf(filled(1_000_000))).toEqual({ type: 'png' })
  expect(pictureOf(filled(1_000_001))).toBe('large')
})

test('other types, texts and nothing at all are no pictures', () => {
  const others = [
    Buffer.alloc(0),
    Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'),
    Buffer.from('BM'.padEnd(60, 'x')),
    Buffer.from('<svg width="10" height="10"></svg>'),
    Buffer.from('not a picture, whatever its name'),
    // Apple's variant of PNG.
    Buffer.from('89504e470d0a1a0a0000000443674249000000000000000d4948445200000001', 'hex'),
  ]
  for (const bytes of others) expect(pictureOf(bytes)).toBe('unknown')
})

test('a picture that is cut anywhere is broken, and one with more behind its end is whole', () => {
  const scan = Buffer.concat([
    jpeg(9, 9).subarray(0, -2),
    // A thumbnail with an end of its own, within a segment; a scan with a stuffed byte and a restart; the end.
    Buffer.from('ffe10006ffd9ffd9ffffda0002a0ff00a0ffd0a0ffd9', 'hex'),
  ])
  for (const whole of [png(9, 9), jpeg(9, 9), webp(9, 9), scan]) {
    expect(pictureOf(Buffer.concat([whole, Buffer.from('more')]))).toHaveProperty('type')
    for (let length = 16; length < whole.length; length++) {
      expect(pictureOf(whole.subarray(0, length)), `${length}`).toBe('broken')
    }
  }
})

test('a PNG whose bytes have changed is broken', () => {
  const whole = png(9, 9)
  for (let at = 29; at < whole.length; at++) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(pictureOf(changed), `${at}`).toBe('broken')
  }
})

test('an animated picture is told from a still one', () => {
  const still = png(9, 9)
  const frames = chunk('acTL', Buffer.from('0000000200000000', 'hex'))
  const header = 33
  expect(
    pictureOf(Buffer.concat([still.subarray(0, header), frames, still.subarray(header)])),
  ).toBe('animated')
  const moving = webp(9, 9)
  moving[20] = 0b0000_0010
  expect(pictureOf(moving)).toBe('animated')
  // The other flags of WebP: transparency, Exif, XMP, a colour profile.
  moving[20] = 0b0011_1100
  expect(pictureOf(moving)).toEqual({ type: 'webp' })
})

test('nothing that is broken throws, or takes its measures from elsewhere', () => {
  for (const make of Object.values(MADE)) {
    const whole = make(1280, 720)
    const needed = { [jpeg.name]: 28, [png.name]: 24, [webp.name]: 30 }[make.name] ?? 0
    for (let length = 0; length < needed; length++) {
      const neighbour = Buffer.concat([whole.subarray(0, length), whole.subarray(length)])
      expect(pictureOf(neighbour.subarray(0, length))).toBeOneOf(['unknown', 'broken'])
    }
  }
  const beginnings = Object.values(MADE).map(make => make(9, 9))
  const broken = fc
    .tuple(
      fc.constantFrom(Buffer.alloc(0), ...beginnings),
      fc.nat(40),
      fc.uint8Array({ maxLength: 300 }),
    )
    .map(([start, kept, rest]) => Buffer.concat([start.subarray(0, kept), rest]))
  fc.assert(
    fc.property(broken, bytes => {
      const taken = pictureOf(bytes)
      expect(
        typeof taken === 'string'
          ? ['unknown', 'misshapen', 'broken', 'animated'].includes(taken)
          : Object.keys(MADE).includes(taken.type),
      ).toBe(true)
    }),
    { numRuns: runs(3000) },
  )
})

test('a JPEG made to be slow is looked through in no time', () => {
  const slow = Buffer.alloc(1_000_000)
  jpeg(1, 1).copy(slow, 0, 0, 4)
  const before = process.threadCpuUsage()
  expect(pictureOf(slow)).toBe('broken')
  // Fills of 0xff, one marker after another, and chunks without data.
  const fills = Buffer.concat([jpeg(1, 1).subarray(0, -2), Buffer.alloc(999_000, 0xff)])
  const restarts = Buffer.concat([
    jpeg(1, 1).subarray(0, -2),
    Buffer.alloc(999_000, Buffer.from('ffd0', 'hex')),
  ])
  const empty = chunk('tEXt', Buffer.alloc(0))
  const chunks = Buffer.concat([png(1, 1).subarray(0, 33), Buffer.alloc(996_000, empty)])
  for (const bytes of [fills, restarts, chunks]) expect(pictureOf(bytes)).toBe('broken')
  expect(process.threadCpuUsage(before).user).toBeLessThan(2e6)
})
