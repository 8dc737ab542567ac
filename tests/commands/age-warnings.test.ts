import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot } from '../request.ts'
import { registry } from '../shipped.ts'

const WARNING = /may be out of date/

function openBot(at: string, timeZone = 'UTC') {
  let now = Temporal.Instant.from(at)
  const bot = createBot({ registry: () => registry, clock: testClock(() => now), timeZone })
  const asks = async (line: string, address?: string, platform = 'telegram') => {
    const place = address === undefined ? {} : { place: { platform, address, kind: 'group' } }
    const reply = await askBot(bot, line, place as Parameters<typeof askBot>[2])
    return WARNING.test(textOf(reply?.message.body))
  }
  const greets = async (address: string) =>
    WARNING.test(textOf((await bot.joined({ platform: 'telegram', address, kind: 'group' }))?.body))
  return { asks, greets, wait: (hours: number) => (now = now.add({ hours })) }
}

test('the first answer of a day in a chat warns of old facts, the others do not', async () => {
  const { asks, wait } = openBot('2026-11-23T10:00:00Z')
  expect(await asks('/threats', '1')).toBe(true)
  for (const line of ['/threats', '/outlook', '/search kosovo', '/threats details'])
    expect(await asks(line, '1')).toBe(false)
  wait(13)
  expect(await asks('/threats', '1')).toBe(false)
  wait(2)
  expect(await asks('/outlook', '1')).toBe(true)
  expect(await asks('/threats', '1')).toBe(false)
})

test('the greeting of a chat is its warning of the day', async () => {
  const { asks, greets, wait } = openBot('2026-11-23T10:00:00Z')
  expect(await greets('1')).toBe(true)
  expect(await asks('/threats', '1')).toBe(false)
  expect(await asks('/threats', '2')).toBe(true)
  wait(24)
  expect(await asks('/threats', '1')).toBe(true)
})

test('each chat has a day of its own', async () => {
  const { asks } = openBot('2026-11-23T22:30:00Z', 'Asia/Tokyo')
  expect(await asks('/threats', '1')).toBe(true)
  expect(await asks('/threats', '2')).toBe(true)
  expect(await asks('/threats', '1', 'discord')).toBe(true)
  expect(await asks('/threats', '2')).toBe(false)
  const { asks: asksInTokyo, wait } = openBot('2026-11-23T14:30:00Z', 'Asia/Tokyo')
  expect(await asksInTokyo('/threats', '1')).toBe(true)
  wait(1)
  // Midnight in Tokyo has passed.
  expect(await asksInTokyo('/threats', '1')).toBe(true)
})

test('/start and /about always warn, and are the warning of the day', async () => {
  const { asks } = openBot('2026-11-23T10:00:00Z')
  for (const line of ['/start', '/start', '/about', '/about'])
    expect(await asks(line, '1')).toBe(true)
  expect(await asks('/threats', '1')).toBe(false)
})

test('answers without a source neither warn nor use up the warning of the day', async () => {
  const { asks } = openBot('2026-11-23T10:00:00Z')
  for (const line of ['/help', '/qwerty', 'thanks']) expect(await asks(line, '1')).toBe(false)
  expect(await asks('/threats', '1')).toBe(true)
})

test('answers without a chat are alike for all readers', async () => {
  const { asks } = openBot('2026-11-23T10:00:00Z')
  for (const line of ['/threats', '/threats']) expect(await asks(line)).toBe(false)
  expect(await asks('/about')).toBe(true)
})
