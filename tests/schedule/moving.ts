import { toString as textOf } from 'mdast-util-to-string'
import { systemClock } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { askBot } from '../request.ts'
import { registry } from '../shipped.ts'
import { event, openSchedule, type ScheduleSceneOptions } from './scene.ts'

/** An event whose reminder of one day before falls on 4 December. */
export const DECEMBER = event('dec', '2026-12-05', '2026-12-08')

/** A schedule, and one chat whose settings are changed by its own commands. */
export async function openMoving(options: ScheduleSceneOptions) {
  const scene = await openSchedule({ moments: [1], events: [DECEMBER], ...options })
  const { store, clock } = scene
  const bot = createBot({
    ...{ registry: () => registry, timeZone: 'Europe/Sarajevo', store },
    clock: { ...clock, pause: systemClock.pause },
  })
  const place = { platform: 'telegram', address: '1', kind: 'private' as const }
  await scene.beat()
  return {
    ...scene,
    /** The text of the answer to a typed line. */
    async type(line: string): Promise<string> {
      const reply = await askBot(bot, line, { place })
      if (!reply) throw new Error(`There is no answer to ${line}.`)
      return textOf(reply.message.body)
    },
    /** Beats at an instant by the clock of a zone; resolves to the kinds of posts that came. */
    async at(local: string, zone: string): Promise<string[]> {
      const instant = Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant()
      return (await scene.beat(instant)).map(({ key }) => key.split(' ')[0] ?? '').sort()
    },
    /** Beats every hour, or half hour of a short time; resolves to the posts that came. */
    async pass(hours: number): Promise<string[]> {
      const before = scene.got.length
      const minutes = hours > 2 ? 60 : 30
      for (let passed = 0; passed < hours * 60; passed += minutes)
        await scene.beat(scene.now().add({ minutes }))
      return scene.got.slice(before).map(({ at, key }) => `${at.slice(5, 16)} ${key.split(' ')[0]}`)
    },
  }
}
