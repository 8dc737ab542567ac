import { expect, test } from 'vitest'
import { withFeeds } from '../../src/content/feed-events.ts'
import { editionOf, event, openSchedule } from '../schedule/scene.ts'
import { DIALECTS } from '../store/stores.ts'

const OWN = event('own', '2027-05-01', '2027-05-02')

const many = Array.from({ length: 5000 }, (_, index) => {
  const day = Temporal.PlainDate.from('2026-12-20')
    .add({ days: index % 300 })
    .toString()
  return event(`feed-${index}`, day, day)
})

const content = (feeds: readonly { key: string; events: typeof many }[], own = OWN) =>
  withFeeds(editionOf([own]), feeds, 'UTC')

const titles = (got: readonly { text: string }[]) => got.map(({ text }) => text.slice(0, 40))

test.for(DIALECTS)(
  'the first sight of a calendar is silent, and its edits are posted once they settle (%s)',
  async dialect => {
    const scene = await openSchedule({
      dialect,
      start: '2026-12-01T10:00:00Z',
      events: [OWN],
      moments: [3],
    })
    await scene.subscribe('42', { topics: ['events'] })
    await scene.beat()
    const camp = event('camp', '2027-03-01', '2027-03-03')
    scene.edit(content([{ key: 'k', events: [camp, ...many] }]))
    expect(await scene.beat('2026-12-01T10:05:00Z')).toEqual([])
    const published = await scene.store.editions.published()
    expect(JSON.parse(published?.content ?? '').edition.events).toHaveLength(5002)
    expect(await scene.store.editions.pending()).toBeUndefined()
    expect(await scene.beat('2026-12-01T11:05:00Z')).toEqual([])
    // A reminder of an event of the calendar goes out.
    const due = await scene.beat('2026-12-17T09:30:00Z')
    expect(due.length).toBeGreaterThan(0)

    const moved = { ...camp, end: '2027-03-05' }
    scene.edit(content([{ key: 'k', events: [moved, ...many] }]))
    expect(await scene.beat('2026-12-17T09:31:00Z')).toEqual([])
    expect(titles(await scene.beat('2026-12-17T09:42:00Z'))).toEqual([
      expect.stringContaining('Exercise camp'),
    ])
    expect(await scene.beat('2026-12-17T09:55:00Z')).toEqual([])
  },
)

test('a pending edit waits anew, and its update has no event of the calendar', async () => {
  const scene = await openSchedule({ start: '2026-12-01T10:00:00Z', events: [OWN], moments: [] })
  await scene.subscribe('42', { topics: ['events'] })
  await scene.beat()
  const moved = { ...OWN, end: '2027-05-09' }
  scene.edit(editionOf([moved]))
  await scene.beat('2026-12-01T10:05:00Z')
  scene.edit(content([{ key: 'k', events: many.slice(0, 20) }], moved))
  expect(await scene.beat('2026-12-01T10:09:00Z')).toEqual([])
  expect(await scene.beat('2026-12-01T10:18:59Z')).toEqual([])
  const [update, ...others] = await scene.beat('2026-12-01T10:19:30Z')
  expect(update?.text).toContain('Exercise own')
  expect(update?.text).not.toContain('feed-')
  expect(others).toEqual([])
})

test('a digest since before the first sight has none of its events as news', async () => {
  const scene = await openSchedule({ start: '2026-12-01T10:00:00Z', events: [OWN], moments: [] })
  await scene.subscribe('42', { topics: ['digest'], cadence: 'daily', hour: 9, zone: 'UTC' })
  await scene.beat()
  await scene.beat('2026-12-02T09:00:00Z')
  scene.edit(content([{ key: 'k', events: [event('far', '2027-10-01', '2027-10-02')] }]))
  await scene.beat('2026-12-02T10:00:00Z')
  const [digest] = await scene.beat('2026-12-03T09:00:00Z')
  expect(digest?.text).toBeDefined()
  expect(digest?.text).not.toContain('Exercise far')
})
