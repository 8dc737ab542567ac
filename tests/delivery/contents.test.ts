import { expect, test } from 'vitest'
import { countdown, refreshed } from '../../src/briefing/countdown.ts'
import { createContents } from '../../src/delivery/contents.ts'
import { message, paragraph } from '../../src/message.ts'
import { renderText } from '../../src/render/text.ts'
import type { Broadcast } from '../../src/store/broadcast.ts'

const DATES = ['2027-06-01', '2027-06-10'] as const
const on = (day: string) => {
  const made = countdown(...DATES, Temporal.PlainDate.from(day))
  return 'value' in made ? made.value : ''
}

test('how far off dates are is told for every day', () => {
  const days = ['2027-05-18', '2027-05-31', '2027-06-01', '2027-06-02', '2027-06-05']
  expect([...days, '2027-06-10', '2027-06-11', '2027-06-12'].map(on)).toEqual([
    'in 14 days',
    'tomorrow',
    'begins today: day 1 of 10',
    'began yesterday: day 2 of 10',
    'under way: day 5 of 10',
    'ends today: day 10 of 10',
    'ended yesterday',
    'past',
  ])
  const one = countdown('2027-06-01', '2027-06-01', Temporal.PlainDate.from('2027-06-01'))
  expect(one).toMatchObject({ value: 'today' })
})

test('what is sent on another day, in another zone, says what is true there then', async () => {
  let now = Temporal.Instant.from('2027-05-31T07:00:00Z')
  const written = message([paragraph(countdown(...DATES, Temporal.PlainDate.from('2027-05-31')))])
  const kept = JSON.stringify(written)
  let reads = 0
  const contents = createContents(
    {
      message: async () => {
        reads += 1
        return { message: kept, revision: 1 }
      },
    },
    { render: said => [{ text: renderText(said, { columns: 80, style: 'grid', colour: false }) }] },
    { timeZone: 'UTC', refreshed },
    { now: () => now },
  )
  const say = async (zone?: string) => {
    const audience = { topic: 'exercises', platforms: [], ...(zone && { zone }) }
    const made = await contents({ id: 1, revision: 1, audience } as unknown as Broadcast)
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
  expect(await say('Europe/Sarajevo')).toBe('begins today: day 1 of 10')
  expect(await say()).toBe('tomorrow')
  now = Temporal.Instant.from('2027-06-02T05:00:00Z')
  expect(await say('Europe/Sarajevo')).toBe('began yesterday: day 2 of 10')
})
