import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from './bot-process.ts'
import { messageUpdate } from './platforms/telegram/person.ts'
import { openTelegramServer } from './platforms/telegram/server.ts'
import { newDatabase, temporaryFolder } from './store/stores.ts'

/** A process starts slowly on a busy machine, and each test waits for what it logs. In milliseconds. */
export const TIMEOUT_MS = 120_000

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
const PERSON = { id: 42, is_bot: false, first_name: 'Ada' }
const CHAT = { id: 42, type: 'private' } as const

/** The bot as a process whose clock is off, before a Telegram whose clock is right. */
export async function openScene(more: Record<string, string> = {}) {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const url = await newDatabase('sqlite')
  const shift = join(temporaryFolder(), 'shift')
  const setClock = (ms: number) => writeFileSync(shift, String(ms))
  setClock(0)
  const preload = `--import ${join(import.meta.dirname, 'shift-clock.ts')}`
  const env = { NODE_OPTIONS: preload, SHIFT_FILE: shift, UNLIMITED: '1', ...more }
  const shown = telegram.shown('42')
  /** Brings a question that was sent so long ago by Telegram's clock. */
  const ask = (line: string, ageMs = 0) => {
    const date = Math.floor((Date.now() - ageMs) / 1000)
    telegram.push(messageUpdate(line, { from: PERSON, chat: CHAT, date }))
  }
  return {
    ...{ telegram, url, setClock, ask },
    serve: () => startBot('bot', telegram, url, 5000, env),
    next: async () => (await shown.next()).text,
  }
}

/** Declares a test for each offset of the clock, in milliseconds, with the words for it. */
export function skewContract(cases: readonly (readonly [words: string, ms: number])[]): void {
  test.each(cases)(
    'the clock is %s Telegram’s: a question is answered, and the log and /readyz report the clock',
    async (words, ms) => {
      const { setClock, serve, ask, next } = await openScene()
      setClock(ms)
      const bot = serve()
      // Both wait when the bot starts: the first is older than ten minutes by Telegram's clock.
      ask('/threats', 12 * MINUTE)
      ask('/about')
      expect(await next()).toMatch(/What we don’t know/)
      const line = await bot.seen('clock.off')
      expect(line).toMatchObject({
        level: 'warn',
        msg: expect.stringContaining(`${words} Telegram’s`),
      })
      expect(line.msg).toContain('Check NTP.')
      expect(await bot.readyz()).toMatchObject({
        ready: false,
        parts: {
          clock: { status: 'off', reason: line.msg, ready: false },
          telegram: { ready: true },
        },
      })
      ask('/about')
      expect(await next()).toMatch(/What we don’t know/)
      expect(bot.count('clock.off')).toBe(1)
    },
    TIMEOUT_MS,
  )
}
