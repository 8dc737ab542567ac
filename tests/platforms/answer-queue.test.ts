import { expect, test } from 'vitest'
import type { BotRequest } from '../../src/bot.ts'
import { message, paragraph } from '../../src/message.ts'
import { createAsk } from '../../src/platforms/answer-queue.ts'
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
  const bot = {
    answer: async (request: BotRequest) => {
      request.written?.(0)
      return request.line === '/odd' ? { ...understood, understood: false } : understood
    },
  }
  const ask = createAsk(bot, log)
  const forms = [1, 2].map(() =>
    ask({ line: '/announce', place, isFilledIn: true, written: broken }),
  )
  const next = ask({ line: '/next', place })
  for (const form of forms) expect((await form)?.understood).toBe(false)
  expect(await next).toBe(understood)
  expect(await ask({ line: '/next', place })).toBe(understood)
  // One line for each form, without a word of it.
  expect(events()).toEqual(['answer.failed', 'answer.failed'])
  expect(written()).not.toMatch(/Kossovo/)
  expect(watched.faults).toEqual([])
})

test('a form is given back where the bot fails inside', async () => {
  const { log } = await openMemoryLog()
  const ask = createAsk({ answer: async () => broken() }, log)
  const written = () => ({ body: message([]).body, lost: [], source: 'My text.' })
  const reply = await ask({ line: '/announce', place, isFilledIn: true, written })
  expect(JSON.stringify(reply?.message)).toMatch(/went wrong[\s\S]*My text\./)
})
