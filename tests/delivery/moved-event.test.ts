import { describe, expect, onTestFinished, test } from 'vitest'
import { TRUSTED } from '../../src/clock.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { manualClock } from '../platforms/pauses.ts'
import { editionOf, event } from '../schedule/scene.ts'
import { fill } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { archiveThreads } from './archived.ts'
import { openScene, until } from './scene.ts'

const JUNE = event('june', '2027-06-01', '2027-06-10')

describe.for(DIALECTS)('an exercise that moves on %s', dialect => {
  /** Fifteen Discord places with a reminder, of which seven are threads that were archived since. */
  async function open(mayWake: boolean) {
    const clock = manualClock('2027-05-28T00:00:00Z')
    const scene = await openScene({ dialect, clock })
    const { store, url, discord, log, begin } = scene
    await fill(url, 'discord', 15, ['events'])
    const { delivery } = await begin()
    let content = editionOf([JUNE])
    const over = new AbortController()
    onTestFinished(() => over.abort())
    const schedule = createSchedule({
      ...{ trust: TRUSTED, mayPost: async () => true },
      ...{ store, clock, log, platforms: ['discord'], timeZone: 'UTC', debounceMs: 600_000 },
      ...{ edition: () => content, onPosted: delivery.wake },
      reminders: { moments: [3], time: Temporal.PlainTime.from('09:00') },
      term: { signal: over.signal, holds: () => !over.signal.aborted },
    })
    /** A beat of the clock, and all that comes of it. */
    async function beat() {
      await schedule.tick()
      await until(async () => (await store.broadcasts.open()).length === 0, clock)
    }
    await beat()
    await clock.advance({ hours: 33, seconds: 5 })
    await beat()
    const { places, asleep, shown } = archiveThreads(discord, { mayWake, mayPost: true })
    return {
      ...{ ...scene, places, asleep, shown },
      async move() {
        content = editionOf([{ ...JUNE, start: '2027-06-03', end: '2027-06-12' }])
        await beat()
        await clock.advance({ minutes: 10, seconds: 5 })
        await beat()
      },
    }
  }

  test.for([
    ['by a change of the thread', true],
    ['by a message', false],
  ] as const)('archived threads are woken %s, and every reminder is put right', async ([, may]) => {
    const { places, asleep, shown, move, events, store } = await open(may)
    expect(places).toHaveLength(15)
    for (const place of places) {
      expect(shown(place)).toEqual([expect.stringMatching(/starts in 3 days.*1–10 June 2027/s)])
    }
    await move()
    for (const place of places) {
      expect(shown(place).toSorted()).toEqual([
        expect.stringMatching(/Corrected:.*3–12 June 2027/s),
        expect.stringMatching(/^(?!.*Corrected:).*moved to 3–12 June 2027/s),
      ])
    }
    expect(asleep.size).toBe(0)
    expect(events()).not.toContain('delivery.tripped')
    expect(await store.reach.count()).toEqual([])
  })
})
