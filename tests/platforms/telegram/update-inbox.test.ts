import { expect, test } from 'vitest'
import { createPendingUpdates } from '../../../src/platforms/telegram/update-inbox.ts'
import { openMemoryLog } from '../memory-log.ts'

const updates = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ update_id: from + index }) as never)

test('a store that writes late is waited for again once it has written, with one line in the log', async () => {
  const { log, events } = await openMemoryLog()
  let write = Promise.withResolvers<void>()
  const taken = createPendingUpdates({
    onUpdate: () => new Promise(() => {}),
    inbox: { write: () => write.promise, read: async () => undefined },
    log,
  })
  const pass = async (from: number) => {
    taken.take(updates(from, 60))
    await taken.pass()
    expect(taken.offset()).toBe(from + 60)
  }
  await pass(0)
  await pass(60)
  expect(events()).toEqual(['updates.unkept'])
  write.resolve()
  write = Promise.withResolvers()
  // The first write is over, and the second waits.
  await new Promise(resolve => setImmediate(resolve))
  const third = pass(120)
  const turn = new Promise(resolve => setImmediate(() => resolve('waits')))
  expect(await Promise.race([third, turn])).toBe('waits')
  write.resolve()
  await third
  expect(events()).toEqual(['updates.unkept'])
})
