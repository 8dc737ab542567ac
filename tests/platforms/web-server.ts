import type { Bot } from '../../src/bot.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { sentences } from '../../src/log.ts'
import type { Platform } from '../../src/platform.ts'
import { createWebPlatform, type WebOptions } from '../../src/platforms/web/web.ts'
import type { Pictures, Poster } from '../../src/poster.ts'
import { plan, readSpan } from '../../src/schedule/plan.ts'
import { createRoutes } from '../../src/server/routes.ts'
import { createServer } from '../../src/server/server.ts'
import { localOn } from '../content/fixture.ts'
import { memoryPictures } from '../pictures.ts'
import { shipped } from '../shipped.ts'

const TODAY = Temporal.PlainDate.from('2023-05-01')

/** The plan of the shipped briefing. */
const PLANNED = {
  edition: shipped,
  rhythm: { zone: 'Europe/Sarajevo', cadence: 'weekly', hour: 9, weekday: 1 },
  reminders: {
    moments: [14, 3, 1, 'start', 'end'],
    time: Temporal.PlainTime.from('09:00'),
  },
} as const

export interface WebServer {
  readonly platform: Platform & { readonly poster: Poster }
  start(): Promise<void>
  stop(): Promise<void>
  address(): string
}

/** The local chat behind the server that serves it. */
export function createWebServer(
  bot: Bot,
  port = 0,
  pictures: Pick<Pictures, 'read'> = memoryPictures(),
  content: WebOptions['content'] = {
    ...{ problems: () => [], drafts: () => [], updates: () => [] },
    listen: () => () => {},
  },
  clock: Clock = systemClock,
  localOrigin?: string,
): WebServer {
  const log = sentences(() => {})
  const platform = createWebPlatform({
    bot,
    ...{ clock, log, pictures, content, timeZone: PLANNED.rhythm.zone },
    address: () => server.address(),
    plan: async (from, to) => {
      const local = localOn(TODAY, shipped)
      const span = readSpan(from, to, TODAY, local.events)
      return typeof span === 'string' ? span : { ...plan(PLANNED, span), today: TODAY }
    },
  })
  const parts = () => ({ web: { ...platform.state(), ready: true } })
  const calendars = { find: async () => undefined }
  const metrics = {
    source: { read: async () => ({ text: '', type: 'text/plain' }) },
    isPublic: false,
  }
  const server = createServer('127.0.0.1', port)
  return {
    platform,
    async start() {
      await server.listen()
      const routes = [platform.http]
      server.serve(createRoutes({ parts, routes, calendars, metrics, log, localOrigin }))
    },
    address: server.address,
    async stop() {
      await platform.stop()
      await server.stop()
    },
  }
}
