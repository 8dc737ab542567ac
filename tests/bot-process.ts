import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type TelegramServer, TOKEN } from './platforms/telegram/server.ts'

const script = join(import.meta.dirname, 'serve-app.ts')

/** The bot as a process of its own, whose calls to Telegram bear its name. */
export function startBot(
  name: string,
  telegram: TelegramServer,
  url: string,
  ttlMs: number,
  more: Record<string, string> = {},
) {
  const child = spawn(process.execPath, [script], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      LEASE_TTL_MS: String(ttlMs),
      DATABASE_URL: url,
      TELEGRAM_TOKEN: TOKEN,
      TELEGRAM_API_URL: `${telegram.url}/${name}`,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let written = ''
  let look = Promise.withResolvers<void>()
  child.stdout.on('data', chunk => {
    written += chunk
    look.resolve()
    look = Promise.withResolvers()
  })
  const exit = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const lines = () =>
    written
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as Record<string, unknown>)
  return {
    child,
    exit,
    /** Waits until an event has been logged, so often in all. */
    async seen(event: string, times = 1): Promise<Record<string, unknown>> {
      for (;;) {
        const found = lines().filter(line => line.event === event)
        if (found.length >= times) return found[times - 1] ?? {}
        await look.promise
      }
    },
    all: (event: string) => lines().filter(line => line.event === event),
    count: (event: string) => lines().filter(line => line.event === event).length,
    async readyz(): Promise<unknown> {
      const { address } = await this.seen('started')
      return (await fetch(`${address}/readyz`)).json()
    },
  }
}

export type BotProcess = ReturnType<typeof startBot>
