import { expect, test } from 'vitest'
import { collectGarbage } from '../../src/cli/collect-garbage.ts'

test('objects without a reference are freed', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const registry = new FinalizationRegistry(resolve)
  registry.register({}, 'freed')
  await collectGarbage()
  expect(await promise).toBe('freed')
}, 5000)
