import { expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { createAsk } from '../../src/platforms/answer-queue.ts'
import { createQueues } from '../../src/platforms/request-queues.ts'
import { lineOf, requestOf } from '../request.ts'
import { openMemoryLog } from './memory-log.ts'

/** Work that lasts until it is let go. */
function hanging<T>(value: T) {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { go: resolve, work: () => promise.then(() => value) }
}

test('work in one queue is done in order, and a failure delays nothing behind it', async () => {
  const queues = createQueues((await openMemoryLog()).log)
  const first = hanging('first')
  const begun: string[] = []
  const run = (name: string, what: string, work: () => Promise<unknown>) =>
    queues
      .run(name, () => {
        begun.push(what)
        return work()
      })
      .catch(() => {})
  const all = [
    run('a', 'first', first.work),
    run('a', 'rejected', () => Promise.reject(new Error('x'))),
    run('a', 'thrown', () => {
      throw new Error('at once')
    }),
    run('a', 'last', async () => {}),
    run('b', 'other', async () => {}),
  ]
  await all[4]
  expect(begun).toEqual(['first', 'other'])
  first.go()
  await Promise.all(all)
  expect(begun).toEqual(['first', 'other', 'rejected', 'thrown', 'last'])
})

test('work that does not fit into a queue is refused with one line in the log, unless it must be done', async () => {
  const memory = await openMemoryLog()
  const queues = createQueues(memory.log)
  const first = hanging('done')
  const ask = () =>
    queues.run(
      'a',
      async () => 'done',
      () => 'refused',
    )
  const all = [queues.run('a', first.work)]
  for (let time = 0; time < 400; time++) all.push(ask())
  all.push(queues.run('a', async () => 'kept'))
  expect(await all[301]).toBe('refused')
  // Another queue has room.
  expect(
    await queues.run(
      'b',
      async () => 'done',
      () => 'refused',
    ),
  ).toBe('done')
  first.go()
  const said = await Promise.all(all)
  expect(said.filter(word => word === 'done')).toHaveLength(301)
  expect(said.filter(word => word === 'refused')).toHaveLength(100)
  expect(said.at(-1)).toBe('kept')
  expect(memory.events()).toEqual(['requests.refused'])
  expect(await ask()).toBe('done')
})

test('a thousand requests at most wait in all queues together', async () => {
  const queues = createQueues((await openMemoryLog()).log)
  const first = hanging('done')
  const all = []
  for (let chat = 0; chat < 20; chat++) {
    for (let time = 0; time < 101; time++) {
      all.push(queues.run(String(chat), first.work, () => 'refused'))
    }
  }
  first.go()
  const said = await Promise.all(all)
  expect(said.filter(word => word === 'done')).toHaveLength(1020)
})

test('a picture is fetched while others in the same chat are answered', async () => {
  const { log } = await openMemoryLog()
  const { promise: fetched, resolve: arrive } = Promise.withResolvers<'large'>()
  const reply = { message: message([paragraph('Well.')]), understood: true }
  const line = lineOf(async ({ text }) => {
    await text?.read(0)?.picture?.()
    return reply
  })
  const ask = createAsk(log)
  const place = { platform: 'telegram', address: '-1', kind: 'group' } as const
  const body = { type: 'root' as const, children: [] }
  const written = () => ({ body, lost: [], picture: () => fetched })
  const slow = ask(line, requestOf({ place, written }))
  expect(await ask(line, requestOf({ place }))).toBe(reply)
  arrive('large')
  expect(await slow).toBe(reply)
})

test('a request that does not fit is refused with what to do, and a form gets its text back', async () => {
  const { log } = await openMemoryLog()
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  const reply = { message: message([paragraph('Well.')]), understood: true }
  const ask = createAsk(log)
  const line = lineOf(() => free.then(() => reply))
  const place = { platform: 'discord', address: '1', kind: 'channel' } as const
  const body = { type: 'root' as const, children: [] }
  for (let time = 0; time < 301; time++) void ask(line, requestOf({ place }))
  const written = () => ({ body, lost: [], source: 'Come.' })
  const refused = await ask(line, requestOf({ place, written, by: 'form' }))
  expect(refused).toMatchObject({ understood: false, refused: true })
  expect(refused?.message.body.children[0]).toEqual(
    paragraph(
      'I got too many requests at once, so I didn’t do this. Please send it again in a moment.',
    ),
  )
  expect(refused?.message.body.children.at(-1)).toEqual({ type: 'code', value: 'Come.' })
  go()
})
