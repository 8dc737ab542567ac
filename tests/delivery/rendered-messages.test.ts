import { describe, expect, test } from 'vitest'
import { countdown, refreshed } from '../../src/briefing/countdown.ts'
import { systemClock } from '../../src/clock.ts'
import { createRenderedMessages } from '../../src/delivery/rendered-messages.ts'
import { message, paragraph } from '../../src/message.ts'
import { renderText } from '../../src/render/text.ts'
import type { Broadcast, BroadcastWithMessage } from '../../src/store/ledger/broadcast.ts'
import { testClock } from '../platforms/pauses.ts'
import { DIALECTS, WISH } from '../store/stores.ts'
import { announcement, openScene } from './scene.ts'

const DATES = { start: '2027-06-01', end: '2027-06-10' }
const on = (day: string) => {
  const made = countdown(DATES, Temporal.PlainDate.from(day))
  return 'value' in made ? made.value : ''
}

test('the countdown of an exercise has its own words for each day before, in and after it', () => {
  const days = ['2027-05-18', '2027-05-31', '2027-06-01', '2027-06-02', '2027-06-05']
  expect([...days, '2027-06-10', '2027-06-11', '2027-06-12'].map(on)).toEqual([
    'in 14 days',
    'tomorrow',
    'starts today (day 1 of 10)',
    'started yesterday (day 2 of 10)',
    'under way (day 5 of 10)',
    'ends today (day 10 of 10)',
    'ended yesterday',
    'past',
  ])
  const one = countdown(
    { start: '2027-06-01', end: '2027-06-01' },
    Temporal.PlainDate.from('2027-06-01'),
  )
  expect(one).toMatchObject({ value: 'today' })
})

test('a message sent on another day, in another zone, counts days for that day and zone', async () => {
  let now = Temporal.Instant.from('2027-05-31T07:00:00Z')
  const written = message([paragraph(countdown(DATES, Temporal.PlainDate.from('2027-05-31')))])
  let reads = 0
  const contents = createRenderedMessages(
    {
      find: async () => {
        reads += 1
        return { message: written, revision: 1 } as BroadcastWithMessage
      },
    },
    { render: said => [{ text: renderText(said, { columns: 80, style: 'grid', colour: false }) }] },
    { refreshed },
    { now: () => now },
  )
  const say = async (zone = 'UTC') => {
    const made = await contents({ id: 1, revision: 1 } as unknown as Broadcast, zone)
    const [part] = made?.parts('grid') ?? []
    return part && 'text' in part ? part.text : ''
  }
  expect([await say('Europe/Sarajevo'), await say('Europe/Sarajevo')]).toEqual([
    'tomorrow',
    'tomorrow',
  ])
  // Made once a day.
  expect(reads).toBe(1)
  now = Temporal.Instant.from('2027-05-31T22:30:00Z')
  expect(await say('Europe/Sarajevo')).toBe('starts today (day 1 of 10)')
  expect(await say()).toBe('tomorrow')
  now = Temporal.Instant.from('2027-06-02T05:00:00Z')
  expect(await say('Europe/Sarajevo')).toBe('started yesterday (day 2 of 10)')
})

describe.for(DIALECTS)('a broadcast to chats of several zones on %s', dialect => {
  test('counts days by the clock of each chat, on both platforms', async () => {
    const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'] as const
    const now = Temporal.Instant.from('2027-05-31T10:30:00Z')
    const clock = testClock(() => now, systemClock.pause)
    const { store, telegram, discord, begin, finished } = await openScene({ dialect, clock })
    for (const [index, zone] of zones.entries()) {
      for (const platform of ['telegram', 'discord']) {
        const place = { platform, address: `70${index}`, kind: 'channel' as const }
        await store.chats.update(place, () => ({ ...WISH, zone }))
      }
    }
    const said = message([paragraph(countdown(DATES, Temporal.PlainDate.from('2027-05-01')))])
    const { id } = await store.broadcasts.create(announcement({ message: said }))
    await begin()
    await finished(id)
    for (const { taken } of [telegram, discord]) {
      const shown = ['700', '701'].map(chat =>
        JSON.stringify([...(taken.get(chat)?.values() ?? [])]),
      )
      expect(shown[0]).toMatch('starts today (day 1 of 10)')
      expect(shown[1]).toMatch('in 2 days')
    }
  })
})
