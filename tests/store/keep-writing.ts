/** Opens a store as a process of its own, writes ten times a second, and says each time what came of it. Usage: node keep-writing.ts URL */
import { systemClock } from '../../src/clock.ts'
import { sentences } from '../../src/log.ts'
import { openStore } from '../../src/store/store.ts'
import { WISH } from './stores.ts'

const [url = ''] = process.argv.slice(2)

try {
  const store = await openStore({ url, clock: systemClock, log: sentences(() => {}) })
  for (let chat = 0; ; chat++) {
    const place = { platform: 'telegram', address: String(chat), kind: 'private' } as const
    await store.chats
      .update(place, () => WISH)
      .then(
        () => console.log('kept'),
        (error: Error) => console.log(error.message),
      )
    await systemClock.pause(100)
  }
} catch (error) {
  console.log((error as Error).message)
  process.exitCode = 74
}
