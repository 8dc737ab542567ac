import { onTestFinished } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import type { ChatRef } from '../../src/platform.ts'
import { createTelegramPlatform } from '../../src/platforms/telegram/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { memoryPictures } from '../pictures.ts'
import { type ManualClock, manualClock } from '../platforms/pauses.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { ME, refuse, TOKEN } from '../platforms/telegram/server.ts'
import { askBot, type Facts } from '../request.ts'
import { registry } from '../shipped.ts'
import { type Dialect, WISH } from '../store/stores.ts'
import { announcement, openScene, type Running, saying, until } from './scene.ts'

export const CHANNEL = { id: -1001003003, type: 'channel' }
export const GROUP = { id: -1001, type: 'supergroup' }
export const ADA = { id: 700, is_bot: false, first_name: 'Ada' }

export const RIGHTS = 'Bad Request: not enough rights to send text messages to the chat'

/** A bot that posts and is asked on Telegram, and posts on Discord, over a clock that goes on by hand. */
export async function openReach(dialect: Dialect = 'sqlite') {
  const clock: ManualClock = manualClock('2026-12-01T08:00:00Z')
  const scene = await openScene({ dialect, clock })
  const { store, telegram, reachability, log } = scene
  const bot = createBot({
    ...{ registry: () => registry, clock, log, store, reachability, timeZone: 'UTC' },
    moderators: { users: ['telegram:700'], roles: [] },
  })
  let running: Running | undefined

  /** Starts to post, as after a restart if it has posted before. */
  async function start(): Promise<void> {
    running = await scene.begin()
  }

  const texts = (address: string) => [...(telegram.taken.get(address)?.values() ?? [])]

  return {
    ...{ ...scene, bot, clock, start, texts },
    /** Ends the process that posts. */
    kill: () => running?.crash(),
    /** Asks Telegram for updates, as the process that answers does. */
    async listen(): Promise<void> {
      const platform = createTelegramPlatform({
        ...{ bot, clock, log: scene.log, token: TOKEN, apiUrl: telegram.url, timeoutMs: 5000 },
        pictures: memoryPictures(),
      })
      const served = platform.run()
      onTestFinished(async () => {
        await platform.stop()
        await served
      })
    },
    async subscribe(address: string, more: Partial<ChatRef> = {}): Promise<ChatRef> {
      const place = { platform: 'telegram', address, kind: 'group' as const, ...more }
      await store.chats.update(place, () => WISH)
      return place
    },
    wish: async (address: string, platform = 'telegram') =>
      (await store.chats.find({ platform, address }))?.subscription,
    /** Announces to all, and waits until nothing is left to be sent. */
    async announce(text: string): Promise<number> {
      const { id } = await store.broadcasts.create(announcement({ message: saying(text) }))
      running?.delivery.wake()
      await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
      return id
    },
    /** The next messages to a chat are refused, once for each description. */
    refused: (...descriptions: readonly string[]) =>
      telegram.meet(
        'sendMessage',
        ...descriptions.map(said => refuse(said.startsWith('Forbidden') ? 403 : 400, said)),
      ),
    /** Ada types a line in her private chat; resolves to the answer. */
    async type(text: string): Promise<string> {
      const count = texts('700').length
      telegram.push(messageUpdate(text, { date: clock.now().epochMilliseconds / 1000 }))
      await until(() => texts('700').length > count, clock)
      return String(texts('700').at(-1)).replaceAll(/<[^>]+>|\u2060/g, '')
    },
    /** Types a line as a moderator, and returns the answer. */
    async ask(line: string, more: Facts = {}): Promise<string> {
      const place = { platform: 'telegram', address: '700', kind: 'private' as const }
      const reply = await askBot(bot, line, { place, ...more })
      return reply ? renderText(reply.message, { columns: 200, style: 'grid', colour: false }) : ''
    },
    /** Changes the membership of the bot in a chat. */
    membership(chat: object, was: object, is: object): void {
      const [old_chat_member, new_chat_member] = [was, is].map(each => ({ user: ME, ...each }))
      telegram.push({
        my_chat_member: { chat, from: ADA, date: 1, old_chat_member, new_chat_member },
      })
    },
    calls: (method: string) => telegram.calls.filter(call => call.method === method),
    events: (event: string) =>
      scene
        .written()
        .split('\n')
        .filter(line => line.includes(`"event":"${event}"`))
        .map(line => JSON.parse(line) as Record<string, unknown>),
    /** Lets the clock go on until it is so. */
    until: (isSo: () => boolean | Promise<boolean>) => until(isSo, clock),
  }
}
