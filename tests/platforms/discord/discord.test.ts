import { systemClock } from '../../../src/clock.ts'
import { platformContract } from '../../platform-contract.ts'
import { discordPerson } from './person.ts'
import { openDiscord } from './scene.ts'

platformContract('discord', async bot => {
  const scene = await openDiscord({ bot, clock: systemClock, timeoutMs: 15_000 })
  return {
    platform: scene.platform,
    join: async () => discordPerson(scene.server),
    async close() {
      await scene[Symbol.asyncDispose]()
      await scene.running
    },
  }
})
