import { systemClock } from '../../../src/clock.ts'
import { platformContract } from '../../platform-contract.ts'
import { telegramPerson } from './person.ts'
import { openTelegram } from './scene.ts'

platformContract('telegram', async bot => {
  const scene = await openTelegram({ bot, clock: systemClock, timeoutMs: 15_000 })
  let people = 700
  return {
    platform: scene.platform,
    join: async () => telegramPerson(scene.server, ++people),
    async close() {
      await scene[Symbol.asyncDispose]()
      await scene.running
    },
  }
})
