import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { exported } from '../../src/commands/privacy.ts'
import { FILE_BYTES } from '../../src/message.ts'
import { renderText } from '../../src/render/text.ts'
import { openKeepingBot } from '../keeping.ts'
import { askBot } from '../request.ts'

const place = { platform: 'telegram', address: '42', kind: 'private' } as const

test('a terminal shows the exported file below the text', async () => {
  const { bot } = await openKeepingBot()
  await askBot(bot, '/subscribe', { place })
  const { message } = (await askBot(bot, '/export', { place })) ?? {}
  const shown = renderText(message ?? { body: { type: 'root', children: [] } }, {
    columns: 80,
    style: 'grid',
    colour: false,
  })
  const [said, ...json] = shown.split('\n\n')
  expect(said).toBe('Everything I store about this chat.')
  expect(JSON.parse(json.join('\n\n'))).toMatchObject({ chat: { address: '42' } })
})

test.each([
  ['a few', 3, 0],
  ['as many as fit', 9000, 0],
  ['too many', 30_000, 1],
])('an export with %s deliveries is bounded, and keeps the newest', async (_, count, least) => {
  const { store } = await openKeepingBot()
  const deliveries = Array.from({ length: count }, (_, number) => ({
    number,
    state: 'é'.repeat(20),
  }))
  const chats = {
    ...store.chats,
    export: async () => ({ chat: {}, deliveries, topics: [], announcements: [] }),
  }
  const message = await exported({ chats, place } as unknown as Parameters<typeof exported>[0])
  const text = message.file?.text ?? ''
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(FILE_BYTES)
  const kept: { number: number }[] = JSON.parse(text).deliveries
  expect(kept.at(-1)?.number).toBe(count - 1)
  const left = count - kept.length
  expect(left).toBeGreaterThanOrEqual(least)
  expect(textOf(message.body)).toBe(
    left > 0
      ? `Everything I store about this chat. The file leaves out the ${left.toLocaleString('en')} oldest entries.`
      : 'Everything I store about this chat.',
  )
  // Half of the room or more is used.
  if (left > 0) expect(Buffer.byteLength(text)).toBeGreaterThan(FILE_BYTES * 0.8)
})

test('announcements that alone exceed a file are cut as well, the oldest first', async () => {
  const { store } = await openKeepingBot()
  const announcements = Array.from({ length: 600 }, (_, number) => ({
    number,
    text: 'é'.repeat(1000),
  }))
  const chats = {
    ...store.chats,
    export: async () => ({ chat: {}, deliveries: [{ number: 0 }], topics: [], announcements }),
  }
  const message = await exported({ chats, place } as unknown as Parameters<typeof exported>[0])
  const text = message.file?.text ?? ''
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(FILE_BYTES)
  expect(Buffer.byteLength(text)).toBeGreaterThan(FILE_BYTES * 0.9)
  const shown = JSON.parse(text)
  expect(shown.deliveries).toEqual([])
  expect(shown.announcements.at(-1).number).toBe(599)
  expect(textOf(message.body)).toContain(`${601 - shown.announcements.length} oldest entries`)
})
