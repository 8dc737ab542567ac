import { expect, test } from 'vitest'
import { editionOf, event, openSchedule } from './scene.ts'

const JUNE = event('june', '2027-06-01', '2027-06-10')
const OTHER = { ...editionOf([event('siren', '2027-05-03', '2027-05-03')]), id: 'other' }

test('another briefing and the way back are silent, and an edit afterwards is an update', async () => {
  const scene = await openSchedule({ start: '2027-05-01T12:00:00Z', events: [JUNE] })
  const first = scene.content()
  await scene.beat()
  await scene.subscribe('1', { topics: ['events'] })
  // An edit that waits when the briefing changes.
  scene.edit(editionOf([{ ...JUNE, end: '2027-06-11' }]))
  expect(await scene.beat('2027-05-01T12:01:00Z')).toEqual([])
  scene.edit(OTHER)
  expect(await scene.beat('2027-05-01T12:02:00Z')).toEqual([])
  expect(await scene.store.editions.pending()).toBeUndefined()
  expect(await scene.beat('2027-05-01T13:00:00Z')).toEqual([])
  scene.edit(first)
  expect(await scene.beat('2027-05-01T13:01:00Z')).toEqual([])
  expect(await scene.beat('2027-05-01T14:00:00Z')).toEqual([])
  scene.edit(editionOf([{ ...JUNE, status: 'cancelled' }]))
  await scene.beat('2027-05-01T14:01:00Z')
  expect(await scene.beat('2027-05-01T15:00:00Z')).toMatchObject([{ chat: '1' }])
})

test('relative dates that move on with the day are no update, and have their reminders', async () => {
  const on = (day: string) => ({
    ...editionOf([event('siren', day, day)]),
    relativeTo: day,
  })
  const scene = await openSchedule({ start: '2027-05-01T12:00:00Z', moments: ['start'] })
  scene.edit(on('2027-05-01'))
  await scene.beat()
  await scene.subscribe('1', { topics: ['events'], zone: 'UTC' })
  scene.edit(on('2027-05-02'))
  expect(await scene.beat('2027-05-02T00:00:00Z')).toEqual([])
  expect(await scene.beat('2027-05-02T00:30:00Z')).toEqual([])
  expect(await scene.beat('2027-05-02T09:00:00Z')).toMatchObject([
    { key: expect.stringMatching(/^reminder siren 2027-05-02/) },
  ])
})
