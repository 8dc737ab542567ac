import { systemClock } from '../../../src/clock.ts'
import { createTelegramPlatform } from '../../../src/platforms/telegram/telegram.ts'
import { memoryPictures } from '../../pictures.ts'
import { platformContract } from '../../platform-contract.ts'
import { openMemoryLog } from '../memory-log.ts'
import { telegramPerson } from './person.ts'
import { openTelegramServer, TOKEN } from './server.ts'

platformContract('telegram', async bot => {
  const server = await openTelegramServer()
  const { log } = await openMemoryLog()
  const platform = createTelegramPlatform({
    bot,
    log,
    clock: systemClock,
    token: TOKEN,
    pictures: memoryPictures(),
    apiUrl: server.url,
  })
  const running = platform.run()
  let people = 700
  return {
    platform,
    join: async () => {
      people += 1
      return telegramPerson(server, people)
    },
    async close() {
      await platform.stop()
      await running
      await server.close()
    },
  }
})
