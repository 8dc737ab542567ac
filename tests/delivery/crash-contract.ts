import { describe, expect, onTestFinished, test } from 'vitest'
import { type BotProcess, startBot } from '../bot-process.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { random } from '../random.ts'
import { fill } from '../store/raw.ts'
import { type Dialect, newDatabase, openTestStore } from '../store/stores.ts'
import { announcement, ledgerRows, saying } from './scene.ts'

/** Rows that a platform's sender may have in hand. */
const IN_HAND = 32

const TTL_MS = 900

const epochOf = ({ epoch }: Record<string, unknown>) => Number(epoch)

export interface StormOptions {
  readonly dialect: Dialect
  /** Chats of each platform. */
  readonly chats: number
  readonly kills: number
  /** Number of processes; a killed one is started again. */
  readonly processes: number
  readonly seed: number
}

/** Kills real processes while they send: every chat gets the message, and each second copy is recorded. */
export function crashStorm({ dialect, chats, kills, processes, seed }: StormOptions): void {
  const chance = random(seed)

  describe(`${kills} kills of ${processes} on ${dialect}, seed ${seed}`, () => {
    test('no chat is left out, Discord shows nothing twice, Telegram at most 32 a takeover', async () => {
      const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
      onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
      const url = await newDatabase(dialect)
      const { store } = await openTestStore({ url })
      await fill(url, 'telegram', chats)
      await fill(url, 'discord', chats)

      let sends = 0
      let killAt = Number.POSITIVE_INFINITY
      let struck = Promise.withResolvers<void>()
      /** Number of second copies by the process that sent them, which followed a killed one. */
      const duplicates = new Map<string, number>()
      const seen = new Set<string>()
      const strike = () => {
        sends += 1
        if (sends === killAt) struck.resolve()
      }
      telegram.weather = ({ method, from, body }) => {
        if (method !== 'sendMessage') return undefined
        const key = `${body.chat_id} ${body.text}`
        if (seen.has(key)) duplicates.set(from, (duplicates.get(from) ?? 0) + 1)
        seen.add(key)
        strike()
        return undefined
      }
      discord.weather = ({ route }) => {
        if (/^POST .*messages$/.test(route)) strike()
        return undefined
      }

      const started: BotProcess[] = []
      const start = () => {
        const bot = startBot(`process-${started.length + 1}`, telegram, url, TTL_MS, {
          ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url, UNLIMITED: '1' },
        })
        started.push(bot)
        return bot
      }
      const bots: BotProcess[] = Array.from({ length: processes }, start)
      /** The one that acts: the latest to have begun a term. On a busy machine a living one may lose it. */
      async function active(): Promise<number> {
        await Promise.any(bots.map(bot => bot.seen('lease.acquired')))
        const epochs = bots.map(bot => Math.max(0, ...bot.all('lease.acquired').map(epochOf)))
        return epochs.indexOf(Math.max(...epochs))
      }

      const broadcasts: number[] = []
      async function begin(): Promise<number> {
        const message = saying(`Broadcast ${broadcasts.length + 1}.`)
        const { id } = await store.broadcasts.create(announcement({ message }))
        broadcasts.push(id)
        return id
      }

      let id = await begin()
      for (let killed = 0; killed < kills; killed++) {
        const isLate = killed % 10 === 1
        if (isLate) await finished(id)
        if ((await store.broadcasts.find(id))?.isFinished) id = await begin()
        const index = await active()
        struck = Promise.withResolvers()
        // Most die soon, some at their first send. One of ten dies in the second half of a broadcast.
        const part = isLate ? 0.5 + 0.4 * chance() : 0.1 * chance() ** 2
        killAt = sends + 1 + Math.floor(part * 2 * chats)
        const done = finished(id).then(() => 'done')
        while ((await Promise.race([struck.promise, done])) === 'done') {
          id = await begin()
          await Promise.race([struck.promise, finished(id)])
          if (sends >= killAt) break
        }
        const bot = bots[index]
        bot?.child.kill('SIGKILL')
        await bot?.exit
        bots[index] = start()
      }
      killAt = Number.POSITIVE_INFINITY
      for (const each of broadcasts) await finished(each)
      for (const bot of bots) {
        bot.child.kill('SIGTERM')
        await bot.exit
      }

      async function finished(each: number): Promise<void> {
        while (!(await store.broadcasts.find(each))?.isFinished) {
          await new Promise(resolve => setTimeout(resolve, 20))
        }
      }

      let admitted = 0
      let arrived = 0
      for (const [index, each] of broadcasts.entries()) {
        const ledger = await ledgerRows(url, each)
        expect(ledger).toHaveLength(2 * chats)
        for (const { platform, address, state, message_ids, repeated } of ledger) {
          const text = `Broadcast ${index + 1}.`
          const { taken } = platform === 'telegram' ? telegram : discord
          const held = [...(taken.get(address) ?? [])]
            .filter(([, shown]) => JSON.stringify(shown).includes(text))
            .map(([message]) => String(message))
          expect(state).toBe('sent')
          expect(held).toContain(JSON.parse(message_ids ?? '[]')[0])
          // Once, and once more for each time that the ledger admits.
          expect(held.length).toBeLessThanOrEqual(platform === 'discord' ? 1 : 1 + repeated)
          if (platform === 'telegram') {
            admitted += repeated
            arrived += held.length
          }
        }
      }
      const twice = arrived - broadcasts.length * chats
      const terms = started.map(bot => bot.count('lease.acquired'))
      const takeovers = terms.reduce((sum, count) => sum + count, 0) - 1
      console.log(
        `${dialect}, ${processes} processes, seed ${seed}: ${kills} kills, ${takeovers} takeovers, ${broadcasts.length} broadcasts, 0 lost, ${twice} came twice on Telegram, ${admitted} admitted`,
      )
      expect(twice).toBeLessThanOrEqual(admitted)
      // A takeover doubles what its predecessor had in hand: each kill is one, and each lease that was lost.
      for (const [index, count] of terms.entries()) {
        expect(duplicates.get(`/process-${index + 1}`) ?? 0).toBeLessThanOrEqual(IN_HAND * count)
      }
      expect(started).toHaveLength(processes + kills)
    }, 900_000)
  })
}
