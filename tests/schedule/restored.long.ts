import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { skipDueDigests } from '../../src/schedule/skip-due-digests.ts'
import { createBackup } from '../../src/store/backups/backup.ts'
import { databaseFolder } from '../store/stores.ts'
import { event, type Got, openSchedule } from './scene.ts'

const START = Temporal.Instant.from('2027-05-28T00:00:00Z')
const JUNE = event('june', '2027-06-01', '2027-06-02')
const SCENE = { events: [JUNE], moments: [3, 2, 1, 'start', 'end'] as const }

/** Hours between two beats, and of the whole run. */
const STEP = 2
const HOURS = 6 * 24

const chats = fc.array(
  fc.record({
    zone: fc.constantFrom('Europe/Sarajevo', 'Pacific/Auckland', 'America/New_York', 'UTC'),
    cadence: fc.constantFrom('daily' as const, 'weekly' as const),
    hour: fc.integer({ min: 0, max: 23 }),
    weekday: fc.integer({ min: 1, max: 7 }),
    quiet: fc.option(fc.constant({ from: 22, to: 7 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 6 },
)
const times = fc.tuple(fc.nat(HOURS / STEP), fc.nat(HOURS / STEP))

/** Returns the messages of chats as texts, without the ids of editions, which a restored database counts anew. Pure. */
const words = (got: readonly Got[]) =>
  got.map(({ at, chat, key }) => `${at} ${chat} ${key.replace(/ \d+-\d+$/, '')}`).sort()

test('a restored bot sends after the restore exactly what the lost one would have sent', async () => {
  await fc.assert(
    fc.asyncProperty(chats, times, async (wishes, [one, other]) => {
      const [backedUp, restored] = [Math.min(one, other), Math.max(one, other)]
      const at = (step: number) => START.add({ hours: step * STEP })
      const lost = await openSchedule({ start: START.toString(), ...SCENE })
      await lost.beat()
      for (const [index, { quiet, ...wish }] of wishes.entries()) {
        await lost.subscribe(`${index}`, {
          ...{ topics: ['digest', 'events'], ...wish },
          ...(quiet && { quiet }),
        })
      }
      const file = join(databaseFolder(), 'copy.db')
      for (let step = 0; step <= HOURS / STEP; step++) {
        await lost.beat(at(step))
        if (step === backedUp) await createBackup({ path: lost.url.slice('file:'.length), file })
      }
      const scene = { ...SCENE, start: at(restored).toString(), database: `file:${file}` }
      const next = await openSchedule(scene)
      await next.store.restoration.settle('operator')
      await skipDueDigests(next.store, next.now())
      for (let step = restored; step <= HOURS / STEP; step++) await next.beat(at(step))
      const later = lost.got.filter(each => Temporal.Instant.compare(each.at, at(restored)) > 0)
      expect(words(next.got)).toEqual(words(later))
    }),
    { numRuns: 20 },
  )
})
