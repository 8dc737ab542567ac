import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pictureOf } from '../../src/picture-check.ts'
import { jpeg, png, webp } from '../pictures.ts'
import { runs } from '../properties.ts'

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

test('nothing that is broken throws, or takes its measures from elsewhere', () => {
  for (const make of Object.values(MADE)) {
    const whole = make(1280, 720)
    const needed = { [jpeg.name]: 28, [png.name]: 24, [webp.name]: 30 }[make.name] ?? 0
    for (let length = 0; length < needed; length++) {
      const neighbour = Buffer.concat([whole.subarray(0, length), whole.subarray(length)])
      expect(pictureOf(neighbour.subarray(0, length))).toBe('unknown')
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
          ? ['unknown', 'misshapen'].includes(taken)
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
  expect(pictureOf(slow)).toBe('unknown')
  expect(process.threadCpuUsage(before).user).toBeLessThan(2e6)
})
