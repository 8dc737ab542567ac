import { onTestFinished } from 'vitest'
import { TRUSTED } from '../../src/clock.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createScheduledEventRound } from '../../src/schedule/scheduled-event-round.ts'
import { memoryPictures } from '../pictures.ts'
import { openDiscordServer, TOKEN } from '../platforms/discord/server.ts'
import type { Dialect } from '../store/stores.ts'
import { openSchedule } from './scene.ts'

export const SERVER = '300000000000000001'
const ROUTE = /scheduled-events/
export const key = { platform: 'discord', server: SERVER }

interface Options {
  readonly events: readonly CalendarEvent[]
  readonly dialect?: Dialect
  readonly zone?: string
}

/** A schedule with its store, and a round before a Discord of its own. The events of a server are on. */
export async function openServerEvents({
  events,
  dialect = 'sqlite',
  zone = 'Europe/Sarajevo',
}: Options) {
  const scene = await openSchedule({ start: '2027-05-01T12:00:00Z', events, dialect })
  const discord = await openDiscordServer()
  onTestFinished(() => discord.close())
  discord.guildEvents.now = scene.now
  const over = new AbortController()
  const term = { signal: over.signal, holds: () => !over.signal.aborted }
  const { store, log } = scene
  const poster = createDiscordPoster({
    ...{ term, token: TOKEN, apiUrl: discord.url, timeoutMs: 500, pictures: memoryPictures() },
  })
  onTestFinished(() => poster.close())
  const pauses: number[] = []
  const clock = {
    ...scene.clock,
    async pause(ms: number) {
      pauses.push(ms)
    },
  }
  const begin = () => {
    if (!poster.serverEvents) throw new Error('Discord has events.')
    return createScheduledEventRound({
      ...{ store, clock, log, term, trust: TRUSTED, platform: 'discord' },
      ...{ api: poster.serverEvents, mayPost: async () => true },
    })
  }
  await store.scheduledEvents.turnOn(key, zone)
  const calls = () => discord.calls.map(({ route }) => route).filter(route => ROUTE.test(route))
  const { shown } = discord.guildEvents
  return {
    ...{ ...scene, discord, pauses, calls },
    /** A beat of the schedule and a pass of a new round; resolves to the calls that it made. */
    async pass(at?: string): Promise<string[]> {
      if (at !== undefined) scene.set(at)
      await scene.tick()
      const before = calls().length
      await begin().pass()
      return calls()
        .slice(before)
        .map(route => route.replace(/^(\w+) .*$/, '$1'))
    },
    names: (server = SERVER) => shown(server).map(({ name }) => name),
    one: (server = SERVER) => shown(server)[0],
    end: () => over.abort(),
    server: () => store.scheduledEvents.find(key),
  }
}
