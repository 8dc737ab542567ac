import { expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { createAsk } from '../../src/platforms/answer-queue.ts'
import { lineOf, requestOf } from '../request.ts'
import { openMemoryLog } from './memory-log.ts'
import { watchProcess } from './mutated.ts'

const place = { platform: 'discord', address: '1', kind: 'channel' } as const

const broken = () => {
  throw new TypeError('Kossovo')
}

test('a form that cannot be read leaves the queue of its channel as it was', async () => {
  using watched = watchProcess()
  const { log, written, events } = await openMemoryLog()
  const understood = { message: message([paragraph('Yes.')]), understood: true }
  const line = lineOf(async ({ text }) => {
    text?.read(0)
    return understood
  })
  const ask = createAsk(log)
  const forms = [1, 2].map(() => ask(line, requestOf({ place, by: 'form', written: broken })))
  const next = ask(line, requestOf({ place }))
  for (const form of forms) expect((await form)?.understood).toBe(false)
  expect(await next).toBe(understood)
  expect(await ask(line, requestOf({ place }))).toBe(understood)
  // One line for each form, without a word of it.
  expect(events()).toEqual(['answer.failed', 'answer.failed'])
  expect(written()).not.toMatch(/Kossovo/)
  expect(watched.faults).toEqual([])
})

test('a form is given back where the bot fails inside', async () => {
  const { log } = await openMemoryLog()
  const ask = createAsk(log)
  const line = lineOf(async () => broken())
  const written = () => ({ body: message([]).body, lost: [], source: 'My text.' })
  const reply = await ask(line, requestOf({ place, by: 'form', written }))
  expect(JSON.stringify(reply?.message)).toMatch(/went wrong[\s\S]*My text\./)
})
