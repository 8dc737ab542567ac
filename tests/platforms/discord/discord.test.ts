import { systemClock } from '../../../src/clock.ts'
import { createDiscordPlatform } from '../../../src/platforms/discord/discord.ts'
import { memoryPictures } from '../../pictures.ts'
import { platformContract } from '../../platform-contract.ts'
import { openMemoryLog } from '../memory-log.ts'
import { discordPerson } from './person.ts'
import { openDiscordServer, TOKEN } from './server.ts'

platformContract('discord', async bot => {
  const server = await openDiscordServer()
  const { log } = await openMemoryLog()
  const platform = createDiscordPlatform({
    bot,
    log,
    clock: systemClock,
    token: TOKEN,
    pictures: memoryPictures(),
    apiUrl: server.url,
  })
  const running = platform.run()
  return {
    platform,
    join: async () => discordPerson(server),
    async close() {
      await platform.stop()
      await running
      await server.close()
    },
  }
})
