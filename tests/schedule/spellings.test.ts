import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../store/stores.ts'
import { event, type Got, openSchedule } from './scene.ts'

describe.for(DIALECTS)('two spellings of one zone on %s', dialect => {
  test('each chat gets a digest and a reminder once, whichever spelling is stored', async () => {
    const { subscribe, beat } = await openSchedule({
      dialect,
      start: '2027-05-29T00:00:00Z',
      events: [event('june', '2027-06-01', '2027-06-10')],
    })
    await beat()
    const topics = ['digest', 'events']
    await subscribe('kiev', { topics, cadence: 'daily', zone: 'Europe/Kiev' })
    await subscribe('kyiv', { topics, cadence: 'daily', zone: 'Europe/Kyiv' })
    const got: Got[] = []
    for (const hour of ['05', '06', '07', '08'])
      got.push(...(await beat(`2027-05-31T${hour}:00:00Z`)))
    const kinds = (chat: string) =>
      got.filter(each => each.chat === chat).map(({ key }) => key.split(' ')[0])
    expect(kinds('kiev').sort()).toEqual(kinds('kyiv').sort())
    expect(kinds('kiev').sort()).toEqual(['digest', 'reminder'])
  })
})
