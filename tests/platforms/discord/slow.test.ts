import { expect, test } from 'vitest'
import { asker, openDiscord, slowBot } from './scene.ts'
import { snowflake } from './server.ts'

test('a stranger is answered while everything that one channel asks hangs', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await openDiscord({ bot: slowBot(free) })
  const { channel, channel_id } = asker()
  for (let time = 0; time < 200; time++) {
    const { user } = asker(String(1000 + (time % 20)))
    await scene.slash('tables', [], { user, channel, channel_id })
  }
  const shown = await scene.server.shown(await scene.slash('about')).next()
  expect(JSON.stringify(shown.body)).toMatch(/briefing/i)
  expect(scene.events()).not.toContain('update.dropped')
  go()
})

test('more answers than fit into memory are left with one line in the log, until there is room', {
  timeout: 60_000,
}, async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await openDiscord({ bot: slowBot(free), timeoutMs: 20_000 })
  const first = await scene.slash('tables')
  for (let time = 0; time < 320; time++) await scene.slash('tables')
  await scene.seen('update.dropped')
  const unheard = await scene.slash('about')
  go()
  await scene.server.shown(first).next()
  const later: string[] = []
  await expect
    .poll(
      async () => {
        later.push(await scene.slash('about', [], asker(snowflake())))
        return later.some(token => scene.server.shown(token).waiting.length > 0)
      },
      { timeout: 30_000 },
    )
    .toBe(true)
  expect(scene.server.shown(unheard).waiting).toEqual([])
  // One line while there is no room; a promise that Discord does not take in time makes some for a moment.
  expect(scene.events().filter(event => event === 'update.dropped').length).toBeLessThan(5)
})
